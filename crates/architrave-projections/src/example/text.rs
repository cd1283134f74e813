//! Example texts that look like what they stand for.

use architrave_plan::Bounds;

use super::pattern;

/// Longest example text in characters; longer ones teach nothing more.
const LENGTH_MAX: usize = 80;

/// Parts of field names and what such a field usually holds; the first that fits wins.
const SAMPLES: &[(&str, &str)] = &[
    ("sku", "MUG-BLUE-01"),
    ("domain", "shop.example.com"),
    ("tracking", "1Z999AA10123456784"),
    ("postcode", "10115"),
    ("postal", "10115"),
    ("zip", "10115"),
    ("line1", "Invalidenstrasse 1"),
    ("line2", "Back building"),
    ("street", "Invalidenstrasse 1"),
    ("city", "Berlin"),
    ("region", "Berlin"),
    ("description", "Stoneware, 300 ml, dishwasher safe."),
    ("reason", "Changed my mind"),
    ("title", "A short title"),
    ("body", "A first note."),
    ("text", "A first note."),
    ("note", "Please ring twice."),
    ("company", "Blue Mug Ltd"),
    ("contact", "Ada Lovelace"),
    ("phone", "+49 30 12345678"),
    ("user.name", "Ada Lovelace"),
    ("customer.name", "Ada Lovelace"),
    ("person.name", "Ada Lovelace"),
    ("employee.name", "Ada Lovelace"),
    ("shop.name", "Corner Shop"),
    ("tenant.name", "Corner Shop"),
    ("category.name", "Mugs"),
    ("name", "Blue mug"),
];

/// A text for a field of that name (its entity in front: `user.name`), within its bounds and pattern.
pub(super) fn of(name: &str, bounds: &Bounds, regular_expression: Option<&str>) -> String {
    let sample = SAMPLES.iter().find(|it| name.contains(it.0)).map(|it| it.1);
    let plain = sample.map_or_else(|| humanised(name), str::to_owned);
    if let Some(regular_expression) = regular_expression {
        if pattern::matches(regular_expression, &plain) {
            return within(plain, bounds);
        }
        return pattern::sample(regular_expression).unwrap_or_default();
    }
    within(plain, bounds)
}

/// `first_name`: `First name`.
fn humanised(name: &str) -> String {
    let own = name.rsplit('.').next().unwrap_or(name);
    let spaced = own.replace('_', " ");
    let mut chars = spaced.chars();
    chars.next().map(|it| it.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn within(text: String, bounds: &Bounds) -> String {
    let Bounds::Length { min, max } = bounds else { return text };
    let length_max = (*max as usize).min(LENGTH_MAX.max(*min as usize));
    let cut: String = text.chars().take(length_max).collect();
    let missing = (*min as usize).saturating_sub(cut.chars().count());
    cut + &"x".repeat(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_bounds() {
        let length = |min, max| Bounds::Length { min, max };
        for (name, bounds, pattern, expected) in [
            ("name", length(0, 200), None, "Blue mug"),
            ("name", length(0, 4), None, "Blue"),
            ("city", length(8, 20), None, "Berlinxx"),
            ("first_word", length(0, 20), None, "First word"),
            ("sku", length(0, 40), Some("^[A-Z0-9-]+$"), "MUG-BLUE-01"),
            ("code", length(0, 40), Some("[a-z]{3}-[0-9]+"), "aaa-0"),
        ] {
            assert_eq!(of(name, &bounds, pattern), expected, "{name}");
        }
    }
}
