//! Password files as libpq reads them: `host:port:database:user:password`, `*` for any, `\` before `:` and `\`
//! (<https://www.postgresql.org/docs/current/libpq-pgpass.html>).

use std::{fs, io::Read as _, path::Path};

use architrave_engine::Fault;

/// Largest file that is read; a line takes less than a hundred bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// Whose password is looked for.
pub(super) struct Key {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
}

/// The password of the first line that fits; none where there is no file.
///
/// # Errors
/// Where others may read the file: libpq leaves it unread too, and would have to say so.
pub(super) fn password(path: &Path, key: &Key) -> Result<Option<String>, Fault> {
    let Ok(file) = fs::File::open(path) else { return Ok(None) };
    let mut bytes = Vec::new();
    if file.take(BYTES_MAX).read_to_end(&mut bytes).is_err() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    let Some(found) = text.lines().find_map(|it| fitting(it, key)) else { return Ok(None) };
    if is_open_to_others(path) {
        return Err(Fault::new(
            format!("the password file {} may be read by others", path.display()),
            "make it yours alone: chmod 600",
        ));
    }
    Ok(Some(found))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

fn fitting(line: &str, key: &Key) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(it) = characters.next() {
        let taken = match it {
            '\\' => characters.next()?,
            // The password is the rest.
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            other => other,
        };
        fields.last_mut()?.push(taken);
    }
    let [host, port, database, user, password] = fields.try_into().ok()?;
    let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
    let is_it = fits(&host, &key.host)
        && fits(&port, &key.port.to_string())
        && fits(&database, &key.database)
        && fits(&user, &key.user);
    is_it.then_some(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key { host: "db".into(), port: 5432, database: "shop".into(), user: "ann".into() }
    }

    #[test]
    fn a_line_fits_or_it_does_not() {
        let check = |line: &str, expected: Option<&str>| {
            assert_eq!(fitting(line, &key()).as_deref(), expected, "{line}");
        };
        check("db:5432:shop:ann:secret", Some("secret"));
        check("*:*:*:*:se:cr\\\\et\\:", Some("se:cr\\et:"));
        check("d\\b:*:*:ann:x", Some("x"));
        check("db:5433:shop:ann:secret", None);
        check("db:5432:shop:ann", None);
        check("# *:*:*:*:x", None);
        check("", None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        fs::write(&path, "*:*:*:*:secret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let fault = password(&path, &key()).unwrap_err().to_string();
        assert!(fault.contains("chmod 600") && !fault.contains("secret"), "{fault}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password(&path, &key()).unwrap().as_deref(), Some("secret"));
        assert_eq!(password(&folder.path().join("none"), &key()).unwrap(), None);
    }
}
