//! Encrypted fields: AES-256-GCM with the row and field as associated data, and keyed hashes for look-ups.
//!
//! A sealed value is `version (1) · key id (4, big endian) · nonce (12) · ciphertext and tag`. The key
//! file lies apart from the data: whoever has one without the other has nothing.

use std::{
    collections::BTreeMap,
    io::Write,
    path::Path,
    sync::{PoisonError, RwLock},
};

use architrave_engine::Fault;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, RandomizedNonceKey},
    hkdf::{self, HKDF_SHA256, Salt},
    hmac,
};
use uuid::Uuid;

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 4;
const KEY_BYTES: usize = 32;
/// Most keys of a file: rotation keeps old ones until nothing refers to them.
const KEYS_MAX: usize = 1_000;

/// Where a sealed value belongs; it cannot be opened anywhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The row's tenant.
    pub tenant: Option<Uuid>,
    /// Physical name of the table.
    pub table: &'a str,
    /// The row.
    pub row: Uuid,
    /// Physical name of the column.
    pub column: &'a str,
}

/// Holds the keys. The newest key seals; all of them open.
pub struct Vault {
    keys: Vec<VaultKey>,
    /// Look-up keys by field, derived once.
    lookups: RwLock<BTreeMap<String, hmac::Key>>,
}

struct VaultKey {
    id: u32,
    secret: [u8; KEY_BYTES],
    seal: RandomizedNonceKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the keys.
        f.debug_struct("Vault").field("keys", &self.keys.len()).finish()
    }
}

impl Vault {
    /// Reads a key file: one key per line, `<number> <64 hexadecimal digits>`, oldest first.
    ///
    /// # Errors
    /// The file is missing, unreadable, or not a key file.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Fault::new(
                format!("the key file {shown} cannot be read: {error}"),
                "encrypted fields need it; restore it from where you keep keys, or name another with the right path",
            )
        })?;
        let mut keys = Vec::new();
        for (number, line) in
            (1..).zip(text.lines().filter(|it| !it.trim().is_empty() && !it.starts_with('#')))
        {
            let key = parse_key(line).ok_or_else(|| {
                Fault::new(
                    format!("key {number} of {shown} is not a number and 64 hexadecimal digits"),
                    "the file may be cut off or not be a key file; restore it from where you keep keys",
                )
            })?;
            keys.push(key);
        }
        if keys.is_empty() || keys.len() > KEYS_MAX {
            return Err(Fault::new(
                format!(
                    "the key file {shown} holds {} keys; 1 to {KEYS_MAX} are expected",
                    keys.len()
                ),
                "restore it from where you keep keys",
            ));
        }
        keys.sort_by_key(|it: &VaultKey| it.id);
        Ok(Self { keys, lookups: RwLock::default() })
    }

    /// A vault without keys, for a plan that encrypts nothing: sealing with it fails.
    #[must_use]
    pub fn empty() -> Self {
        Self { keys: Vec::new(), lookups: RwLock::default() }
    }

    /// Writes a new key file with one random key, readable by its owner alone, and opens it.
    ///
    /// # Errors
    /// The file exists already or cannot be written; there is no randomness.
    pub fn create(path: &Path) -> Result<Self, Fault> {
        let mut secret = [0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut secret)
            .map_err(|_| Fault::new("the operating system gives no randomness", ""))?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(path).and_then(|mut file| {
            writeln!(file, "# Keys of encrypted fields. Keep a copy apart from the data: without it they are lost.")?;
            writeln!(file, "1 {}", hex(&secret))?;
            file.sync_all()
        });
        written.map_err(|error| {
            let help = match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    "choose another name: keys are never overwritten, because what they encrypted would be lost"
                }
                _ => "choose a folder that exists and may be written",
            };
            Fault::new(format!("the key file {} cannot be written: {error}", path.display()), help)
        })?;
        Self::open(path)
    }

    /// Seals a value.
    ///
    /// # Errors
    /// The provider refused (no randomness).
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let key = self.keys.last().ok_or_else(|| Fault::new("the vault holds no key", ""))?;
        let mut out = Vec::with_capacity(HEADER_BYTES + NONCE_LEN + plain.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(&key.id.to_be_bytes());
        let mut sealed = plain.to_vec();
        let nonce = key
            .seal
            .seal_in_place_append_tag(Aad::from(associated(place, key.id)), &mut sealed)
            .map_err(|_| Fault::new("a field could not be encrypted", ""))?;
        out.extend_from_slice(nonce.as_ref());
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// It was sealed with a key that is not in the file, for another place, or has been altered.
    pub fn unseal(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let broken = || {
            Fault::new(
                format!(
                    "{}.{} of row {} cannot be decrypted",
                    place.table, place.column, place.row
                ),
                "the stored bytes were altered or moved; restore them from a backup",
            )
        };
        let (header, rest) = sealed.split_at_checked(HEADER_BYTES).ok_or_else(broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let [VERSION, a, b, c, d] = *header else { return Err(broken()) };
        let id = u32::from_be_bytes([a, b, c, d]);
        let key = self.keys.iter().find(|it| it.id == id).ok_or_else(|| {
            Fault::new(
                format!("encryption key {id} is not in the key file"),
                "restore the key file that belongs to this data",
            )
        })?;
        let nonce =
            aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut plain = body.to_vec();
        let length = key
            .seal
            .open_in_place(nonce, Aad::from(associated(place, id)), &mut plain)
            .map_err(|_| broken())?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// The keyed hash of a value of one field, for `==` and uniqueness. The oldest key makes it, so that
    /// new keys do not change what is found.
    #[must_use]
    pub fn lookup(&self, table: &str, column: &str, plain: &[u8]) -> [u8; 32] {
        let field = format!("{table}.{column}");
        let known = self.lookups.read().unwrap_or_else(PoisonError::into_inner);
        let tag = known.get(&field).map(|key| hmac::sign(key, plain));
        drop(known);
        let tag = tag.unwrap_or_else(|| {
            let key = self.derived(&field);
            let tag = hmac::sign(&key, plain);
            self.lookups.write().unwrap_or_else(PoisonError::into_inner).insert(field, key);
            tag
        });
        let mut out = [0; 32];
        out.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        out
    }

    /// What a database remembers of each key, to tell a wrong key file from the right one.
    #[must_use]
    pub fn fingerprints(&self) -> Vec<(u32, Vec<u8>)> {
        let of = |key: &VaultKey| {
            let mac = hmac::Key::new(hmac::HMAC_SHA256, &key.secret);
            hmac::sign(&mac, b"architrave key fingerprint")
                .as_ref()
                .iter()
                .take(8)
                .copied()
                .collect()
        };
        self.keys.iter().map(|key| (key.id, of(key))).collect()
    }

    fn derived(&self, field: &str) -> hmac::Key {
        let secret = self.keys.first().map_or([0; KEY_BYTES], |it| it.secret);
        let salt = Salt::new(HKDF_SHA256, b"architrave lookup 1");
        let mut bytes = [0; KEY_BYTES];
        // 32 bytes are always within HKDF's limit of 255 hashes.
        let info = [field.as_bytes()];
        let filled = salt.extract(&secret).expand(&info, Length).and_then(|it| it.fill(&mut bytes));
        debug_assert!(filled.is_ok());
        hmac::Key::new(hmac::HMAC_SHA256, &bytes)
    }
}

struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

fn associated(place: Place<'_>, key: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(40 + place.table.len() + place.column.len());
    out.extend_from_slice(place.tenant.unwrap_or(Uuid::nil()).as_bytes());
    out.extend_from_slice(place.row.as_bytes());
    out.extend_from_slice(&key.to_be_bytes());
    out.extend_from_slice(place.table.as_bytes());
    // Neither name holds a zero byte: no two places share their bytes.
    out.push(0);
    out.extend_from_slice(place.column.as_bytes());
    out
}

fn parse_key(line: &str) -> Option<VaultKey> {
    let (id, digits) = line.trim().split_once(char::is_whitespace)?;
    let bytes = unhex(digits.trim())?;
    let secret: [u8; KEY_BYTES] = bytes.try_into().ok()?;
    let seal = RandomizedNonceKey::new(&AES_256_GCM, &secret).ok()?;
    Some(VaultKey { id: id.parse().ok()?, secret, seal })
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    append_hex(&mut out, bytes);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends lower-case hexadecimal digits.
pub(crate) fn append_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    out.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]));
}

