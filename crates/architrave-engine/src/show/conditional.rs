//! Conditional requests (RFC 9110, 13): lists of entity tags.

/// Longest list of tags, in bytes: some forty of ours.
const LIST_BYTES_MAX: usize = 1024;

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug, PartialEq, Eq)]
pub enum Tags<'a> {
    /// `*`
    Any,
    /// These.
    These(Vec<Tag<'a>>),
}

/// One entity tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The text between the quotes.
    text: &'a str,
    /// Marked `W/`: it stands for the meaning, not for the bytes.
    is_weak: bool,
}

impl<'a> Tags<'a> {
    /// Reads `*`, or tags in quotes separated by commas (RFC 9110, 8.8.3); none where the text is anything else. Tags
    /// of others may hold commas; blanks and what is not ASCII they may not.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = Some(text).filter(|it| it.len() <= LIST_BYTES_MAX)?;
        loop {
            let (tag, behind) = Tag::read(rest)?;
            tags.push(tag);
            if behind.is_empty() {
                return Some(Self::These(tags));
            }
            rest = behind.strip_prefix(',')?.trim_ascii_start();
        }
    }

    /// Whether `If-None-Match` names this tag (with its quotes), so that 304 is the answer. Comparison is weak
    /// (13.1.2): caches may have weakened the tag that we sent.
    #[must_use]
    pub fn names(&self, etag: &str) -> bool {
        let etag = etag.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|it| Some(it.text) == etag),
        }
    }

    /// Whether `If-Match` names this version. `*` matches every row; a weak tag matches none (13.1.1); of ours only
    /// the version counts, so that a caller who sees other fields, or selected some, can still say which state they
    /// looked at.
    #[must_use]
    pub fn name_version(&self, version: u64) -> bool {
        let mut number = itoa::Buffer::new();
        let version = number.format(version);
        match self {
            Self::Any => true,
            Self::These(tags) => {
                let mut strong = tags.iter().filter(|it| !it.is_weak);
                strong.any(|it| it.text.split('-').next() == Some(version))
            }
        }
    }
}

impl<'a> Tag<'a> {
    /// Reads a tag, and says what stands behind it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let quoted = text.strip_prefix("W/").unwrap_or(text);
        let (inner, behind) = quoted.strip_prefix('"')?.split_once('"')?;
        let is_written_well = inner.bytes().all(|it| it.is_ascii_graphic());
        let tag = Self { text: inner, is_weak: quoted.len() < text.len() };
        is_written_well.then(|| (tag, behind.trim_ascii_start()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_quotes_and_nothing_else_is() {
        let these = |texts: &[&'static str]| {
            let is_weak = |text: &str| text.starts_with('~');
            let tag =
                |it: &&'static str| Tag { text: it.trim_start_matches('~'), is_weak: is_weak(it) };
            Some(Tags::These(texts.iter().map(tag).collect()))
        };
        for (sent, tags) in [
            ("*", Some(Tags::Any)),
            ("\"3\"", these(&["3"])),
            ("\"3-9c1185a5c5e9fc54\", \"4\"", these(&["3-9c1185a5c5e9fc54", "4"])),
            ("W/\"3\" ,W/\"4\"", these(&["~3", "~4"])),
            ("\"a,b\"", these(&["a,b"])),
            ("\"\"", these(&[""])),
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
    #[test]
    fn only_the_version_of_a_strong_tag_counts() {
        for (sent, is_match) in [
            ("\"7-0123456789abcdef\"", true),
            ("\"7\"", true),
            ("*", true),
            ("\"6-a\", \"7-b\"", true),
            ("W/\"7-0123456789abcdef\"", false),
            ("\"70-a\"", false),
            ("\"07\"", false),
            ("\"\"", false),
        ] {
            assert_eq!(Tags::read(sent).unwrap().name_version(7), is_match, "{sent}");
        }
    }
}
