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
}
