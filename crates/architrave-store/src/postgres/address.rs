//! `postgres://user:password@host:port/database?sslmode=…`, with the password from where PostgreSQL's own programs
//! look for it, and never in anything that is shown.

use std::{fmt, path::PathBuf};

use architrave_engine::Fault;
use tokio_postgres::config::{Config, Host, SslMode};

use super::{
    pass_file,
    tls::{Roots, Trust},
};

/// Where PostgreSQL listens when nobody says otherwise.
const PORT: u16 = 5432;

/// Where a database is and how to sign in. Holds a password: its `Debug` does not show it.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Config,
    pub(super) trust: Trust,
    shown: String,
}

/// What the environment says of passwords, as libpq reads it.
#[derive(Default)]
pub struct Environment {
    /// `PGPASSWORD`.
    pub password: Option<String>,
    /// `PGPASSFILE`, or `.pgpass` in the user's home folder.
    pub pass_file: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let home = || std::env::home_dir().map(|it| it.join(".pgpass"));
        Self {
            password: std::env::var("PGPASSWORD").ok().filter(|it| !it.is_empty()),
            pass_file: std::env::var_os("PGPASSFILE").map(PathBuf::from).or_else(home),
        }
    }
}

impl Address {
    /// Whether a text is an address of PostgreSQL rather than a path.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        rest(text).is_some()
    }

    /// Reads an address. A password in it comes before `PGPASSWORD`, and that before the password file, as in libpq.
    ///
    /// # Errors
    /// Where it cannot be read. The text itself is never repeated: it may hold a password.
    pub fn read(text: &str, environment: &Environment) -> Result<Self, Fault> {
        let Some(rest) = rest(text) else { return Err(unreadable("it begins otherwise")) };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut settings = Settings::default();
        let mut others = Vec::new();
        for pair in query.split('&').filter(|it| !it.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("sslmode", value) => settings.mode = Mode::named(value)?,
                ("sslrootcert", value) => settings.roots = Some(decoded(value)?),
                _ => others.push(pair),
            }
        }
        let rebuilt = format!("postgresql://{place}?{}", others.join("&"));
        let mut config: Config = rebuilt.parse().map_err(|_| {
            unreadable("special characters in names and passwords are written as %40 and the like")
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        settings.apply(&mut config);
        let trust = settings.trust();
        let shown = shown(&config);
        let mut address = Self { config, trust, shown };
        address.find_password(environment)?;
        address.config.application_name("architrave");
        Ok(address)
    }

    /// The address without user and password, e.g. `postgres://db.example.org/shop`.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    fn find_password(&mut self, environment: &Environment) -> Result<(), Fault> {
        if self.config.get_password().is_some() {
            return Ok(());
        }
        if let Some(password) = &environment.password {
            self.config.password(password);
        } else if let Some(path) = &environment.pass_file {
            let key = pass_file::Key {
                host: self.config.get_hosts().first().map_or("localhost".to_owned(), host_name),
                port: self.config.get_ports().first().copied().unwrap_or(PORT),
                database: database(&self.config),
                user: self.config.get_user().unwrap_or_default().to_owned(),
            };
            if let Some(password) = pass_file::password(path, &key)? {
                self.config.password(password);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("pass_file", &self.pass_file).finish_non_exhaustive()
    }
}

/// What the query says of TLS.
#[derive(Default)]
struct Settings {
    mode: Mode,
    roots: Option<String>,
}

/// The values of `sslmode` (<https://www.postgresql.org/docs/current/libpq-ssl.html>).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Mode {
    Disable,
    #[default]
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    fn named(text: &str) -> Result<Self, Fault> {
        Ok(match text {
            "disable" => Self::Disable,
            // Whoever allows TLS is not worse off with it.
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => {
                return Err(unreadable(
                    "sslmode is disable, allow, prefer, require, verify-ca or verify-full",
                ));
            }
        })
    }
}

impl Settings {
    fn apply(&self, config: &mut Config) {
        let is_local = config.get_hosts().iter().all(|it| !matches!(it, Host::Tcp(_)));
        config.ssl_mode(match self.mode {
            // As in libpq: there is no TLS on a socket of the machine itself.
            _ if is_local && config.get_hostaddrs().is_empty() => SslMode::Disable,
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
    }

    fn trust(&self) -> Trust {
        let roots = || match self.roots.as_deref() {
            None | Some("system") => Roots::Public,
            Some(path) => Roots::File(PathBuf::from(path)),
        };
        match self.mode {
            Mode::VerifyFull => Trust::Host(roots()),
            Mode::VerifyCa => Trust::Authority(roots()),
            // As in libpq: whoever names an authority wants it asked.
            Mode::Require if self.roots.is_some() => Trust::Authority(roots()),
            Mode::Disable | Mode::Prefer | Mode::Require => Trust::Anybody,
        }
    }
}

fn rest(text: &str) -> Option<&str> {
    text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))
}

fn unreadable(why: &str) -> Fault {
    Fault::new(
        format!("the address of the database cannot be read: {why}"),
        "write it as postgres://user@host:5432/database?sslmode=verify-full, the password in PGPASSWORD",
    )
}

