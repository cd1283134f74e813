//! Patterns with `*`, for waivers and levels.

/// Whether a text is what a pattern says, `*` standing for any text. Takes time in proportion to the product of
/// both lengths at worst.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for piece in pieces {
        // The first place leaves most for the pieces behind it.
        let Some((_, behind)) = rest.split_once(piece) else { return false };
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("REL-01@edge:a->b", "REL-01@edge:a->b", true),
            ("REL-01@edge:a->b", "REL-01@edge:a->bc", false),
            ("REL-01@*", "REL-01@edge:a->b", true),
            ("*", "", true),
            ("*@table:*", "DAT-02@table:sales.Order", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXc", false),
            ("ab*ba", "aba", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
