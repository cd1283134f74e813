//! Numbers of JSON as they were written: whether a binary fraction still is the number that was sent.

/// The texts of all numbers in JSON that has been read already, in their order.
pub(super) fn tokens(json: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        loop {
            match rest.first()? {
                b'"' => rest = behind_string(rest),
                b'-' | b'0'..=b'9' => {
                    let is_of_number =
                        |it: &u8| matches!(it, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                    let end = rest.iter().position(|it| !is_of_number(it)).unwrap_or(rest.len());
                    let (number, behind) = rest.split_at_checked(end)?;
                    rest = behind;
                    return std::str::from_utf8(number).ok();
                }
                _ => rest = rest.get(1..)?,
            }
        }
    })
}

/// What stands behind the string that begins here.
fn behind_string(json: &[u8]) -> &[u8] {
    let mut is_escaped = false;
    let end = json.iter().skip(1).position(|it| match it {
        b'\\' if !is_escaped => {
            is_escaped = true;
            false
        }
        b'"' if !is_escaped => true,
        _ => {
            is_escaped = false;
            false
        }
    });
    end.and_then(|it| json.get(it + 2..)).unwrap_or_default()
}

/// Whether the number that was sent is the one that will be written for it, whatever the spelling.
pub(super) fn is_same(sent: &str, kept: &serde_json::Number) -> bool {
    Decimal::read(sent) == Decimal::read(&kept.to_string())
}

/// A decimal number in one spelling: digits without zeros around them, times a power of ten.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn read(text: &str) -> Self {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, behind) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{behind}");
        let shortened = digits.trim_end_matches('0');
        let zeros = digits.len() - shortened.len();
        let digits = shortened.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Self { is_negative: false, digits, exponent: 0 };
        }
        // An exponent beyond 64 bits was refused when it was read, unless its digits are all zeros.
        let written: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX);
        let length = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
        let exponent = written.saturating_add(length(zeros)).saturating_sub(length(behind.len()));
        Self { is_negative, digits, exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_outside_of_strings() {
        let json = br#"{"a1":[1,-2.50e+3],"b\\":"3","c\"4":5,"d":true}"#;
        assert_eq!(tokens(json).collect::<Vec<_>>(), ["1", "-2.50e+3", "5"]);
    }

    #[test]
    fn a_fraction_is_the_same_number_in_any_spelling() {
        for (sent, is_kept) in [
            ("0.1", true),
            ("0.1000", true),
            ("1e-1", true),
            ("100.0e-3", true),
            ("-0.0", true),
            ("0e99999999999999999999", true),
            ("1234.5678", true),
            ("5e-324", true),
            // Both are nearest to one binary fraction, which is written as the first.
            ("953720108132613.2", true),
            ("953720108132613.3", false),
            ("0.10000000000000000001", false),
            ("9007199254740993.0", false),
            ("3.14159265358979323846", false),
            ("1e-400", false),
        ] {
            let kept = serde_json::Number::from_f64(sent.parse().unwrap()).unwrap();
            assert_eq!(is_same(sent, &kept), is_kept, "{sent}");
        }
    }
}
