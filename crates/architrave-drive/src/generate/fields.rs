//! One plain value for one member of a request.

use architrave_model::{Scalar, Value as Bound};
use architrave_plan::{Bounds, InputMember};
use serde_json::{Value, json};

use super::{pattern, text, text::Persona};
use crate::random::Random;

/// Microseconds of 2026-01-01T00:00:00Z: data is the same whenever it is made.
const BASE_US: i64 = 1_767_225_600_000_000;
const DAY_US: i64 = 86_400_000_000;
/// How often to look for a text of the right length before cutting it.
const TRIES: u32 = 20;

/// What a value is for.
pub(super) struct Place<'a> {
    /// The entity's, value object's or command's name.
    pub(super) entity: &'a str,
    /// Which member.
    pub(super) member: &'a InputMember,
    /// A number that no other row has, where the value must be unique.
    pub(super) number: Option<u64>,
    /// ISO 4217.
    pub(super) currency: &'a str,
    /// Digits of the currency's minor unit.
    pub(super) currency_digits: u8,
}

/// A value of this type; none where we know of none that fits.
pub(super) fn scalar(
    scalar: &Scalar,
    bounds: &Bounds,
    place: &Place<'_>,
    persona: &Persona,
    random: &mut Random,
) -> Option<Value> {
    let name = place.member.name.as_str();
    Some(match scalar {
        Scalar::String { .. } | Scalar::Text => json!(words(bounds, place, persona, random)?),
        Scalar::Email => json!(persona.email(place.number)),
        Scalar::Phone => json!(persona.phone(random)),
        Scalar::Country => json!(persona.country()),
        Scalar::Locale => json!(random.word(super::words::LOCALES)),
        Scalar::Url => json!(format!("https://www.example.com/{name}/{}", number(place, random))),
        Scalar::Slug => {
            let named = text::named("name", place.entity, None, persona, random);
            let tail = place.number.map(|it| format!("-{it}")).unwrap_or_default();
            json!(format!("{}{tail}", text::slug(&named)))
        }
        Scalar::Int => json!(int(name, bounds, place.number, random)),
        Scalar::Decimal { scale, .. } => {
            json!(decimal(decimal_digits(name, *scale, bounds, random), *scale))
        }
        Scalar::Money => {
            let minor = money(name, bounds, random);
            json!({ "amount": decimal(minor, place.currency_digits), "currency": place.currency })
        }
        Scalar::Bool => json!(random.chance(if name.starts_with("is_deleted") { 2 } else { 85 })),
        Scalar::Uuid => json!(uuid::Uuid::from_u64_pair(random.next(), random.next())),
        Scalar::Timestamp => json!(timestamp(bounds, random)?),
        Scalar::Date => json!(date(name, bounds, random)?),
        Scalar::Duration => json!(format!("PT{}M", 5 * (1 + random.below(48)))),
        Scalar::Enum(values) => json!(random.pick(values)?),
        Scalar::Json => json!({ "note": text::sentences(1, random) }),
        // Files need an object store first; an absent optional file is fine.
        Scalar::File { .. } => return None,
    })
}

fn words(
    bounds: &Bounds,
    place: &Place<'_>,
    persona: &Persona,
    random: &mut Random,
) -> Option<String> {
    let Bounds::Length { min, max } = bounds else { return None };
    let (min, max) = (*min as usize, *max as usize);
    if let Some(pattern) = &place.member.pattern {
        let repeats_min = if place.number.is_some() { pattern::UNIQUE_REPEAT_MIN } else { 1 };
        let mut tries = (0..TRIES).map(|_| pattern::matching(pattern, repeats_min, random));
        return tries.find_map(|it| it.filter(|it| (min..=max).contains(&it.chars().count())));
    }
    let mut text = text::named(&place.member.name, place.entity, place.number, persona, random);
    while text.chars().count() < min {
        text.push(' ');
        text.push_str(&text::sentences(1, random));
    }
    if text.chars().count() <= max {
        return Some(text);
    }
    // The tail makes it unique, so the head is cut.
    let surplus = text.chars().count() - max;
    Some(match place.number {
        Some(_) => text.chars().skip(surplus).collect::<String>().trim_start().to_owned(),
        None => text.chars().take(max).collect::<String>().trim_end().to_owned(),
    })
}

