//! What names of paths and operations tell: what an operation does, whether it takes money or passwords.

use architrave_model::graph::OperationEffect;

/// Words that change something, as the last part of a path or the first of an operation's id.
const CHANGES: &[&str] = &[
    "activate",
    "add",
    "approve",
    "archive",
    "cancel",
    "close",
    "create",
    "deactivate",
    "delete",
    "destroy",
    "disable",
    "enable",
    "insert",
    "invite",
    "merge",
    "move",
    "pay",
    "publish",
    "purge",
    "refund",
    "reject",
    "remove",
    "reset",
    "restart",
    "revoke",
    "send",
    "ship",
    "submit",
    "suspend",
    "unpublish",
    "unsubscribe",
    "update",
    "upsert",
    "void",
];

/// Words that only ask, although they are sent with a body.
const ASKS: &[&str] = &[
    "search",
    "query",
    "lookup",
    "validate",
    "preview",
    "calculate",
    "estimate",
    "graphql",
    "export",
];

/// What an operation does.
pub(super) fn effect(method: &str, path: &str, id: &str) -> OperationEffect {
    let last = path.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
    let is_parameter = last.starts_with('{') || path.ends_with('}');
    let words = split(last);
    let verb = words.first().map(String::as_str).unwrap_or_default();
    match method {
        "GET" | "HEAD" | "OPTIONS" | "TRACE" => {
            let first = split(id).into_iter().next().unwrap_or_default();
            let changes = |it: &str| CHANGES.contains(&it);
            if words.len() <= 2 && changes(verb) || changes(&first) {
                OperationEffect::Commands
            } else {
                OperationEffect::Reads
            }
        }
        "DELETE" => OperationEffect::Deletes,
        "PUT" | "PATCH" => OperationEffect::Updates,
        _ if words.iter().any(|it| ASKS.contains(&it.as_str())) => OperationEffect::Reads,
        _ if is_parameter => OperationEffect::Updates,
        _ if CHANGES.contains(&verb) || path.contains(":") || !looks_plural(last) => {
            OperationEffect::Commands
        }
        _ => OperationEffect::Creates,
    }
}

fn looks_plural(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.ends_with('s')
        || lower.ends_with("people")
        || lower.ends_with("data")
        || lower.ends_with("media")
}

/// Whether it moves money, by what it is about.
pub(super) fn moves_money(path: &str, effect: OperationEffect) -> bool {
    const WORDS: &[&str] = &[
        "payment",
        "payments",
        "charge",
        "charges",
        "refund",
        "refunds",
        "payout",
        "payouts",
        "transfer",
        "transfers",
        "checkout",
        "withdrawal",
        "withdrawals",
        "deposit",
        "deposits",
    ];
    let changes = !matches!(effect, OperationEffect::Reads | OperationEffect::Deletes);
    changes && segments(path).any(|it| split(it).iter().any(|it| WORDS.contains(&it.as_str())))
}

/// Whether passwords, codes or tokens are taken in exchange for access.
pub(super) fn is_credential_entry(method: &str, path: &str) -> bool {
    const WORDS: &[&str] = &[
        "login",
        "signin",
        "signup",
        "logon",
        "register",
        "registration",
        "password",
        "passwords",
        "token",
        "otp",
        "mfa",
        "authenticate",
        "sessions",
        "session",
        "2fa",
        "recover",
        "recovery",
    ];
    let last: Vec<String> = segments(path).last().map(split).unwrap_or_default();
    let joined = last.concat();
    let is_entry = |it: &str| WORDS.contains(&it) || joined.contains("password");
    matches!(method, "POST" | "PUT" | "PATCH")
        && (last.iter().any(|it| is_entry(it)) || WORDS.contains(&joined.as_str()))
}

/// Parts of a path that are no parameters.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', ':']).filter(|it| !it.is_empty() && !it.starts_with('{'))
}

/// Words of a name in lower case: `createOrder`, `create-order`, `create_order`.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            words.push(String::new());
        } else if character.is_uppercase() && was_small || words.is_empty() {
            words.push(character.to_lowercase().collect());
        } else if let Some(last) = words.last_mut() {
            last.extend(character.to_lowercase());
        }
        was_small = character.is_lowercase() || character.is_numeric();
    }
    words.retain(|it| !it.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_and_words_tell_the_effect() {
        let check = |method: &str, path: &str, id: &str, expected: OperationEffect| {
            assert_eq!(effect(method, path, id), expected, "{method} {path} {id}");
        };
        check("GET", "/orders/{id}", "getOrder", OperationEffect::Reads);
        check("GET", "/orders/{id}/cancel", "", OperationEffect::Commands);
        check("GET", "/x", "deleteOrder", OperationEffect::Commands);
        check("GET", "/updates", "listUpdates", OperationEffect::Reads);
        check("POST", "/orders", "", OperationEffect::Creates);
        check("POST", "/orders/{id}", "", OperationEffect::Updates);
        check("POST", "/orders/{id}/cancel", "", OperationEffect::Commands);
        check("POST", "/orders/search", "", OperationEffect::Reads);
        check("POST", "/orders/{id}:ship", "", OperationEffect::Commands);
        check("DELETE", "/orders/{id}", "", OperationEffect::Deletes);
    }

    #[test]
    fn passwords_and_money_are_known_by_name() {
        assert!(is_credential_entry("POST", "/auth/login"));
        assert!(is_credential_entry("POST", "/password-reset"));
        assert!(is_credential_entry("POST", "/users/sign_in"));
        assert!(!is_credential_entry("GET", "/sessions"));
        assert!(!is_credential_entry("POST", "/orders"));
        assert!(moves_money("/v1/charges", OperationEffect::Creates));
        assert!(!moves_money("/v1/charges", OperationEffect::Reads));
    }
}
