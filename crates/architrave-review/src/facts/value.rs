//! Values of facts, as they are compared, written in tables and shown to people.

/// A value of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactValue {
    /// A number in the fact's unit.
    Number(i64),
    /// One of a few words.
    Word(&'static str),
    /// Yes or no.
    Flag(bool),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A plain count, e.g. `4`, of something named, e.g. `people`.
    Count(&'static str),
    /// Thousandths per second, written `900/s`.
    MilliPerSecond,
    /// Parts per million, written `99.95%`.
    Ppm,
    /// Microseconds, written `15m`.
    Microseconds,
    /// A word of these.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
}

/// Units of time, largest first, in microseconds. A year has 365 days, as in blueprints.
const SPANS: [(&str, i64); 8] = [
    ("y", 31_536_000_000_000),
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

impl Unit {
    /// Reads a value as tables and blueprints write it.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<FactValue> {
        let text = text.trim();
        let number = match self {
            Self::Count(_) => text.parse().ok()?,
            Self::MilliPerSecond => decimal(text.strip_suffix("/s")?, 3)?,
            Self::Ppm => decimal(text.strip_suffix('%')?, 4)?,
            Self::Microseconds => duration(text)?,
            Self::Word(words) => {
                return words.iter().find(|it| **it == text).map(|it| FactValue::Word(it));
            }
            Self::Flag => return text.parse().ok().map(FactValue::Flag),
        };
        Some(FactValue::Number(number))
    }

    /// Writes a value as tables and blueprints do, so that [`Unit::parse`] reads it back.
    #[must_use]
    pub fn write(self, value: FactValue) -> String {
        match (self, value) {
            (Self::Count(_), FactValue::Number(number)) => number.to_string(),
            (Self::Microseconds, FactValue::Number(number)) => {
                let fits = |unit: i64| number >= unit && number % unit == 0;
                match SPANS.iter().find(|(_, unit)| fits(*unit)) {
                    Some((name, unit)) => format!("{}{name}", number / unit),
                    None => format!("{number}us"),
                }
            }
            (Self::Flag, FactValue::Flag(flag)) => flag.to_string(),
            (unit, value) => unit.show(value),
        }
    }

    /// Writes a value for people, with its unit.
    #[must_use]
    pub fn show(self, value: FactValue) -> String {
        match (self, value) {
            (Self::Count(what), FactValue::Number(number)) => counted(number, what),
            (Self::MilliPerSecond, FactValue::Number(number)) => format!("{}/s", shown(number, 3)),
            (Self::Ppm, FactValue::Number(number)) => format!("{}%", shown(number, 4)),
            (Self::Microseconds, FactValue::Number(number)) => show_duration(number),
            (_, FactValue::Number(number)) => number.to_string(),
            (_, FactValue::Word(word)) => word.to_owned(),
            (_, FactValue::Flag(flag)) => if flag { "yes" } else { "no" }.to_owned(),
        }
    }
}

/// A number of things, in the singular where there is one.
fn counted(number: i64, what: &str) -> String {
    let one = match what {
        "people" => "person",
        "processes" => "process",
        "times the peak" => "time the peak",
        "times the mean" => "time the mean",
        "kinds of clients" => "kind of client",
        "MB of text" => "MB of text",
        plural => plural.strip_suffix('s').unwrap_or(plural),
    };
    format!("{number} {}", if number == 1 { one } else { what })
}

/// A decimal number times ten to the power of `digits`.
fn decimal(text: &str, digits: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let missing = digits.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let is_plain = |it: &str| it.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_plain(whole) || !is_plain(fraction) {
        return None;
    }
    let number: i64 = format!("{whole}{fraction}").parse().ok()?;
    number.checked_mul(10_i64.checked_pow(missing)?)
}

fn shown(number: i64, digits: u32) -> String {
    let one = 10_i64.pow(digits);
    let fraction = format!("{:0width$}", (number % one).abs(), width = digits as usize);
    match fraction.trim_end_matches('0') {
        "" => (number / one).to_string(),
        rest => format!("{}.{rest}", number / one),
    }
}

fn duration(text: &str) -> Option<i64> {
    let letters = text.find(|it: char| it.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(letters)?;
    let unit_us = SPANS.iter().find(|(name, _)| *name == unit)?.1;
    number.parse::<i64>().ok()?.checked_mul(unit_us)
}

fn show_duration(us: i64) -> String {
    let fits = |unit: i64| us >= unit && us % unit == 0;
    match SPANS.iter().find(|(_, unit)| fits(*unit)) {
        Some((name, unit)) if *unit >= 1_000 => format!("{}{name}", us / unit),
        _ if us == 0 => "0s".to_owned(),
        _ => format!("{}ms", shown(us, 3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_shown_alike() {
        for (unit, text, number) in [
            (Unit::MilliPerSecond, "900/s", 900_000),
            (Unit::MilliPerSecond, "0.5/s", 500),
            (Unit::Ppm, "99.95%", 999_500),
            (Unit::Ppm, "30%", 300_000),
            (Unit::Microseconds, "15m", 900_000_000),
            (Unit::Microseconds, "0s", 0),
            (Unit::Microseconds, "90s", 90_000_000),
            (Unit::Microseconds, "2y", 63_072_000_000_000),
        ] {
            let value = FactValue::Number(number);
            assert_eq!(unit.parse(text), Some(value), "{text}");
            assert_eq!(unit.show(value), text);
            assert_eq!(unit.parse(&unit.write(value)), Some(value));
        }
        for us in [0, 1, 1_500, 90_000_000] {
            let value = FactValue::Number(us);
            let written = Unit::Microseconds.write(value);
            assert_eq!(Unit::Microseconds.parse(&written), Some(value), "{written}");
        }
        assert_eq!(Unit::Count("people").show(FactValue::Number(4)), "4 people");
        assert_eq!(Unit::Count("people").show(FactValue::Number(1)), "1 person");
        assert_eq!(Unit::Count("teams").show(FactValue::Number(1)), "1 team");
        assert_eq!(Unit::Flag.parse("true"), Some(FactValue::Flag(true)));
        for (unit, text) in [
            (Unit::Ppm, "99.95123%"),
            (Unit::Ppm, "-1%"),
            (Unit::Microseconds, "4 months"),
            (Unit::Word(&["row"]), "table"),
        ] {
            assert_eq!(unit.parse(text), None, "{text}");
        }
    }
}
