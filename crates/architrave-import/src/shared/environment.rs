//! What the settings of a process say: whom it talks to and how, how many connections it opens, and which
//! credentials stand there for all to read.

use std::collections::BTreeMap;

use architrave_model::{Span, graph::StoreKind};

use super::{
    address::{self, Address},
    quantity::duration_us,
    secret::{self, Leak},
};

/// One setting.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// As written.
    pub(crate) raw: String,
    /// With what is known of `${…}` put in.
    pub(crate) value: String,
    pub(crate) span: Span,
    /// Whether it stands in a file of settings, whose credentials are looked for once and not for each service.
    pub(crate) is_from_file: bool,
}

/// Somebody that the process talks to.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) target: Target,
    pub(crate) span: Span,
    /// Product family by its scheme, e.g. `postgresql`.
    pub(crate) scheme: Option<String>,
    pub(crate) is_encrypted: Option<bool>,
    pub(crate) database: Option<String>,
    pub(crate) account: Option<String>,
    /// With its own place, as the next.
    pub(crate) timeout_us: Option<(i64, Span)>,
    /// Attempts in all, where the settings say how often it is repeated.
    pub(crate) attempts_max: Option<(u32, Span)>,
    /// As written, without account; only where it is a number or somebody else's.
    pub(crate) address: String,
}

/// Who is meant by an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// An element of the system, by its id.
    Element(String),
    /// A store that runs elsewhere.
    ForeignStore(String, StoreKind),
    /// Somebody else's host.
    Foreign(String),
}

/// What all settings of a process say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(crate) links: Vec<Link>,
    pub(crate) leaks: Vec<(String, Leak, Span)>,
    pub(crate) pool_size: Option<(u32, Span)>,
    /// How long cached entries live at most, in microseconds.
    pub(crate) cache_time_us: Option<(i64, Span)>,
}

/// Names of settings that hold the size of a connection pool.
const POOL_NAMES: &[&str] = &[
    "POOL_SIZE",
    "POOL_MAX",
    "MAX_POOL",
    "POOL_MAX_SIZE",
    "MAX_POOL_SIZE",
    "MAXIMUM_POOL_SIZE",
    "MAXIMUMPOOLSIZE",
    "MAX_OPEN_CONNS",
    "MAX_OPEN_CONNECTIONS",
    "MAX_CONNECTIONS",
    "DB_POOL",
    "DATABASE_POOL",
    "POOL_MAX_CONNS",
];

/// Parameters of addresses that hold it.
const POOL_PARAMETERS: &[&str] = &[
    "pool_max_conns",
    "pool_size",
    "connection_limit",
    "maxpoolsize",
    "max_pool_size",
    "pool",
    "maximum pool size",
    "max pool size",
];

/// Words in names whose address is the system's own or only shown to somebody: not a call.
const OWN_ADDRESS_WORDS: &[&str] = &[
    "PUBLIC",
    "ORIGIN",
    "ORIGINS",
    "CORS",
    "ALLOWED",
    "REDIRECT",
    "CALLBACK",
    "FRONTEND",
    "SITE",
    "DOMAIN",
    "BASE",
    "ROOT",
    "APP",
    "EXTERNAL",
    "HOSTNAME",
    "ADVERTISED",
    "LISTEN",
    "LISTENERS",
    "BIND",
    "AUDIENCE",
    "SELF",
    "WEBSITE",
    "LINK",
    "DOCS",
    "HOMEPAGE",
    "SUPPORT",
    "NO",
];

/// Last words of names whose value may be a bare host.
const HOST_WORDS: &[&str] = &[
    "HOST", "HOSTS", "HOSTNAME", "ADDR", "ADDRESS", "SERVER", "SERVERS", "SERVICE", "ENDPOINT",
    "URL", "URI", "BROKER", "BROKERS", "NODES", "NODE", "UPSTREAM", "BACKEND",
];

