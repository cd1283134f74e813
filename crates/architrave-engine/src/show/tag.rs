//! Entity tags: version and representation.

use uuid::Uuid;

/// A strong tag with its quotes: `"<version>-<hash of the shown bytes>"`.
///
/// The hash is rapidhash v3: 64 bits tell two representations of one version apart, and it reads
/// several bytes a cycle. It is no secret and no proof; whoever could forge it would only fool themselves.
#[must_use]
pub fn etag(version: u64, bytes: &[u8]) -> String {
    let hash = rapidhash::v3::rapidhash_v3(bytes);
    let mut text = String::with_capacity(40);
    text.push('"');
    text.push_str(itoa::Buffer::new().format(version));
    text.push('-');
    for shift in (0..16).rev() {
        let digit = u32::try_from((hash >> (shift * 4)) & 0xf).unwrap_or_default();
        text.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    text.push('"');
    text
}

/// Whether an `If-Match` header names this version. `*` matches every row; a weak tag matches none
/// (RFC 9110, 13.1.1); of ours only the version counts, so that a caller who sees other fields, or
/// selected some, can still say which state they looked at.
#[must_use]
pub fn if_match(header: &str, version: u64) -> bool {
    let mut number = itoa::Buffer::new();
    let version = number.format(version);
    header.split(',').map(str::trim).any(|tag| {
        if tag == "*" {
            return true;
        }
        let inner = tag.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        inner.is_some_and(|it| it.split('-').next() == Some(version))
    })
}

/// A strong tag for a list: the hash of what was shown.
#[must_use]
pub(crate) fn list_etag(bytes: &[u8]) -> String {
    let hash = rapidhash::v3::rapidhash_v3(bytes);
    // Written like an id's first half to need no second formatter.
    let id = Uuid::from_u64_pair(hash, 0).simple().to_string();
    format!("\"{}\"", id.get(..16).unwrap_or(&id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_version_and_representation() {
        let tag = etag(7, b"{}");
        assert!(tag.starts_with("\"7-") && tag.ends_with('"') && tag.len() == 20, "{tag}");
        assert_ne!(tag, etag(7, b"{ }"));
        assert_ne!(list_etag(b"a"), list_etag(b"b"));
    }

    #[test]
    fn only_the_version_of_a_strong_tag_counts() {
        for (header, is_match) in [
            ("\"7-0123456789abcdef\"", true),
            ("\"7\"", true),
            ("*", true),
            ("\"6-a\", \"7-b\"", true),
            ("W/\"7-0123456789abcdef\"", false),
            ("\"70-a\"", false),
            ("7", false),
            ("", false),
        ] {
            assert_eq!(if_match(header, 7), is_match, "{header}");
        }
    }
}
