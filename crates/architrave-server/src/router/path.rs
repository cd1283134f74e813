//! Paths are decoded once and strictly: what could be read in two ways is refused.

use std::borrow::Cow;

use architrave_engine::Problem;

/// The path with percent-encoding resolved. Refused: broken encodings, encoded separators, control
/// characters, `.` and `..` segments, backslashes, bytes that are not UTF-8.
pub(crate) fn decode_path(raw: &str) -> Result<Cow<'_, str>, Problem> {
    let path = if raw.contains('%') { Cow::Owned(decode(raw)?) } else { Cow::Borrowed(raw) };
    let is_refused = |it: char| it.is_control() || it == '\\';
    let has_dots = path.split('/').any(|it| it == "." || it == "..");
    if !path.starts_with('/') || path.contains(is_refused) || has_dots {
        return Err(refusal());
    }
    Ok(path)
}

fn decode(raw: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        match decode_byte(&mut rest) {
            // A separator or a percent sign that only appears by decoding could be read in two ways.
            None | Some(b'/' | b'%' | 0) => return Err(refusal()),
            Some(it) => bytes.push(it),
        }
    }
    String::from_utf8(bytes).map_err(|_| refusal())
}

/// The byte that two hexadecimal digits stand for.
pub(super) fn decode_byte(rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let mut digit = || char::from(rest.next()?).to_digit(16);
    let value = digit()? * 16 + digit()?;
    u8::try_from(value).ok()
}

fn refusal() -> Problem {
    Problem::of("malformed-request", "The path is not written in the documented form.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_once_and_strictly() {
        for (raw, decoded) in [
            ("/v1/orders", Some("/v1/orders")),
            ("/v1/%6frders", Some("/v1/orders")),
            ("/v1/orders/a%20b", Some("/v1/orders/a b")),
            ("/v1/%c3%a9t%C3%A9", Some("/v1/été")),
            ("/v1/orders%2f7", None),
            ("/v1/orders%2F7", None),
            ("/v1/orders/%00", None),
            ("/v1/orders/%0a", None),
            ("/v1/orders/%2e%2e/me", None),
            ("/v1/../me", None),
            ("/v1/./me", None),
            ("/v1/orders/%252f", None),
            ("/v1/orders/%", None),
            ("/v1/orders/%2", None),
            ("/v1/orders/%zz", None),
            ("/v1/orders/%c0%af", None),
            ("/v1/orders/%ff", None),
            ("/v1\\orders", None),
            ("/v1%5corders", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(decode_path(raw).ok().as_deref(), decoded, "{raw}");
        }
    }
}
