//! Who may call: security schemes, and which of them an operation takes.

use architrave_plan::{Operation, Plan};

use crate::{
    audience,
    json::{Json, object},
};

/// The security schemes of the plan.
pub(super) fn schemes(plan: &Plan) -> Json {
    let mut schemes = Vec::new();
    for name in names(plan) {
        let scheme = match name {
            "bearer" => object([
                ("type", "http".into()),
                ("scheme", "bearer".into()),
                ("bearerFormat", "JWT".into()),
                (
                    "description",
                    "A signed JWT access token of the OpenID Connect issuer, checked as RFC8725 and RFC 9068 ask: \
                     signature, issuer, audience, type, expiry."
                        .into(),
                ),
            ]),
            _ => object([
                ("type", "apiKey".into()),
                ("in", "header".into()),
                ("name", "X-API-Key".into()),
                ("description", "An API key. Created and revoked by the administrator.".into()),
            ]),
        };
        schemes.push((name.to_owned(), scheme));
    }
    Json::Object(schemes)
}

fn names(plan: &Plan) -> Vec<&'static str> {
    let identity = &plan.system.identity;
    let mut names = Vec::new();
    if identity.oidc.is_some() || identity.api_key.is_none() {
        names.push("bearer");
    }
    if identity.api_key.is_some() {
        names.push("api_key");
    }
    names
}

/// What an operation asks for: nothing (first, where anonymous callers get anything), or any of the schemes.
pub(super) fn of(plan: &Plan, operation: &Operation) -> Json {
    let mut choices = Vec::new();
    if audience::is_open_to_anonymous(plan, operation) {
        choices.push(object([]));
    }
    choices.extend(names(plan).into_iter().map(|it| object([(it, Json::Array(Vec::new()))])));
    Json::Array(choices)
}
