//! Functions of the language.

use architrave_model::{Base, Function, Operator, Value};
use architrave_plan::civil::DAY_US;

use super::{
    Stop, compare,
    number::{Number, half_even},
};
use crate::{prepared::Prepared, show::scalar};

/// The value of a call. Arguments come with what stopped them: `coalesce` may not need them all.
pub(super) fn call(
    prepared: &Prepared,
    function: Function,
    arguments: Vec<Result<Value, Stop>>,
    base: &Base,
) -> Result<Value, Stop> {
    if function == Function::Coalesce {
        return coalesce(arguments);
    }
    let arguments: Vec<Value> = arguments.into_iter().collect::<Result<_, _>>()?;
    let digits = prepared.currency().digits;
    match (function, arguments.as_slice()) {
        (Function::StartsWith, [Value::Text(text), Value::Text(start)]) => {
            Ok(Value::Bool(text.starts_with(start.as_str())))
        }
        (Function::StartsWith, _) => Ok(Value::Bool(false)),
        (Function::Matches, [Value::Text(text), Value::Text(pattern)]) => {
            Ok(Value::Bool(prepared.matches(pattern, text)))
        }
        (Function::Matches, _) => Ok(Value::Bool(false)),
        (Function::Round, [value]) => round(value, 0, base, digits),
        (Function::Round, [value, Value::Int(to)]) => round(value, *to, base, digits),
        (Function::Abs, [value]) => abs(value),
        (Function::Divide, [a, b, if_zero]) => divide(a, b, if_zero, base, digits),
        (Function::Date, [Value::Timestamp(at)]) => {
            Ok(i32::try_from(at.div_euclid(DAY_US)).map_or(Value::Null, Value::Date))
        }
        (Function::Lower, [Value::Text(text)]) => Ok(Value::Text(text.to_lowercase())),
        (Function::Trim, [Value::Text(text)]) => Ok(Value::Text(text.trim().to_owned())),
        (Function::Length, [value]) => Ok(length(value)),
        (Function::Min, _) => Ok(compare::extreme(arguments, Operator::Less)),
        (Function::Max, _) => Ok(compare::extreme(arguments, Operator::Greater)),
        // The rest runs with delivery, or its argument is null.
        _ => Ok(Value::Null),
    }
}

fn coalesce(arguments: Vec<Result<Value, Stop>>) -> Result<Value, Stop> {
    for argument in arguments {
        let value = argument?;
        if !value.is_null() {
            return Ok(value);
        }
    }
    Ok(Value::Null)
}

fn round(value: &Value, to: i64, base: &Base, money_digits: u8) -> Result<Value, Stop> {
    let Some(number) = Number::of(value, money_digits) else { return Ok(Value::Null) };
    let to = u8::try_from(to.clamp(0, 18)).unwrap_or(0).min(number.scale);
    number.scaled(to)?.into_value(base, money_digits)
}

fn abs(value: &Value) -> Result<Value, Stop> {
    let abs = |it: i64| it.checked_abs().ok_or(Stop::Overflow);
    Ok(match value {
        Value::Int(it) => Value::Int(abs(*it)?),
        Value::Decimal { unscaled, scale } => {
            Value::Decimal { unscaled: abs(*unscaled)?, scale: *scale }
        }
        Value::Money(it) => Value::Money(abs(*it)?),
        Value::Duration(it) => Value::Duration(abs(*it)?),
        _ => Value::Null,
    })
}

/// `a / b`, half to even at the digits of the result's type.
fn divide(
    a: &Value,
    b: &Value,
    if_zero: &Value,
    base: &Base,
    money_digits: u8,
) -> Result<Value, Stop> {
    let (Some(a), Some(b)) = (Number::of(a, money_digits), Number::of(b, money_digits)) else {
        return Ok(Value::Null);
    };
    if b.unscaled == 0 {
        let Some(number) = Number::of(if_zero, money_digits) else { return Ok(if_zero.clone()) };
        return number.into_value(base, money_digits);
    }
    let scale = match base {
        Base::Decimal { scale } => *scale,
        Base::Money => money_digits,
        _ => 0,
    };
    // a / b = (a.unscaled · 10^(scale + b.scale − a.scale)) / b.unscaled in units of 10^-scale.
    let shift = i32::from(scale) + i32::from(b.scale) - i32::from(a.scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs()).ok_or(Stop::Overflow)?;
    let widen = |it: i128, by: i128| it.checked_mul(by).ok_or(Stop::Overflow);
    let (numerator, denominator) = if shift >= 0 {
        (widen(a.unscaled, power)?, b.unscaled)
    } else {
        (a.unscaled, widen(b.unscaled, power)?)
    };
    let sign = denominator.signum();
    let unscaled = half_even(numerator * sign, denominator.saturating_abs());
    Number { unscaled, scale }.into_value(base, money_digits)
}

fn length(value: &Value) -> Value {
    let count = match value {
        Value::Text(text) => text.chars().count(),
        Value::List(items) => items.len(),
        _ => return Value::Null,
    };
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A text with values in it, each as its JSON text without quotes; null is nothing.
pub(super) fn template(parts: &[Value], currency: scalar::Currency<'_>) -> String {
    let mut out = Vec::new();
    for part in parts {
        match part {
            Value::Null => {}
            Value::Text(it) => out.extend_from_slice(it.as_bytes()),
            Value::Money(it) => {
                scalar::append_decimal(&mut out, *it, currency.digits);
                out.push(b' ');
                out.extend_from_slice(currency.code.as_bytes());
            }
            other => {
                let mut text = Vec::new();
                scalar::write_value(&mut text, &architrave_plan::JsonKind::Text, other, currency);
                let quoted = text.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\""));
                out.extend_from_slice(quoted.unwrap_or(&text));
            }
        }
    }
    String::from_utf8(out).unwrap_or_default()
}
