//! Conditional requests (RFC 9110, 13).

/// Whether `If-None-Match` names this tag, so that 304 is the answer. Comparison is weak (13.1.2): caches
/// may have weakened the tag that we sent.
pub(crate) fn matches_none(sent: &str, etag: &str) -> bool {
    let strong = |it: &str| it.strip_prefix("W/").unwrap_or(it).to_owned();
    sent.trim() == "*" || sent.split(',').any(|it| strong(it.trim()) == strong(etag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        for (sent, is_match) in [
            ("\"3-ab\"", true),
            ("W/\"3-ab\"", true),
            ("\"1\", \"3-ab\"", true),
            ("*", true),
            ("\"3-AB\"", false),
            ("3-ab", false),
            ("", false),
        ] {
            assert_eq!(matches_none(sent, "\"3-ab\""), is_match, "{sent}");
        }
    }
}
