//! Addresses in settings: URLs, data source names and `host:port`, in the forms that drivers take.

/// What an address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// Lower case, without `jdbc:` and driver (`postgresql` of `postgresql+asyncpg`).
    pub(crate) scheme: Option<String>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    /// Name of the database (or virtual host) behind the host.
    pub(crate) database: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// Names in lower case.
    pub(crate) parameters: Vec<(String, String)>,
}

/// Most hosts of one value, as in `kafka-0:9092,kafka-1:9092`.
const HOSTS_MAX: usize = 32;

/// All addresses of a value; none where it is something else.
pub(crate) fn parse(text: &str) -> Vec<Address> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4096 || text.contains('\n') {
        return Vec::new();
    }
    let found = if let Some((scheme, rest)) = text.split_once("://") {
        url(scheme, rest)
    } else if let Some(found) = go_mysql(text) {
        vec![found]
    } else if text.contains('=') {
        key_values(text).into_iter().collect()
    } else {
        text.split(',')
            .take(HOSTS_MAX)
            .map_while(host_and_port)
            .filter(|it| it.port.is_some())
            .collect()
    };
    found.into_iter().filter(|it| is_host(&it.host)).collect()
}

impl Address {
    /// The value of a parameter.
    pub(crate) fn parameter(&self, names: &[&str]) -> Option<&str> {
        self.parameters.iter().find(|it| names.contains(&it.0.as_str())).map(|it| it.1.as_str())
    }

    /// Whether the connection is encrypted, where the address says so.
    pub(crate) fn is_encrypted(&self) -> Option<bool> {
        let mode =
            self.parameter(&["sslmode", "ssl-mode", "ssl_mode", "ssl", "tls", "usessl", "encrypt"]);
        if let Some(mode) = mode {
            return match mode.to_ascii_lowercase().as_str() {
                "require" | "required" | "verify-ca" | "verify-full" | "verify_ca" | "true"
                | "1" | "verify_identity" | "strict" | "mandatory" => Some(true),
                "disable" | "disabled" | "false" | "0" => Some(false),
                _ => None,
            };
        }
        match self.scheme.as_deref()? {
            "https" | "wss" | "rediss" | "valkeys" | "amqps" | "grpcs" | "mongodb+srv"
            | "nats+tls" | "tls" | "ldaps" | "smtps" | "mqtts" | "ftps" => Some(true),
            "http" | "ws" | "redis" | "valkey" | "amqp" | "mqtt" | "memcached" | "ldap" | "ftp" => {
                Some(false)
            }
            _ => None,
        }
    }
}

