//! Bounds of values: length, range, size.

use architrave_model::Value;
use architrave_plan::{Bounds, JsonKind};

use super::Misfit;
use crate::show::scalar::{self, Currency};

/// Why a value misses its bounds; none where it does not.
pub(crate) fn out_of_bounds(
    value: &Value,
    bounds: &Bounds,
    currency: Currency<'_>,
) -> Option<Misfit> {
    match (bounds, value) {
        (Bounds::Length { min, max }, Value::Text(text)) => {
            // Bytes are an upper bound of characters: most texts need no counting.
            let count = text.chars().count();
            sized(count, *min, *max, ["too-short", "too-long"], "characters")
        }
        (Bounds::Count { min, max }, Value::List(items)) => count(items.len(), *min, *max),
        (Bounds::Bytes { max }, Value::Json(text)) => {
            sized(text.len(), 0, *max, ["too-short", "too-long"], "bytes")
        }
        (Bounds::Range { min, max }, value) if !value.is_null() => {
            let bound = |it: &Value| shown(it, currency);
            if value < min {
                return Some(Misfit::new("too-small", format!("Must be at least {}.", bound(min))));
            }
            (value > max)
                .then(|| Misfit::new("too-large", format!("Must be at most {}.", bound(max))))
        }
        _ => None,
    }
}

/// The same for a number of items.
pub(crate) fn count(found: usize, min: u32, max: u32) -> Option<Misfit> {
    sized(found, min, max, ["too-few", "too-many"], "items")
}

fn sized(found: usize, min: u32, max: u32, codes: [&'static str; 2], unit: &str) -> Option<Misfit> {
    let [below, above] = codes;
    if found < min as usize {
        return Some(Misfit::new(below, format!("Must have at least {min} {unit}.")));
    }
    (found > max as usize).then(|| Misfit::new(above, format!("Must have at most {max} {unit}.")))
}

fn shown(value: &Value, currency: Currency<'_>) -> String {
    let mut out = Vec::new();
    match value {
        Value::Money(it) => scalar::append_decimal(&mut out, *it, currency.digits),
        other => scalar::write_value(&mut out, &JsonKind::Text, other, currency),
    }
    String::from_utf8(out).unwrap_or_default().trim_matches('"').to_owned()
}
