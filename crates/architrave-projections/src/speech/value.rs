//! Values in the words of a page.

use architrave_model::{System, Value, civil, words};

use crate::{page::code, types::decimal_text};

/// A length of time as people say it: "10 years", "30 days", "15 min".
pub(crate) fn period(us: i64) -> String {
    const DAY_US: i64 = 86_400_000_000;
    let count = |number: i64, unit: &str| {
        if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
    };
    match us {
        _ if us > 0 && us % (365 * DAY_US) == 0 => count(us / (365 * DAY_US), "year"),
        _ if us > 0 && us % DAY_US == 0 => count(us / DAY_US, "day"),
        _ => words::time(us),
    }
}

/// A value as code: `` `draft` ``, `` `0.00 EUR` ``, `` `7 d` ``.
pub(crate) fn value(system: &System, value: &Value) -> String {
    code(&plain(system, value))
}

fn plain(system: &System, value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Decimal { unscaled, scale } => decimal_text(*unscaled, *scale),
        Value::Money(minor) => {
            format!("{} {}", decimal_text(*minor, system.currency_digits), system.currency)
        }
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::Uuid(id) => id.to_string(),
        Value::Timestamp(us) => {
            let seconds = us.div_euclid(1_000_000);
            let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
            let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
            format!("{} {hour:02}:{minute:02}:{second:02} UTC", civil::day_text(days))
        }
        Value::Date(days) => civil::day_text(i64::from(*days)),
        Value::Duration(us) => period(*us),
        Value::List(all) | Value::Object(all) => {
            let all: Vec<String> = all.iter().map(|it| plain(system, it)).collect();
            format!("[{}]", all.join(", "))
        }
    }
}
