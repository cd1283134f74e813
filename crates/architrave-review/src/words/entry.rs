//! Words for operations that are open to strangers by their nature.

use super::words;

/// Whether an operation has to be reachable by callers that nobody knows yet: signing in and up, taking messages
/// that prove themselves by a signature, telling that the process lives, and what visitors leave behind.
pub(crate) fn is_open_by_nature(path: &str) -> bool {
    fixed_segments(path).any(|it| words(it).iter().any(|word| ENTRIES.contains(&word.as_str())))
}

/// Whether an operation checks a password or a code, or begins to: what guessers call again and again.
pub(crate) fn is_credential_entry(path: &str) -> bool {
    let last = fixed_segments(path).last().map(words).unwrap_or_default();
    let text: Vec<&str> = last.iter().map(String::as_str).collect();
    CREDENTIALS.contains(&text.as_slice())
}

/// Whether an operation is about the account of whoever calls.
pub(crate) fn is_about_caller(path: &str) -> bool {
    let last = fixed_segments(path).last().map(words).unwrap_or_default();
    last.last().is_some_and(|it| SELF.contains(&it.as_str()))
}

/// The word of change that a path ends with: `cancel` of `/orders/{id}/cancel`. Words that are as often things
/// (`/updates`), states (`/closed`) or pages with a form (`/new`, `/edit`, `/add`) are not read.
pub(crate) fn verb_of_change(path: &str) -> Option<&'static str> {
    let last = path.trim_end_matches('/').rsplit(['/', ':']).next()?;
    let own = words(last);
    let verb = own.first().filter(|_| own.len() <= 2 && !last.starts_with('{'))?;
    // `/delete-requests` are things that were asked for.
    let is_thing = own.len() == 2 && own.last().is_some_and(|it| it.ends_with('s'));
    CHANGES.iter().find(|it| **it == verb.as_str() && !is_thing).copied()
}

/// The segments of a path that are no parameters.
pub(crate) fn fixed_segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|it| !it.is_empty() && !it.starts_with('{') && !it.starts_with(':'))
}

const ENTRIES: &[&str] = &[
    "analytics",
    "auth",
    "authenticate",
    "authorize",
    "callback",
    "callbacks",
    "challenge",
    "collect",
    "contact",
    "csp",
    "estimate",
    "feedback",
    "forgot",
    "graphql",
    "health",
    "hooks",
    "introspect",
    "invite",
    "invitation",
    "invitations",
    "login",
    "logout",
    "mfa",
    "newsletter",
    "oauth",
    "oauth2",
    "oidc",
    "otp",
    "password",
    "ping",
    "preview",
    "quote",
    "refresh",
    "register",
    "registration",
    "reset",
    "saml",
    "search",
    "session",
    "sessions",
    "signin",
    "signup",
    "sso",
    "subscribe",
    "telemetry",
    "token",
    "tokens",
    "unsubscribe",
    "validate",
    "verify",
    "webhook",
    "webhooks",
];

const CREDENTIALS: &[&[&str]] = &[
    &["authenticate"],
    &["forgot", "password"],
    &["login"],
    &["log", "in"],
    &["otp"],
    &["password", "reset"],
    &["register"],
    &["reset", "password"],
    &["sessions"],
    &["signin"],
    &["sign", "in"],
    &["signup"],
    &["sign", "up"],
    &["token"],
    &["verify", "otp"],
];

const CHANGES: &[&str] = &[
    "activate",
    "approve",
    "cancel",
    "deactivate",
    "delete",
    "destroy",
    "disable",
    "enable",
    "publish",
    "purge",
    "refund",
    "reject",
    "remove",
    "restart",
    "revoke",
    "send",
    "unpublish",
];

const SELF: &[&str] = &["account", "me", "myself", "profile", "register", "self", "signup"];

#[cfg(test)]
mod tests {
    use super::{is_about_caller, is_credential_entry, is_open_by_nature, verb_of_change};

    #[test]
    fn operations_for_strangers_are_told_from_operations_like_them() {
        for path in
            ["/v1/login", "/auth/refresh", "/webhooks/stripe", "/password-reset", "/contact"]
        {
            assert!(is_open_by_nature(path), "{path}");
        }
        for path in [
            "/v1/orders",
            "/contacts/{id}",
            "/authors",
            "/{login}/repos",
            "/catalogins",
            "/resets-due",
        ] {
            assert!(!is_open_by_nature(path), "{path}");
        }
        for path in ["/auth/login", "/oauth/token", "/users/sign_up", "/forgot-password"] {
            assert!(is_credential_entry(path), "{path}");
        }
        for path in
            ["/login-history", "/tokens/{id}", "/registered-users", "/devices/register/{id}/status"]
        {
            assert!(!is_credential_entry(path), "{path}");
        }
        assert!(is_about_caller("/users/me"));
        assert!(is_about_caller("/profile"));
        assert!(!is_about_caller("/profiles/{id}"));
        assert!(!is_about_caller("/users/{id}"));
    }

    #[test]
    fn paths_that_change_something_are_told_from_paths_like_them() {
        for (path, expected) in [
            ("/orders/{id}/cancel", Some("cancel")),
            ("/deleteUser", Some("delete")),
            ("/orders/{id}:refund", Some("refund")),
            ("/updates", None),
            ("/cancellations", None),
            ("/deleted-items", None),
            ("/delete-requests", None),
            ("/orders/new", None),
            ("/orders/{cancel}", None),
            ("/senders", None),
        ] {
            assert_eq!(verb_of_change(path), expected, "{path}");
        }
    }
}
