//! Comparisons that come out the same for every row.

use architrave_model::{Expr, ExprKind, Operator, Value};

/// The truth of a comparison, if it is known: `null == v` is false, `null != v` is true, no order holds
/// with null.
pub(super) fn binary(operator: Operator, left: &Expr, right: &Expr) -> Option<bool> {
    let is_null = |it: &Expr| matches!(it.kind, ExprKind::Literal(Value::Null));
    if is_null(left) || is_null(right) {
        return match operator {
            Operator::NotEqual => Some(true),
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Remainder => None,
            _ => Some(false),
        };
    }
    let (ExprKind::Literal(left), ExprKind::Literal(right)) = (&left.kind, &right.kind) else {
        return None;
    };
    // Values of one kind only: what compares an int with a decimal is decided where numbers are at home.
    if !is_comparable(left, right) {
        return None;
    }
    match operator {
        Operator::Equal => Some(left == right),
        Operator::NotEqual => Some(left != right),
        Operator::Less => Some(left < right),
        Operator::LessOrEqual => Some(left <= right),
        Operator::Greater => Some(left > right),
        Operator::GreaterOrEqual => Some(left >= right),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Remainder => None,
    }
}

/// The truth of `contains(list, item)`, if it is known: nothing contains null.
pub(super) fn contains(list: &Expr, item: &Expr) -> Option<bool> {
    let ExprKind::Literal(item) = &item.kind else {
        return matches!(&list.kind, ExprKind::List(all) if all.is_empty()).then_some(false);
    };
    if item.is_null() || matches!(list.kind, ExprKind::Literal(Value::Null)) {
        return Some(false);
    }
    let literal = |it: &Expr| match &it.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        _ => None,
    };
    let all: Vec<Value> = match &list.kind {
        ExprKind::Literal(Value::List(all)) => all.clone(),
        ExprKind::List(all) => all.iter().map(literal).collect::<Option<_>>()?,
        _ => return None,
    };
    all.iter().all(|it| is_comparable(it, item)).then(|| all.contains(item))
}

fn is_comparable(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Decimal { scale: left, .. }, Value::Decimal { scale: right, .. }) => left == right,
        _ => std::mem::discriminant(left) == std::mem::discriminant(right),
    }
}