/// Bytes of hexadecimal digits; none where there is anything else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::create(&folder.path().join("keys")).unwrap();
        (folder, vault)
    }

    const HOME: Place<'static> = Place {
        tenant: Some(Uuid::from_u128(1)),
        table: "user",
        row: Uuid::from_u128(2),
        column: "email",
    };

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let (_folder, vault) = vault();
        let sealed = vault.seal(HOME, b"ada@example.org").unwrap();
        assert_eq!(vault.unseal(HOME, &sealed).unwrap(), b"ada@example.org");
        for place in [
            Place { tenant: None, ..HOME },
            Place { row: Uuid::from_u128(3), ..HOME },
            Place { column: "phone", ..HOME },
            Place { table: "use", column: "remail", ..HOME },
        ] {
            assert!(vault.unseal(place, &sealed).is_err(), "{place:?}");
        }
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(vault.unseal(HOME, &altered).is_err(), "byte {position}");
        }
        assert!(vault.unseal(HOME, b"").is_err());
        assert_ne!(sealed, vault.seal(HOME, b"ada@example.org").unwrap(), "nonces are random");
    }

    #[test]
    fn a_lookup_hash_depends_on_key_field_and_value() {
        let (_a, one) = vault();
        let (_b, other) = vault();
        let hash = one.lookup("user", "email", b"a");
        assert_eq!(hash, one.lookup("user", "email", b"a"));
        assert_ne!(hash, one.lookup("user", "phone", b"a"));
        assert_ne!(hash, one.lookup("user", "email", b"b"));
        assert_ne!(hash, other.lookup("user", "email", b"a"));
    }

    #[test]
    fn new_keys_seal_and_old_ones_still_open() {
        let (folder, vault) = vault();
        let path = folder.path().join("keys");
        let sealed = vault.seal(HOME, b"x").unwrap();
        let hash = vault.lookup("user", "email", b"x");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{text}2 {}\n", "ab".repeat(32))).unwrap();
        let both = Vault::open(&path).unwrap();
        assert_eq!(both.unseal(HOME, &sealed).unwrap(), b"x");
        assert_eq!(both.lookup("user", "email", b"x"), hash);
        assert!(vault.unseal(HOME, &both.seal(HOME, b"y").unwrap()).is_err());
    }

    #[test]
    fn a_key_file_that_is_none_is_refused_with_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(Vault::open(&path).unwrap_err().what.contains("cannot be read"));
        for text in ["", "1 abc", "x ".repeat(40).as_str()] {
            std::fs::write(&path, text).unwrap();
            assert!(Vault::open(&path).is_err(), "{text:?}");
        }
        assert!(Vault::create(&path).is_err(), "an existing file is never overwritten");
    }
}
