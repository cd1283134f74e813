//! Credentials that stand where everybody with the files can read them: known by the name of the setting or
//! by the form of the value. The value itself goes nowhere.

/// Why a value is taken for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leak {
    /// In words.
    pub(crate) because: String,
    /// Whether it is a stand-in such as `changeme` or `postgres`, fit for a developer's machine only.
    pub(crate) is_placeholder: bool,
}

/// Words in a name that make it a credential's.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "PWD",
    "PW",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "OTP",
];

/// Words that make a key a secret one: `API_KEY`, `ENCRYPTION_KEY`; a bare `KEY` is any key.
const KEY_KINDS: &[&str] = &[
    "API",
    "ACCESS",
    "PRIVATE",
    "ENCRYPTION",
    "SIGNING",
    "AUTH",
    "MASTER",
    "HMAC",
    "JWT",
    "SESSION",
    "COOKIE",
    "VAPID",
    "APP",
    "LICENSE",
];

/// Words that, at the end of a name, say that it is about a credential and not one.
const ABOUT_WORDS: &[&str] = &[
    "FILE",
    "PATH",
    "DIR",
    "NAME",
    "ID",
    "TTL",
    "EXPIRY",
    "EXPIRES",
    "EXPIRATION",
    "LIFETIME",
    "TIMEOUT",
    "LENGTH",
    "SIZE",
    "MIN",
    "MAX",
    "LIMIT",
    "ENABLED",
    "ENABLE",
    "DISABLED",
    "REQUIRED",
    "HEADER",
    "ALGORITHM",
    "ALG",
    "TYPE",
    "ISSUER",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
    "AUDIENCE",
    "POLICY",
    "METHOD",
    "PREFIX",
    "ROTATION",
    "COUNT",
    "INTERVAL",
    "DAYS",
    "HOURS",
    "MINUTES",
    "SECONDS",
    "MS",
    "IN",
    "AGE",
    "FIELD",
    "REF",
    "STORE",
    "MODE",
    "PROVIDER",
    "LOCATION",
    "FORMAT",
];

/// Stand-ins that nobody takes for a real credential.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "changethis",
    "replace",
    "example",
    "placeholder",
    "your_",
    "your-",
    "yourpass",
    "xxx",
    "todo",
    "dummy",
    "insecure",
    "devpass",
    "dev_",
    "dev-",
    "test",
    "secret",
    "password",
    "passw0rd",
    "pass",
    "local",
    "default",
    "sample",
    "123",
];

/// Stand-ins that are the whole value.
const DEFAULT_ACCOUNTS: &[&str] = &[
    "postgres",
    "root",
    "admin",
    "mysql",
    "user",
    "guest",
    "minio",
    "minioadmin",
    "rabbitmq",
    "redis",
    "mongo",
    "app",
    "dev",
    "a",
    "x",
];

/// Judges one setting. `value` is what stands in the file; parts of the form `${NAME}` are not there yet.
pub(crate) fn leak(name: &str, value: &str) -> Option<Leak> {
    let literal = literal_part(value)?;
    if let Some(form) = form(&literal) {
        return Some(Leak { because: form.to_owned(), is_placeholder: false });
    }
    (is_secret_name(name) && is_credential_like(&literal)).then(|| Leak {
        because: "its name".to_owned(),
        is_placeholder: value.contains("${") || is_placeholder(&literal),
    })
}

/// The literal that a value is; of `${NAME:-literal}` the literal. Nothing where all comes from elsewhere.
fn literal_part(value: &str) -> Option<String> {
    let value = value.trim();
    if value.starts_with("${{") {
        return None;
    }
    let Some(inner) = value.strip_prefix("${").and_then(|it| it.strip_suffix('}')) else {
        return (!value.starts_with('$') || value.starts_with("$$")).then(|| value.to_owned());
    };
    let default = inner.split_once(":-").or_else(|| inner.split_once('-')).map(|it| it.1)?;
    (!default.is_empty() && !default.contains('$')).then(|| default.to_owned())
}

/// Whether a name is that of a credential.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let upper = words(name);
    let words: Vec<&str> = upper.split('_').filter(|it| !it.is_empty()).collect();
    let is_about = words.last().is_some_and(|it| ABOUT_WORDS.contains(it));
    let is_public = words.iter().any(|it| matches!(*it, "PUBLIC" | "PUBLISHABLE"));
    let is_key =
        words.windows(2).any(|it| matches!(it, [kind, "KEY" | "KEYS"] if KEY_KINDS.contains(kind)));
    !is_about && !is_public && (is_key || words.iter().any(|it| SECRET_WORDS.contains(it)))
}

