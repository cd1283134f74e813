//! Words for power over a system, and for what proves who somebody is.

use super::{has_phrase, has_word, words};

/// Whether a field of an account says what its holder may do.
pub(crate) fn gives_power(name: &str) -> bool {
    let own = words(name.rsplit('.').next().unwrap_or(name));
    let whole: Vec<&str> = own.iter().map(String::as_str).collect();
    POWERS.contains(&whole.as_slice())
}

/// Whole names: `role` gives power to an account, `role_description` does not.
const POWERS: &[&[&str]] = &[
    &["admin"],
    &["is", "admin"],
    &["is", "administrator"],
    &["is", "owner"],
    &["is", "staff"],
    &["is", "superadmin"],
    &["is", "superuser"],
    &["superuser"],
    &["permission", "level"],
    &["permissions"],
    &["privileges"],
    &["role"],
    &["role", "id"],
    &["roles"],
    &["user", "role"],
    &["user", "type"],
    &["access", "level"],
];

/// Whether a field holds a password, what is stored in its place, or a key that only its owner may know.
pub(crate) fn holds_password(name: &str) -> bool {
    let own = words(name);
    has_phrase(&own, PASSWORDS) && !has_word(&own, ABOUT_IT)
}

const PASSWORDS: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["password", "hash"],
    &["hashed", "password"],
    &["password", "digest"],
    &["pwd", "hash"],
    &["private", "key"],
    &["totp", "secret"],
    &["otp", "secret"],
    &["mfa", "secret"],
];

const ABOUT_IT: &[&str] = &[
    "at",
    "auth",
    "changed",
    "count",
    "enabled",
    "expired",
    "expires",
    "expiry",
    "forgot",
    "generator",
    "grant",
    "has",
    "hint",
    "history",
    "is",
    "last",
    "length",
    "less",
    "manager",
    "max",
    "min",
    "policy",
    "protected",
    "required",
    "requires",
    "reset",
    "rotation",
    "rules",
    "salt",
    "score",
    "set",
    "strength",
    "token",
    "type",
    "updated",
    "url",
];

#[cfg(test)]
mod tests {
    use super::{gives_power, holds_password};

    #[test]
    fn power_and_passwords_are_told_from_words_like_them() {
        for name in ["role", "isAdmin", "user.roles", "permissions", "user_role"] {
            assert!(gives_power(name), "{name}");
        }
        for name in
            ["role_description", "administrator_note", "enrolled", "parole", "is_admin_contact"]
        {
            assert!(!gives_power(name), "{name}");
        }
        for name in ["password", "passwordHash", "hashed_password", "private_key", "user.password"]
        {
            assert!(holds_password(name), "{name}");
        }
        for name in [
            "password_changed_at",
            "password_salt",
            "has_password",
            "passwordless",
            "secretary",
            "password_policy",
            "keyboard",
        ] {
            assert!(!holds_password(name), "{name}");
        }
    }
}
