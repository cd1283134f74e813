//! API keys as text: `arc_<environment>_<id>_<256-bit secret>_<checksum>`.
//!
//! The prefix lets scanners find leaked keys, the checksum tells a typing error from a wrong key without
//! asking the store. Only the SHA-256 of the secret is kept; it needs no salt, because 256 random bits
//! cannot be guessed.

use architrave_engine::ports::Dice;
use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};

/// Hexadecimal digits of the public id.
const ID_DIGITS: usize = 16;
/// Hexadecimal digits of the secret.
const SECRET_DIGITS: usize = 64;
/// What every key begins with.
pub(crate) const PREFIX: &str = "arc_";

/// A key that has just been made. Its text is shown once and kept nowhere.
#[derive(Clone)]
pub struct NewApiKey {
    /// What the caller sends.
    pub text: String,
    /// Public id.
    pub id: String,
    /// SHA-256 of the secret part.
    pub secret_sha256: [u8; 32],
}

impl NewApiKey {
    /// Makes a key. `environment` is a lower-case word such as `live` or `dev`.
    #[must_use]
    pub fn make(environment: &str, dice: &dyn Dice) -> Self {
        let (mut id, mut secret) = ([0_u8; ID_DIGITS / 2], [0_u8; SECRET_DIGITS / 2]);
        dice.fill(&mut id);
        dice.fill(&mut secret);
        let (id, secret) = (hex(&id), hex(&secret));
        let body = format!("{PREFIX}{environment}_{id}_{secret}");
        let text = format!("{body}_{:08x}", crc32(body.as_bytes()));
        Self { text, id, secret_sha256: sha256(&secret) }
    }
}

/// A key as sent: well-formed, but not proven yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentApiKey<'a> {
    pub(crate) id: &'a str,
    secret: &'a str,
}

impl<'a> SentApiKey<'a> {
    /// Takes a key's text apart; none if it is none.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (body, checksum) = text.rsplit_once('_')?;
        let (rest, secret) = body.rsplit_once('_')?;
        let (rest, id) = rest.rsplit_once('_')?;
        let environment = rest.strip_prefix(PREFIX)?;
        let is_hex = |it: &str, digits: usize| {
            it.len() == digits && it.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_well_formed = is_hex(id, ID_DIGITS)
            && is_hex(secret, SECRET_DIGITS)
            && is_hex(checksum, 8)
            && !environment.is_empty()
            && environment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_intact = u32::from_str_radix(checksum, 16) == Ok(crc32(body.as_bytes()));
        (is_well_formed && is_intact).then_some(Self { id, secret })
    }

    /// Whether its secret is the one that was kept. Takes the same time for every wrong one.
    pub(crate) fn proves(&self, secret_sha256: &[u8; 32]) -> bool {
        verify_slices_are_equal(&sha256(self.secret), secret_sha256).is_ok()
    }
}

/// The first 16 hexadecimal digits of a document's SHA-256: enough to tell versions apart.
pub(crate) fn hash_text(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    hex(hash.as_ref().get(..8).unwrap_or_default())
}

pub(crate) fn sha256(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

/// CRC-32 (ISO-HDLC, as in zip), bit by bit: it runs over a hundred bytes, tables are not worth it.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    struct Fixed(u8);

    impl Dice for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }

        fn id(&self, _now_us: i64) -> Uuid {
            Uuid::nil()
        }
    }

    #[test]
    fn the_checksum_is_the_one_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_key_proves_itself_and_no_other_does() {
        let (key, other) = (NewApiKey::make("live", &Fixed(7)), NewApiKey::make("live", &Fixed(8)));
        let sent = SentApiKey::read(&key.text).unwrap();
        assert_eq!(sent.id, key.id);
        assert!(sent.proves(&key.secret_sha256));
        assert!(!sent.proves(&other.secret_sha256));
    }

    #[test]
    fn damaged_keys_are_no_keys() {
        let key = NewApiKey::make("live", &Fixed(7)).text;
        assert!(SentApiKey::read(&key).is_some());
        for position in 0..key.len() {
            let mut damaged = key.clone().into_bytes();
            damaged[position] = if damaged[position] == b'0' { b'1' } else { b'0' };
            assert_eq!(SentApiKey::read(&String::from_utf8(damaged).unwrap()), None, "{position}");
        }
        for text in ["", "arc_", "arc____", &key[1..], &key[..key.len() - 1], &key.to_uppercase()] {
            assert_eq!(SentApiKey::read(text), None, "{text}");
        }
    }
}
