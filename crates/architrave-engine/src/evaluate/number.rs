//! Exact arithmetic: whole numbers, decimals, money, times. Everything is worked out in 128 bits and
//! must fit into 64 at the end.

use architrave_model::{Base, Operator, TIMESTAMP_MAX_US, TIMESTAMP_MIN_US, Value};
use architrave_plan::{ColumnType, civil::DAY_US};

use super::Stop;

/// Most digits behind the point while calculating: two factors of 18.
const SCALE_MAX: u8 = 36;

/// A number on its way: `unscaled / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) unscaled: i128,
    pub(super) scale: u8,
}

impl Number {
    pub(super) fn of(value: &Value, money_digits: u8) -> Option<Self> {
        let (unscaled, scale) = match value {
            Value::Int(it) => (*it, 0),
            Value::Decimal { unscaled, scale } => (*unscaled, *scale),
            Value::Money(it) => (*it, money_digits),
            _ => return None,
        };
        Some(Self { unscaled: i128::from(unscaled), scale })
    }

    /// The same with other digits behind the point, half to even.
    pub(super) fn scaled(self, scale: u8) -> Result<Self, Stop> {
        let power =
            |digits: u8| 10_i128.checked_pow(u32::from(digits)).filter(|_| digits <= SCALE_MAX);
        let unscaled = if scale >= self.scale {
            let factor = power(scale - self.scale).ok_or(Stop::Overflow)?;
            self.unscaled.checked_mul(factor).ok_or(Stop::Overflow)?
        } else {
            half_even(self.unscaled, power(self.scale - scale).ok_or(Stop::Overflow)?)
        };
        Ok(Self { unscaled, scale })
    }

    /// As a value of this type; digits that do not fit are rounded half to even.
    pub(super) fn into_value(self, base: &Base, money_digits: u8) -> Result<Value, Stop> {
        let narrow = |it: Self| i64::try_from(it.unscaled).map_err(|_| Stop::Overflow);
        match base {
            Base::Int => Ok(Value::Int(narrow(self.scaled(0)?)?)),
            Base::Money => Ok(Value::Money(narrow(self.scaled(money_digits)?)?)),
            Base::Decimal { scale } => {
                Ok(Value::Decimal { unscaled: narrow(self.scaled(*scale)?)?, scale: *scale })
            }
            _ => Ok(Value::Null),
        }
    }
}

/// `numerator / denominator`, half to even; the denominator is positive.
pub(super) fn half_even(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let twice = numerator.rem_euclid(denominator).saturating_mul(2);
    let is_up = twice > denominator || (twice == denominator && quotient.rem_euclid(2) == 1);
    quotient + i128::from(is_up)
}

/// `-x`
pub(super) fn negate(value: Value) -> Result<Value, Stop> {
    let minus = |it: i64| it.checked_neg().ok_or(Stop::Overflow);
    Ok(match value {
        Value::Int(it) => Value::Int(minus(it)?),
        Value::Decimal { unscaled, scale } => Value::Decimal { unscaled: minus(unscaled)?, scale },
        Value::Money(it) => Value::Money(minus(it)?),
        Value::Duration(it) => Value::Duration(minus(it)?),
        _ => Value::Null,
    })
}

/// `+`, `-`, `*`, `%`. Null where a side is null (the reader demands that it never is).
pub(super) fn arithmetic(
    operator: Operator,
    left: &Value,
    right: &Value,
    base: &Base,
    money_digits: u8,
) -> Result<Value, Stop> {
    if let Some(value) = time(operator, left, right) {
        return value;
    }
    let (Some(a), Some(b)) = (Number::of(left, money_digits), Number::of(right, money_digits))
    else {
        return Ok(Value::Null);
    };
    let result = if operator == Operator::Multiply {
        let unscaled = a.unscaled.checked_mul(b.unscaled).ok_or(Stop::Overflow)?;
        Number { unscaled, scale: a.scale.saturating_add(b.scale) }
    } else {
        let scale = a.scale.max(b.scale);
        let (a, b) = (a.scaled(scale)?.unscaled, b.scaled(scale)?.unscaled);
        let unscaled = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Subtract => a.checked_sub(b),
            // By zero there is no remainder: as an overflow it denies and refuses.
            _ => a.checked_rem(b),
        };
        Number { unscaled: unscaled.ok_or(Stop::Overflow)?, scale }
    };
    result.into_value(base, money_digits)
}

/// Arithmetic of instants, days and lengths of time; none where the operands are something else.
fn time(operator: Operator, left: &Value, right: &Value) -> Option<Result<Value, Stop>> {
    let signed = |it: i64| match operator {
        Operator::Add => Some(it),
        Operator::Subtract => it.checked_neg(),
        _ => None,
    };
    let value = match (left, right) {
        (Value::Timestamp(at), Value::Duration(by))
        | (Value::Duration(by), Value::Timestamp(at)) => {
            signed(*by).and_then(|by| at.checked_add(by)).and_then(timestamp)
        }
        (Value::Timestamp(a), Value::Timestamp(b)) => a.checked_sub(*b).map(Value::Duration),
        (Value::Date(day), Value::Duration(by)) => signed(*by)
            .and_then(|by| i64::from(*day).checked_add(by.div_euclid(DAY_US)))
            .and_then(|days| i32::try_from(days).ok())
            .map(Value::Date),
        (Value::Date(a), Value::Date(b)) => {
            (i64::from(*a) - i64::from(*b)).checked_mul(DAY_US).map(Value::Duration)
        }
        (Value::Duration(a), Value::Duration(b)) => match operator {
            Operator::Remainder => a.checked_rem(*b).map(Value::Duration),
            _ => signed(*b).and_then(|b| a.checked_add(b)).map(Value::Duration),
        },
        (Value::Duration(by), Value::Int(times)) | (Value::Int(times), Value::Duration(by)) => {
            by.checked_mul(*times).map(Value::Duration)
        }
        _ => return None,
    };
    Some(value.ok_or(Stop::Overflow))
}

fn timestamp(at_us: i64) -> Option<Value> {
    (TIMESTAMP_MIN_US..=TIMESTAMP_MAX_US).contains(&at_us).then_some(Value::Timestamp(at_us))
}

/// The sum; 0 of nothing.
pub(super) fn sum(values: &[Value], base: &Base, money_digits: u8) -> Result<Value, Stop> {
    if *base == Base::Duration {
        let total = values.iter().try_fold(0_i64, |total, it| match it {
            Value::Duration(it) => total.checked_add(*it),
            _ => Some(total),
        });
        return total.map(Value::Duration).ok_or(Stop::Overflow);
    }
    let mut total = Number { unscaled: 0, scale: 0 };
    for value in values {
        let Some(next) = Number::of(value, money_digits) else { continue };
        let scale = total.scale.max(next.scale);
        let (a, b) = (total.scaled(scale)?.unscaled, next.scaled(scale)?.unscaled);
        total = Number { unscaled: a.checked_add(b).ok_or(Stop::Overflow)?, scale };
    }
    total.into_value(base, money_digits)
}

/// A value as its column stores it: whole numbers become decimals where the column is one.
pub(crate) fn coerce(value: Value, ty: &ColumnType) -> Result<Value, Stop> {
    match (&value, ty) {
        (Value::Int(_) | Value::Decimal { .. }, ColumnType::Decimal { scale }) => {
            let number = Number::of(&value, 0).ok_or(Stop::Overflow)?;
            number.into_value(&Base::Decimal { scale: *scale }, 0)
        }
        _ => Ok(value),
    }
}