/// Reads the settings of one process. `resolve` says which element of the system answers to a host's name.
pub(crate) fn read(
    variables: &[Variable],
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Environment {
    let values: BTreeMap<&str, &Variable> =
        variables.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut environment = Environment::default();
    for variable in variables {
        let addresses = address::parse(&variable.value);
        if !variable.is_from_file {
            let leak = leak(&variable.name, &variable.raw);
            environment.leaks.extend(leak.map(|it| (variable.name.clone(), it, variable.span)));
        }
        environment.take_pool(variable, &addresses);
        environment.take_cache_time(variable);
        for address in addresses {
            environment.links.extend(link(variable, &address, &values, resolve));
        }
        environment.links.extend(bare_host(variable, &values, resolve));
    }
    environment.links.sort_by(|a, b| {
        // Of several addresses for one target the one that says most comes first.
        (&a.target, a.scheme.is_none(), a.database.is_none(), a.span).cmp(&(
            &b.target,
            b.scheme.is_none(),
            b.database.is_none(),
            b.span,
        ))
    });
    environment
}

impl Environment {
    fn take_pool(&mut self, variable: &Variable, addresses: &[Address]) {
        let upper = variable.name.to_ascii_uppercase();
        let by_name = POOL_NAMES.iter().any(|it| {
            upper == *it
                || upper.strip_suffix(it).is_some_and(|before| before.ends_with(['_', '.']))
        });
        let written = if by_name {
            Some(variable.value.as_str())
        } else {
            addresses.iter().find_map(|it| it.parameter(POOL_PARAMETERS))
        };
        let size =
            written.and_then(|it| it.trim().parse().ok()).filter(|it| (1..10_000).contains(it));
        self.pool_size = self.pool_size.or(size.map(|it| (it, variable.span)));
    }
}

impl Environment {
    /// `CACHE_TTL=2d`, `CACHE_TTL_SECONDS=86400`; of several the longest.
    fn take_cache_time(&mut self, variable: &Variable) {
        const FORMS: &[(&str, &str)] = &[
            ("CACHE_TTL", "s"),
            ("CACHE_TTL_S", "s"),
            ("CACHE_TTL_SECONDS", "s"),
            ("CACHE_TTL_MS", "ms"),
            ("CACHE_TTL_MINUTES", "m"),
            ("CACHE_TTL_HOURS", "h"),
            ("CACHE_TTL_DAYS", "d"),
            ("CACHE_MAX_AGE", "s"),
            ("CACHE_MAX_AGE_SECONDS", "s"),
        ];
        let upper = variable.name.to_ascii_uppercase();
        let form = FORMS.iter().find(|(name, _)| {
            upper == *name || upper.strip_suffix(name).is_some_and(|it| it.ends_with('_'))
        });
        let Some((name, unit)) = form else { return };
        let text = variable.value.trim();
        let is_number = text.parse::<f64>().is_ok();
        // A bare number under a name without a unit: seconds nearly everywhere, but milliseconds to some. Numbers
        // that would be months are taken for the latter.
        let time =
            if is_number { duration_us(&format!("{text}{unit}")) } else { duration_us(text) };
        let is_vague = is_number && matches!(*name, "CACHE_TTL" | "CACHE_MAX_AGE");
        let Some(time) = time.filter(|it| *it > 0 && !(is_vague && *it > MONTH_US)) else { return };
        if self.cache_time_us.is_none_or(|it| it.0 < time) {
            self.cache_time_us = Some((time, variable.span));
        }
    }
}

const MONTH_US: i64 = 31 * 24 * 3_600_000_000;

/// The credential that a setting is, or that stands in its address.
pub(crate) fn leak(name: &str, raw: &str) -> Option<Leak> {
    secret::leak(name, raw).or_else(|| {
        let password = address::parse(raw).into_iter().find_map(|it| it.password)?;
        secret::password_leak(&password)
    })
}

fn link(
    variable: &Variable,
    address: &Address,
    values: &BTreeMap<&str, &Variable>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Option<Link> {
    let target = match resolve(&address.host) {
        Some(id) => Target::Element(id),
        None => foreign(variable, address)?,
    };
    let prefix = prefix_of(&variable.name);
    Some(Link {
        target,
        span: variable.span,
        scheme: address.scheme.clone(),
        is_encrypted: address.is_encrypted(),
        database: address
            .database
            .clone()
            .or_else(|| beside(prefix, &["NAME", "DATABASE", "DB"], values)),
        account: address.user.clone().or_else(|| beside(prefix, &["USER", "USERNAME"], values)),
        timeout_us: timeout(address)
            .map(|it| (it, variable.span))
            .or_else(|| timeout_beside(prefix, values)),
        attempts_max: attempts_beside(prefix, values),
        address: match address.port {
            Some(port) => format!("{}:{port}", address.host),
            None => address.host.clone(),
        },
    })
}

/// `DB_HOST=db`: a host alone, believed only if it is an element of the system.
fn bare_host(
    variable: &Variable,
    values: &BTreeMap<&str, &Variable>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Option<Link> {
    let host = variable.value.trim().to_ascii_lowercase();
    let upper = variable.name.to_ascii_uppercase();
    let last = upper.rsplit(['_', '.']).next().unwrap_or("");
    let is_hosts_name = HOST_WORDS.iter().any(|it| last.ends_with(it));
    if !is_hosts_name || !address::is_host(&host) {
        return None;
    }
    let address = Address { host, ..Address::default() };
    resolve(&address.host)?;
    link(variable, &address, values, resolve)
}

fn foreign(variable: &Variable, address: &Address) -> Option<Target> {
    let scheme = address.scheme.as_deref()?;
    if address::is_own_machine(&address.host) {
        return None;
    }
    if let Some(kind) = store_kind(scheme) {
        return Some(Target::ForeignStore(address.host.clone(), kind));
    }
    let upper = variable.name.to_ascii_uppercase();
    let is_own = upper.split(['_', '.']).any(|it| OWN_ADDRESS_WORDS.contains(&it));
    let is_call =
        matches!(scheme, "http" | "https" | "grpc" | "grpcs" | "ws" | "wss" | "smtp" | "smtps");
    let is_somewhere = address.host.contains('.');
    (is_call && is_somewhere && !is_own).then(|| Target::Foreign(address.host.clone()))
}

/// What a scheme of an address talks to, if that is a store.
pub(crate) fn store_kind(scheme: &str) -> Option<StoreKind> {
    Some(match scheme {
        "postgres" | "postgresql" | "mysql" | "mysql2" | "mariadb" | "sqlserver" | "mssql"
        | "oracle" => StoreKind::Relational,
        "mongodb" | "mongodb+srv" => StoreKind::Document,
        "redis" | "rediss" | "valkey" | "valkeys" | "memcached" => StoreKind::Cache,
        "amqp" | "amqps" => StoreKind::Queue,
        "nats" | "kafka" | "pulsar" => StoreKind::Stream,
        "clickhouse" => StoreKind::Analytics,
        _ => return None,
    })
}

/// `PAYMENTS` of `PAYMENTS_BASE_URL`: what the settings of one target have in common.
fn prefix_of(name: &str) -> &str {
    let mut prefix = name;
    for suffix in [
        "URL", "URI", "HOST", "HOSTNAME", "ADDR", "ADDRESS", "ENDPOINT", "SERVER", "BASE", "API",
        "SERVICE", "DSN",
    ] {
        if let Some(shorter) = prefix.strip_suffix(suffix).and_then(|it| it.strip_suffix('_')) {
            prefix = shorter;
        }
    }
    prefix
}

fn beside(prefix: &str, words: &[&str], values: &BTreeMap<&str, &Variable>) -> Option<String> {
    let found = words.iter().find_map(|it| values.get(format!("{prefix}_{it}").as_str()));
    found.map(|it| it.value.clone()).filter(|it| !it.is_empty() && !it.contains('$'))
}

fn timeout(address: &Address) -> Option<i64> {
    let seconds =
        address.parameter(&["timeout", "socket_timeout", "connect_timeout", "connecttimeout"])?;
    duration_us(seconds).filter(|it| *it > 0)
}

/// `PAYMENTS_RETRIES=3` are four attempts, `PAYMENTS_MAX_ATTEMPTS=3` are three.
fn attempts_beside(prefix: &str, values: &BTreeMap<&str, &Variable>) -> Option<(u32, Span)> {
    const FORMS: &[(&str, u32)] = &[
        ("MAX_ATTEMPTS", 0),
        ("ATTEMPTS", 0),
        ("RETRY_ATTEMPTS", 0),
        ("RETRIES", 1),
        ("MAX_RETRIES", 1),
        ("RETRY_COUNT", 1),
        ("RETRY_MAX", 1),
    ];
    FORMS.iter().find_map(|(word, first)| {
        let variable = values.get(format!("{prefix}_{word}").as_str())?;
        let attempts = variable.value.trim().parse::<u32>().ok()?.checked_add(*first)?;
        (1..=1_000).contains(&attempts).then_some((attempts, variable.span))
    })
}

/// `PAYMENTS_TIMEOUT_MS=2000`, `PAYMENTS_TIMEOUT=2s`.
fn timeout_beside(prefix: &str, values: &BTreeMap<&str, &Variable>) -> Option<(i64, Span)> {
    let forms =
        [("TIMEOUT_MS", "ms"), ("TIMEOUT_SECONDS", "s"), ("TIMEOUT_S", "s"), ("TIMEOUT", "")];
    forms.iter().find_map(|(word, unit)| {
        let value = values.get(format!("{prefix}_{word}").as_str())?;
        // A bare number says no unit: neither seconds nor milliseconds are believed.
        let text = format!("{}{unit}", value.value.trim());
        let is_time = text.parse::<f64>().is_err();
        let time = duration_us(&text).filter(|it| is_time && *it > 0)?;
        Some((time, value.span))
    })
}
