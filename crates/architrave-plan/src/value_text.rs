//! Values as text: literals in the words of the blueprint.

use architrave_model::Value;

use crate::civil::{DAY_US, day_text};

/// The literal for a value. Times are RFC 3339, lengths of time are in the largest unit that divides them.
pub(crate) fn value_text(value: &Value, currency_digits: u8) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Decimal { unscaled, scale } => decimal(*unscaled, *scale),
        Value::Money(minor) => quoted(&decimal(*minor, currency_digits)),
        Value::Text(text) => quoted(text),
        Value::Uuid(id) => quoted(&id.to_string()),
        Value::Timestamp(us) => quoted(&timestamp(*us)),
        Value::Date(days) => quoted(&day_text(i64::from(*days))),
        Value::Duration(us) => quoted(&duration(*us)),
        Value::Json(text) => text.clone(),
        Value::List(all) | Value::Object(all) => {
            let all: Vec<String> = all.iter().map(|it| value_text(it, currency_digits)).collect();
            format!("[{}]", all.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => out.extend([letter, letter]),
            it if it.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}

fn decimal(unscaled: i64, scale: u8) -> String {
    if scale == 0 {
        return unscaled.to_string();
    }
    let sign = if unscaled < 0 { "-" } else { "" };
    let width = usize::from(scale) + 1;
    let digits = format!("{:0width$}", unscaled.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{sign}{whole}.{fraction}")
}

fn duration(us: i64) -> String {
    const UNITS: [(i64, &str); 6] = [
        (604_800_000_000, "w"),
        (86_400_000_000, "d"),
        (3_600_000_000, "h"),
        (60_000_000, "m"),
        (1_000_000, "s"),
        (1_000, "ms"),
    ];
    let fits = UNITS.iter().find(|(unit, _)| us % unit == 0);
    fits.map_or_else(|| format!("{us}us"), |(unit, name)| format!("{}{name}", us / unit))
}

fn timestamp(us: i64) -> String {
    let (days, rest) = (us.div_euclid(DAY_US), us.rem_euclid(DAY_US));
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}Z", day_text(days))
}

#[cfg(test)]
mod tests {
    use architrave_model::Value;

    use super::value_text;

    #[test]
    fn literals_are_written_as_in_a_blueprint() {
        let expected = [
            (Value::Money(-5), r#""-0.05""#),
            (Value::Money(1250), r#""12.50""#),
            (Value::Decimal { unscaled: 7, scale: 3 }, "0.007"),
            (Value::Date(0), r#""1970-01-01""#),
            (Value::Date(-719_162), r#""0001-01-01""#),
            (Value::Date(19_782), r#""2024-02-29""#),
            (Value::Timestamp(1_000_001), r#""1970-01-01T00:00:01.000001Z""#),
            (Value::Duration(604_800_000_000), r#""1w""#),
            (Value::Duration(90_000_000), r#""90s""#),
            (Value::Text("a\"${b}".to_owned()), r#""a\"$${b}""#),
        ];
        for (value, text) in expected {
            assert_eq!(value_text(&value, 2), text);
        }
    }
}