fn number(place: &Place<'_>, random: &mut Random) -> u64 {
    place.number.unwrap_or_else(|| random.below(1_000_000))
}

fn int(name: &str, bounds: &Bounds, number: Option<u64>, random: &mut Random) -> i64 {
    let has = |words: &[&str]| words.iter().any(|it| name.split('_').any(|part| part == *it));
    let (low, high) = if let Some(number) = number {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        (number, number)
    } else if has(&["quantity", "qty", "seats", "nights", "guests", "rating", "stars", "priority"])
    {
        (1, 5)
    } else if has(&["percent", "progress"]) {
        (0, 100)
    } else if has(&["year"]) {
        (1990, 2026)
    } else if has(&["age"]) {
        (18, 90)
    } else {
        (0, 500)
    };
    let (min, max) = match bounds {
        Bounds::Range { min: Bound::Int(min), max: Bound::Int(max) } => (*min, *max),
        _ => (i64::MIN, i64::MAX),
    };
    random.between(low.clamp(min, max), high.clamp(min, max))
}

/// Minor units: prices that look like prices.
fn money(name: &str, bounds: &Bounds, random: &mut Random) -> i64 {
    let high = if name.contains("fee") || name.contains("shipping") { 15 } else { 180 };
    let whole = 1 + i64::try_from(random.below(high)).unwrap_or(0);
    let ending = random.pick(&[0, 49, 50, 90, 95, 99]).copied().unwrap_or(0);
    // What a thing costs us is about half of what it is sold for.
    let minor = (whole * 100 + ending) / if name.contains("cost") { 2 } else { 1 };
    match bounds {
        Bounds::Range { min: Bound::Money(min), max: Bound::Money(max) } => minor.clamp(*min, *max),
        _ => minor,
    }
}

fn decimal_digits(name: &str, scale: u8, bounds: &Bounds, random: &mut Random) -> i64 {
    let one = 10_i64.saturating_pow(u32::from(scale));
    let is_share = ["discount", "rate", "share", "tax", "vat"].iter().any(|it| name.contains(it));
    let high = if is_share { one / 4 } else { one.saturating_mul(100) };
    let (min, max) = match bounds {
        Bounds::Range {
            min: Bound::Decimal { unscaled: min, .. },
            max: Bound::Decimal { unscaled: max, .. },
        } => (*min, *max),
        _ => (i64::MIN, i64::MAX),
    };
    random.between(0.clamp(min, max), high.clamp(min, max))
}

pub(super) fn decimal(unscaled: i64, scale: u8) -> String {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", unscaled.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn timestamp(bounds: &Bounds, random: &mut Random) -> Option<String> {
    let (min, max) = match bounds {
        Bounds::Range { min: Bound::Timestamp(min), max: Bound::Timestamp(max) } => (*min, *max),
        _ => (i64::MIN, i64::MAX),
    };
    let low = (BASE_US - 700 * DAY_US).clamp(min, max);
    let moment = random.between(low, BASE_US.clamp(min, max));
    // Whole seconds read better; the bounds may forbid them.
    let seconds = (moment - moment.rem_euclid(1_000_000)).clamp(min, max);
    Some(jiff::Timestamp::from_microsecond(seconds).ok()?.to_string())
}

fn date(name: &str, bounds: &Bounds, random: &mut Random) -> Option<String> {
    let (min, max) = match bounds {
        Bounds::Range { min: Bound::Date(min), max: Bound::Date(max) } => (*min, *max),
        _ => (i32::MIN, i32::MAX),
    };
    let today = i32::try_from(BASE_US / DAY_US).unwrap_or(0);
    let (oldest, newest) = if name.contains("birth") { (80 * 365, 18 * 365) } else { (700, 0) };
    let low = (today - oldest).clamp(min, max);
    let high = (today - newest).clamp(min, max);
    let days = random.between(i64::from(low), i64::from(high));
    let epoch = jiff::civil::date(1970, 1, 1);
    Some(epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_keep_their_digits() {
        for (unscaled, scale, text) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (1234, 2, "12.34"),
            (7, 0, "7"),
            (1500, 3, "1.500"),
        ] {
            assert_eq!(decimal(unscaled, scale), text);
        }
    }
}