fn url(scheme: &str, rest: &str) -> Vec<Address> {
    let scheme = scheme.trim_start_matches("jdbc:").to_ascii_lowercase();
    if scheme.is_empty()
        || !scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.:".contains(&it))
    {
        return Vec::new();
    }
    let scheme = match scheme.split_once('+') {
        Some(("mongodb", _)) | None => scheme.clone(),
        Some((product, _)) => product.to_owned(),
    };
    let end = rest.find(['/', '?', '#', ';']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    // A password may hold a slash or question mark that nobody escaped: the last `@` decides.
    let (authority, behind) = match behind.rfind('@') {
        Some(_)
            if !authority.contains('@') && authority.contains(':') && !behind.contains("://") =>
        {
            let at = rest.rfind('@').unwrap_or(0);
            let end =
                rest.get(at..).and_then(|it| it.find(['/', '?'])).map_or(rest.len(), |it| at + it);
            rest.split_at_checked(end).unwrap_or((authority, behind))
        }
        _ => (authority, behind),
    };
    let (account, hosts) = match authority.rsplit_once('@') {
        Some((account, hosts)) => (Some(account), hosts),
        None => (None, authority),
    };
    let (user, password) = match account.map(|it| it.split_once(':').unwrap_or((it, ""))) {
        Some((user, password)) => (some(user), some(password)),
        None => (None, None),
    };
    let (path, query) = behind.split_once(['?', ';']).unwrap_or((behind, ""));
    let parameters = parameters(query, &['&', ';']);
    let by_parameter = |names: &[&str]| {
        parameters.iter().find(|it| names.contains(&it.0.as_str())).map(|it| it.1.clone())
    };
    let database = some(path.trim_matches('/').split('/').next().unwrap_or(""))
        .or_else(|| by_parameter(&["databasename", "database"]));
    hosts
        .split(',')
        .take(HOSTS_MAX)
        .filter_map(host_and_port)
        .map(|it| Address {
            scheme: Some(scheme.clone()),
            database: database.clone(),
            user: user.clone().or_else(|| by_parameter(&["user", "username"])),
            password: password.clone().or_else(|| by_parameter(&["password"])),
            parameters: parameters.clone(),
            ..it
        })
        .collect()
}

/// `user:password@tcp(host:3306)/database?…`
fn go_mysql(text: &str) -> Option<Address> {
    let (account, rest) = text.split_once("@tcp(")?;
    let (host, rest) = rest.split_once(')')?;
    let (user, password) = account.split_once(':').unwrap_or((account, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Address {
        scheme: Some("mysql".to_owned()),
        database: some(path.trim_matches('/')),
        user: some(user),
        password: some(password),
        parameters: parameters(query, &['&']),
        ..host_and_port(host)?
    })
}

/// `host=db dbname=app` (libpq) and `Server=db;Database=app` (ADO.NET).
fn key_values(text: &str) -> Option<Address> {
    let separators: &[char] = if text.contains(';') { &[';'] } else { &[' '] };
    let parameters = parameters(text, separators);
    let find = |names: &[&str]| {
        parameters.iter().find(|it| names.contains(&it.0.as_str())).map(|it| it.1.clone())
    };
    let written = find(&["host", "server", "data source", "addr", "address"])?;
    // `tcp:db,1433` and `db\instance` are SQL Server's.
    let host = written.trim_start_matches("tcp:").replace(',', ":");
    let host = host.split('\\').next().unwrap_or("");
    let found = host_and_port(host)?;
    let is_libpq = parameters.iter().any(|it| it.0 == "dbname");
    Some(Address {
        scheme: is_libpq.then(|| "postgresql".to_owned()),
        port: found.port.or_else(|| find(&["port"])?.parse().ok()),
        database: find(&["dbname", "database", "initial catalog"]),
        user: find(&["user", "user id", "uid", "username"]),
        password: find(&["password", "pwd"]),
        parameters,
        ..found
    })
}

fn parameters(text: &str, separators: &[char]) -> Vec<(String, String)> {
    text.split(separators)
        .filter_map(|it| it.split_once('='))
        .take(64)
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect()
}

fn host_and_port(text: &str) -> Option<Address> {
    let text = text.trim();
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => {
            // A port that comes from the environment is no reason to doubt the host.
            let number = port.parse().ok();
            if number.is_none() && !port.contains('$') {
                return None;
            }
            (host, number)
        }
        None => (text, None),
    };
    Some(Address { host: host.to_ascii_lowercase(), port, ..Address::default() })
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a text can be the name or number of a host.
pub(crate) fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._".contains(&it))
        && text.bytes().any(|it| it.is_ascii_alphanumeric())
}

/// Whether a host is written as a number.
pub(crate) fn is_ip(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Whether a host is the process's own machine, or no machine at all.
pub(crate) fn is_own_machine(host: &str) -> bool {
    matches!(host, "localhost" | "0.0.0.0" | "host.docker.internal" | "example.com" | "example.org")
        || host.starts_with("127.")
        || [".localhost", ".local", ".test", ".example", ".example.com", ".example.org", ".invalid"]
            .iter()
            .any(|it| host.ends_with(it) && !host.ends_with(".cluster.local"))
}

/// The region in the name of a host of AWS, e.g. `eu-central-1` of `x.eu-central-1.rds.amazonaws.com`.
pub(crate) fn region(host: &str) -> Option<&str> {
    let before = host.strip_suffix(".amazonaws.com")?;
    before.split('.').find(|part| {
        let words: Vec<&str> = part.split('-').collect();
        let is_word = |it: &&str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase());
        matches!(words.as_slice(), [area, middle @ .., number]
            if area.len() == 2 && is_word(area) && !middle.is_empty() && middle.iter().all(is_word)
                && number.parse::<u8>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let all = parse(text);
        let all = all.iter().map(|it| {
            let port = it.port.map_or(String::new(), |it| format!(":{it}"));
            let tls = match it.is_encrypted() {
                Some(true) => " tls",
                Some(false) => " plain",
                None => "",
            };
            format!(
                "{} {}{port}/{} {}:{}{tls}",
                it.scheme.as_deref().unwrap_or("?"),
                it.host,
                it.database.as_deref().unwrap_or(""),
                it.user.as_deref().unwrap_or(""),
                it.password.as_deref().unwrap_or(""),
            )
        });
        all.collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn regions_stand_in_names() {
        for (host, expected) in [
            ("shop.abc123.eu-central-1.rds.amazonaws.com", Some("eu-central-1")),
            ("sqs.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
            ("s3.amazonaws.com", None),
            ("db-1.example.com", None),
        ] {
            assert_eq!(region(host), expected, "{host}");
        }
    }

    #[test]
    fn addresses_have_many_forms() {
        for (text, expected) in [
            ("postgres://app:pw@db:5432/shop?sslmode=require", "postgres db:5432/shop app:pw tls"),
            ("postgresql+asyncpg://app@db/shop", "postgresql db/shop app:"),
            ("postgresql://app:p/w@db/shop", "postgresql db/shop app:p/w"),
            ("jdbc:postgresql://db:5432/shop?user=app", "postgresql db:5432/shop app:"),
            (
                "jdbc:sqlserver://db:1433;databaseName=shop;encrypt=false",
                "sqlserver db:1433/shop : plain",
            ),
            ("rediss://:pw@cache:6380/0", "rediss cache:6380/0 :pw tls"),
            ("amqp://guest:guest@mq//", "amqp mq/ guest:guest plain"),
            (
                "mongodb+srv://a:b@cluster0.x.mongodb.net/shop",
                "mongodb+srv cluster0.x.mongodb.net/shop a:b tls",
            ),
            (
                "mongodb://m1:27017,m2:27017/shop",
                "mongodb m1:27017/shop : | mongodb m2:27017/shop :",
            ),
            ("http://payments:8080/v1", "http payments:8080/v1 : plain"),
            ("kafka-0:9092,kafka-1:9092", "? kafka-0:9092/ : | ? kafka-1:9092/ :"),
            ("app:pw@tcp(db:3306)/shop?tls=true", "mysql db:3306/shop app:pw tls"),
            (
                "host=db port=5433 dbname=shop user=app password=pw sslmode=disable",
                "postgresql db:5433/shop app:pw plain",
            ),
            ("Server=db,1433;Database=shop;User Id=sa;Password=Pw1", "? db:1433/shop sa:Pw1"),
            ("postgres://db:${DB_PORT}/shop", "postgres db/shop :"),
            ("just words", ""),
            ("word", ""),
            ("a=b", ""),
            ("12:30", "? 12:30/ :"),
            ("://", ""),
            ("http://${HOST}/x", ""),
            ("x://@:/", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
