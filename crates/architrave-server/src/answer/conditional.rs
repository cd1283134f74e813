//! Conditional requests (RFC 9110, 13): lists of entity tags.

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tags<'a> {
    /// `*`
    Any,
    /// Tags without the `W/` of weak ones, with their quotes.
    These(Vec<&'a str>),
}

impl<'a> Tags<'a> {
    /// Reads `*`, or tags in quotes separated by commas (RFC 9110, 8.8.3); none where the text is anything else. Tags
    /// of others may hold commas; blanks and what is not ASCII they may not.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = text;
        loop {
            let quoted = rest.strip_prefix("W/").unwrap_or(rest);
            let inner = quoted.strip_prefix('"')?;
            let (inner, behind) = inner.split_once('"')?;
            if !inner.bytes().all(|it| it.is_ascii_graphic()) {
                return None;
            }
            tags.push(quoted.get(..inner.len() + 2)?);
            let behind = behind.trim_ascii_start();
            if behind.is_empty() {
                return Some(Self::These(tags));
            }
            rest = behind.strip_prefix(',')?.trim_ascii_start();
        }
    }

    /// Whether `If-None-Match` names this tag, so that 304 is the answer. Comparison is weak (13.1.2): caches may
    /// have weakened the tag that we sent.
    pub(crate) fn names(&self, etag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.contains(&etag),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_quotes_and_nothing_else_is() {
        let these = |tags: &[&'static str]| Some(Tags::These(tags.to_vec()));
        for (sent, tags) in [
            ("*", Some(Tags::Any)),
            ("\"3\"", these(&["\"3\""])),
            ("\"3-9c1185a5c5e9fc54\", \"4\"", these(&["\"3-9c1185a5c5e9fc54\"", "\"4\""])),
            ("W/\"3\" ,W/\"4\"", these(&["\"3\"", "\"4\""])),
            ("\"a,b\"", these(&["\"a,b\""])),
            ("\"\"", these(&["\"\""])),
            ("3", None),
            ("", None),
            ("\"3\",", None),
            ("\"3", None),
            ("\"a\"b\"", None),
            ("\"a b\"", None),
            ("w/\"3\"", None),
            ("*, \"3\"", None),
        ] {
            assert_eq!(Tags::read(sent), tags, "{sent}");
        }
    }

    #[test]
    fn tags_are_compared_weakly() {
        for (sent, is_match) in [
            ("\"3-ab\"", true),
            ("W/\"3-ab\"", true),
            ("\"1\", \"3-ab\"", true),
            ("*", true),
            ("\"3-AB\"", false),
        ] {
            assert_eq!(Tags::read(sent).unwrap().names("\"3-ab\""), is_match, "{sent}");
        }
    }
}