/// `%2F` and its like, as in the rest of an address.
fn decoded(text: &str) -> Result<String, Fault> {
    let bad = || unreadable("a % is not followed by two hexadecimal digits");
    let mut bytes = Vec::new();
    let mut left = text.bytes();
    while let Some(byte) = left.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |it: Option<u8>| it.and_then(|it| char::from(it).to_digit(16));
        let (high, low) = (digit(left.next()), digit(left.next()));
        let value = high.zip(low).map(|(high, low)| high * 16 + low);
        bytes.push(value.and_then(|it| u8::try_from(it).ok()).ok_or_else(bad)?);
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

/// Without user and password; sockets of the machine itself have no host.
fn shown(config: &Config) -> String {
    let hosts = config.get_hosts().iter().zip(0..).map(|(host, at)| match host {
        Host::Tcp(name) => {
            let ports = config.get_ports();
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(PORT);
            let name = if name.contains(':') { format!("[{name}]") } else { name.clone() };
            if port == PORT { name } else { format!("{name}:{port}") }
        }
        Host::Unix(_) => String::new(),
    });
    let hosts: Vec<String> = hosts.collect();
    let text = format!("postgres://{}/{}", hosts.join(","), database(config));
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// Its name; the user's where none is given, as the server takes it.
fn database(config: &Config) -> String {
    config.get_dbname().or(config.get_user()).unwrap_or_default().to_owned()
}

fn host_name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        // What password files call it.
        Host::Unix(_) => "localhost".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Address, Fault> {
        Address::read(text, &Environment::default())
    }

    #[test]
    fn an_address_is_shown_without_user_and_password() {
        let check = |text: &str, expected: &str| {
            let address = read(text).unwrap();
            assert_eq!(address.shown(), expected);
            assert!(!format!("{address:?}").contains("hush"));
        };
        check("postgres://ann:hush@db/shop", "postgres://db/shop");
        check("postgresql://ann:hush@db:5432/shop?sslmode=require", "postgres://db/shop");
        check("postgres://ann:hush@db:6543/shop", "postgres://db:6543/shop");
        check("postgres://ann:hush@a,b:1/shop", "postgres://a,b:1/shop");
        check("postgres://ann:hush@[::1]/shop", "postgres://[::1]/shop");
        check("postgres://ann:hu%40sh@%2Frun%2Fpg/shop", "postgres:///shop");
        check("postgres:///shop?host=/run/pg&password=hush", "postgres:///shop");
        check("postgres://ann:hush@db", "postgres://db/ann");
        check("postgres:///shop", "postgres://localhost/shop");
    }

    #[test]
    fn what_cannot_be_read_is_said_without_repeating_it() {
        let check = |text: &str, expected: &str| {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.contains(expected), "{text}: {fault}");
            assert!(!fault.contains("hush"), "{fault}");
        };
        check("mysql://ann:hush@db/shop", "begins otherwise");
        check("postgres://ann:hush@db:port/shop", "%40");
        check("postgres://ann:hush@db/shop?nonsense=hush", "%40");
        check("postgres://ann:hush@db/shop?sslmode=hush", "verify-full");
        check("postgres://ann:hush@db/shop?sslrootcert=hush%4", "hexadecimal");
    }

    #[test]
    fn the_ssl_mode_says_whether_to_encrypt_and_whom_to_believe() {
        let check = |query: &str, mode: SslMode, trust: Trust| {
            let address = read(&format!("postgres://db/shop?{query}")).unwrap();
            assert_eq!(address.config.get_ssl_mode(), mode, "{query}");
            assert_eq!(address.trust, trust, "{query}");
        };
        let file = || Roots::File(PathBuf::from("/ca.pem"));
        check("", SslMode::Prefer, Trust::Anybody);
        check("sslmode=disable", SslMode::Disable, Trust::Anybody);
        check("sslmode=require", SslMode::Require, Trust::Anybody);
        check("sslmode=require&sslrootcert=%2Fca.pem", SslMode::Require, Trust::Authority(file()));
        check("sslmode=verify-ca", SslMode::Require, Trust::Authority(Roots::Public));
        check("sslmode=verify-full", SslMode::Require, Trust::Host(Roots::Public));
        check("sslmode=verify-full&sslrootcert=/ca.pem", SslMode::Require, Trust::Host(file()));
        let local = read("postgres:///shop?host=/run/pg&sslmode=require").unwrap();
        assert_eq!(local.config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn passwords_are_looked_for_where_others_look() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        std::fs::write(&path, "db:5432:shop:ann:filed\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        let check = |text: &str, password: Option<&str>, expected: Option<&str>| {
            let environment = Environment {
                password: password.map(str::to_owned),
                pass_file: Some(path.clone()),
            };
            let address = Address::read(text, &environment).unwrap();
            assert_eq!(address.config.get_password(), expected.map(str::as_bytes), "{text}");
        };
        check("postgres://ann:given@db/shop", Some("said"), Some("given"));
        check("postgres://ann@db/shop", Some("said"), Some("said"));
        check("postgres://ann@db/shop", None, Some("filed"));
        check("postgres://bob@db/shop", None, None);
    }
}
