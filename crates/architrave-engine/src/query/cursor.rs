//! Cursors: the place in a list to go on from. Opaque, authenticated, bound to one query of one caller.

use architrave_model::Value;
use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use uuid::Uuid;

/// Bytes of the authentication tag: 128 bits, as much as an id.
const TAG_BYTES: usize = 16;
/// Longest cursor that is looked at, in characters; a text key of 1,000 characters fits.
const TEXT_MAX: usize = 8_192;

/// A place in a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cursor {
    /// Whether the page before is asked for.
    pub(crate) is_backward: bool,
    /// Values of the sort keys.
    pub(crate) values: Vec<Value>,
}

impl Cursor {
    /// The cursor's text. `bound_to` names the query and the caller.
    pub(crate) fn seal(&self, key: &hmac::Key, bound_to: &[u8]) -> String {
        let mut bytes = vec![u8::from(self.is_backward)];
        self.values.iter().for_each(|it| write(it, &mut bytes));
        let tag = tag(key, &bytes, bound_to);
        bytes.extend_from_slice(tag.as_ref().get(..TAG_BYTES).unwrap_or_default());
        hex(&bytes)
    }

    /// Reads a cursor; none where it is not ours, or of another query or caller.
    pub(crate) fn open(text: &str, key: &hmac::Key, bound_to: &[u8]) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let bytes = unhex(text)?;
        let (bytes, sent) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        let tag = tag(key, bytes, bound_to);
        verify_slices_are_equal(tag.as_ref().get(..TAG_BYTES)?, sent).ok()?;
        let (first, mut rest) = bytes.split_first()?;
        let mut values = Vec::new();
        while !rest.is_empty() {
            values.push(read(&mut rest)?);
        }
        Some(Self { is_backward: *first == 1, values })
    }
}

fn tag(key: &hmac::Key, bytes: &[u8], bound_to: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(b"cursor 2\0");
    // Its length says where it ends: what follows holds callers' texts.
    context.update(&bound_to.len().to_be_bytes());
    context.update(bound_to);
    context.update(bytes);
    context.sign()
}

fn write(value: &Value, out: &mut Vec<u8>) {
    let mut number = |kind: u8, it: i64| {
        out.push(kind);
        out.extend_from_slice(&it.to_be_bytes());
    };
    match value {
        Value::Bool(it) => number(1, i64::from(*it)),
        Value::Int(it) => number(2, *it),
        Value::Money(it) => number(4, *it),
        Value::Timestamp(it) => number(7, *it),
        Value::Date(it) => number(8, i64::from(*it)),
        Value::Duration(it) => number(9, *it),
        Value::Decimal { unscaled, scale } => {
            number(3, *unscaled);
            out.push(*scale);
        }
        Value::Text(it) => {
            number(5, i64::try_from(it.len()).unwrap_or_default());
            out.extend_from_slice(it.as_bytes());
        }
        Value::Uuid(it) => {
            out.push(6);
            out.extend_from_slice(it.as_bytes());
        }
        // Nothing else can be sorted by.
        Value::Null | Value::Json(_) | Value::List(_) | Value::Object(_) => out.push(0),
    }
}

fn read(rest: &mut &[u8]) -> Option<Value> {
    let [kind] = *take(rest, 1)? else { return None };
    match kind {
        0 => return Some(Value::Null),
        6 => return Some(Value::Uuid(Uuid::from_slice(take(rest, 16)?).ok()?)),
        _ => {}
    }
    let number = i64::from_be_bytes(take(rest, 8)?.try_into().ok()?);
    Some(match kind {
        1 => Value::Bool(number == 1),
        2 => Value::Int(number),
        3 => Value::Decimal { unscaled: number, scale: *take(rest, 1)?.first()? },
        4 => Value::Money(number),
        5 => {
            let bytes = take(rest, usize::try_from(number).ok()?)?;
            Value::Text(String::from_utf8(bytes.to_vec()).ok()?)
        }
        7 => Value::Timestamp(number),
        8 => Value::Date(i32::try_from(number).ok()?),
        9 => Value::Duration(number),
        _ => return None,
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0');
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 0xf)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |it: &u8| char::from(*it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pair = |it: &[u8]| match it {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    #[test]
    fn a_cursor_opens_only_for_its_query() {
        let cursor = Cursor {
            is_backward: true,
            values: vec![
                Value::Null,
                Value::Bool(true),
                Value::Int(-5),
                Value::Decimal { unscaled: 12, scale: 2 },
                Value::Money(7),
                Value::Text("ä\0b".into()),
                Value::Uuid(Uuid::from_u128(5)),
                Value::Timestamp(1),
                Value::Date(-3),
                Value::Duration(9),
            ],
        };
        let text = cursor.seal(&key(1), b"query");
        assert_eq!(Cursor::open(&text, &key(1), b"query"), Some(cursor));
        assert_eq!(Cursor::open(&text, &key(1), b"other query"), None);
        assert_eq!(Cursor::open(&text, &key(2), b"query"), None);
        for broken in ["", "zz", "0", "é", &text[2..], &format!("{text}00"), &"0".repeat(9_000)] {
            assert_eq!(Cursor::open(broken, &key(1), b"query"), None, "{broken}");
        }
        let mut flipped = text.into_bytes();
        flipped[0] = if flipped[0] == b'0' { b'1' } else { b'0' };
        let flipped = String::from_utf8(flipped).unwrap();
        assert_eq!(Cursor::open(&flipped, &key(1), b"query"), None);
    }
}