/// `dbPassword`, `db-password` and `DB_PASSWORD` as the last.
fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && was_lower {
            out.push('_');
        }
        was_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        out.push(if character.is_ascii_alphanumeric() {
            character.to_ascii_uppercase()
        } else {
            '_'
        });
    }
    out
}

/// Whether a value can be a credential: no switch, no small number, no reference to where the credential is.
fn is_credential_like(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_switch = matches!(
        lower.as_str(),
        "" | "true" | "false" | "yes" | "no" | "0" | "1" | "null" | "none"
    );
    let is_number = value.len() < 6 && value.bytes().all(|it| it.is_ascii_digit());
    let is_reference = [
        "/",
        "./",
        "vault:",
        "secretref:",
        "arn:",
        "op://",
        "sm://",
        "awssm://",
        "gcpsm://",
        "ref+",
        "file:",
        "<",
        "{{",
        "$(",
        "%",
        "http://",
        "https://",
        "ssm:",
        "env:",
        "akvs:",
        "projects/",
    ]
    .iter()
    .any(|it| lower.starts_with(it));
    !(is_switch || is_number || is_reference)
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    DEFAULT_ACCOUNTS.contains(&lower.as_str())
        || (lower.len() <= 32 && PLACEHOLDERS.iter().any(|it| lower.contains(it)))
}

/// The form of keys that say by themselves what they are.
fn form(value: &str) -> Option<&'static str> {
    const PREFIXES: &[(&str, usize, &str)] = &[
        ("AKIA", 20, "the form of an AWS access key"),
        ("ghp_", 36, "the form of a GitHub token"),
        ("github_pat_", 40, "the form of a GitHub token"),
        ("glpat-", 20, "the form of a GitLab token"),
        ("sk_live_", 24, "the form of a Stripe key"),
        ("rk_live_", 24, "the form of a Stripe key"),
        ("xoxb-", 24, "the form of a Slack token"),
        ("xoxp-", 24, "the form of a Slack token"),
        ("SG.", 50, "the form of a SendGrid key"),
        ("AIza", 35, "the form of a Google API key"),
        ("npm_", 36, "the form of an npm token"),
        ("dop_v1_", 40, "the form of a DigitalOcean token"),
    ];
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----") {
        return Some("the form of a private key");
    }
    let is_token = value.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.".contains(&it));
    let lower = value.to_ascii_lowercase();
    let is_example =
        ["example", "xxxx", "your", "replace", "0000000"].iter().any(|it| lower.contains(it));
    let found = PREFIXES
        .iter()
        .find(|(prefix, length, _)| value.starts_with(prefix) && value.len() >= *length);
    found.filter(|_| is_token && !is_example).map(|it| it.2)
}

/// Judges the password in an address such as `postgres://app:hunter2@db/app`.
pub(crate) fn password_leak(password: &str) -> Option<Leak> {
    let literal = literal_part(password).filter(|it| is_credential_like(it))?;
    Some(Leak {
        because: "the password in its address".to_owned(),
        is_placeholder: password.contains("${") || is_placeholder(&literal),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_name_and_form() {
        // (name, value, Some(is a placeholder))
        for (name, value, expected) in [
            ("POSTGRES_PASSWORD", "f3R9x!kk2", Some(false)),
            ("POSTGRES_PASSWORD", "postgres", Some(true)),
            ("POSTGRES_PASSWORD", "${DB_PASSWORD}", None),
            ("POSTGRES_PASSWORD", "$DB_PASSWORD", None),
            ("POSTGRES_PASSWORD", "${DB_PASSWORD:?set it}", None),
            ("POSTGRES_PASSWORD", "${DB_PASSWORD:-hunter22}", Some(true)),
            ("POSTGRES_PASSWORD", "", None),
            ("POSTGRES_PASSWORD_FILE", "/run/secrets/db", None),
            ("MYSQL_ROOT_PASSWORD", "example", Some(true)),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", None),
            ("JWT_SECRET", "9f8a7s6d5f4", Some(false)),
            ("jwtSecret", "9f8a7s6d5f4", Some(false)),
            ("STRIPE_API_KEY", "rk_abcdefgh", Some(false)),
            ("PRIMARY_KEY", "id", None),
            ("TOKEN_TTL", "3600", None),
            ("TOKEN_LIMIT_PER_DAY", "3600", None),
            ("SECRET_NAME", "db-credentials", None),
            ("NEXT_PUBLIC_API_KEY", "abcdefgh", None),
            ("ANYTHING", "AKIAIOSFODNN7EXAMPLE", None),
            ("ANYTHING", "AKIAQ3EGTH5VFNK2LWUA", Some(false)),
            ("ANYTHING", "hello", None),
            ("AUTH_TOKEN", "vault:secret/data/app#token", None),
        ] {
            assert_eq!(leak(name, value).map(|it| it.is_placeholder), expected, "{name}={value}");
        }
    }
}
