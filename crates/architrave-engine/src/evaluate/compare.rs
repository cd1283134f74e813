//! Comparisons of values of one type. Null is neither equal to, less nor greater than anything.

use std::cmp::Ordering;

use architrave_model::{Operator, Value};

/// `==`: false where a side is null.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    order(left, right) == Some(Ordering::Equal)
}

/// `<`, `<=`, `>`, `>=`: false where a side is null (the reader demands that it never is).
pub(super) fn ordered(operator: Operator, left: &Value, right: &Value) -> bool {
    let Some(order) = order(left, right) else { return false };
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        _ => false,
    }
}

/// Whether a list holds an item; null is in no list.
pub(super) fn contains(list: &Value, item: &Value) -> bool {
    matches!(list, Value::List(items) if items.iter().any(|it| equal(it, item)))
}

/// The smallest (`Less`) or largest (`Greater`) value; null where there is none.
pub(super) fn extreme(values: Vec<Value>, operator: Operator) -> Value {
    let values = values.into_iter().filter(|it| !it.is_null());
    let better = |best: Value, it: Value| if ordered(operator, &it, &best) { it } else { best };
    values.reduce(better).unwrap_or(Value::Null)
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Int(_) | Value::Decimal { .. }, Value::Int(_) | Value::Decimal { .. }) => {
            let ((left, left_scale), (right, right_scale)) = (digits(left)?, digits(right)?);
            let scale = left_scale.max(right_scale);
            let widen = |it: i64, from: u8| i128::from(it) * 10_i128.pow(u32::from(scale - from));
            Some(widen(left, left_scale).cmp(&widen(right, right_scale)))
        }
        (Value::Object(left), Value::Object(right)) | (Value::List(left), Value::List(right)) => {
            // Members may be null on both sides: as a whole the two are then the same.
            Some(left.cmp(right))
        }
        _ if std::mem::discriminant(left) == std::mem::discriminant(right) => Some(left.cmp(right)),
        _ => None,
    }
}

fn digits(value: &Value) -> Option<(i64, u8)> {
    match value {
        Value::Int(it) => Some((*it, 0)),
        // The reader allows 18 digits; the bound keeps the power above inside i128.
        Value::Decimal { unscaled, scale } => Some((*unscaled, (*scale).min(18))),
        _ => None,
    }
}
