//! Tokens of `--dev`: kept across restarts, renewed before they run out.

use architrave_engine::{Engine, Fault};
use architrave_model::{Setting, System, TenantSource};
use architrave_server::SYSTEM_CLAIM;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    issuer::{DevIssuer, ISSUER},
    people::{Person, claims},
    state::{Kept, State},
};

/// How long a token works: long enough for a project of some weeks without copying new ones.
const LIFE_S: i64 = 30 * 24 * 3600;
/// A token with less than this left is renewed at the start.
const RENEW_BELOW_S: i64 = 7 * 24 * 3600;
/// `aud` where the blueprint names none that is known.
const AUDIENCE: &str = "architrave-development";

/// A person's token: the one handed out before if it still fits, else a new one.
pub(super) fn keep(
    engine: &Engine,
    issuer: &DevIssuer,
    person: &Person,
    tenant: Option<Uuid>,
    now_s: i64,
    state: &mut State,
) -> Result<String, Fault> {
    let mut content = content(engine, person, tenant);
    // The key is part of it: a new key makes new tokens.
    let says = format!("{}{}", Value::Object(content.clone()), issuer.key_set());
    if let Some(kept) = state.tokens.get(&person.name)
        && kept.says == says
        && kept.expires_at_s - now_s >= RENEW_BELOW_S
    {
        return Ok(kept.text.clone());
    }
    let expires_at_s = now_s + LIFE_S;
    let id = engine.dice().id(now_s * 1_000_000);
    content.extend([
        ("iat".to_owned(), json!(now_s)),
        ("exp".to_owned(), json!(expires_at_s)),
        ("jti".to_owned(), json!(id.to_string())),
    ]);
    let text = issuer.sign(&Value::Object(content))?;
    let kept = Kept { text: text.clone(), expires_at_s, says };
    state.tokens.insert(person.name.clone(), kept);
    Ok(text)
}

/// What a token says, without times.
fn content(engine: &Engine, person: &Person, tenant: Option<Uuid>) -> Map<String, Value> {
    let system = &engine.plan().system;
    let mut content = claims(system, person);
    content.insert("iss".to_owned(), json!(ISSUER));
    content.insert("aud".to_owned(), json!(audience(system)));
    content.insert("sub".to_owned(), json!(person.name));
    content.insert("client_id".to_owned(), json!("architrave-dev"));
    if person.is_system {
        content.insert(SYSTEM_CLAIM.to_owned(), json!(true));
    }
    for source in &system.identity.tenant_from {
        if let (TenantSource::Claim(claim), Some(tenant)) = (source, tenant) {
            set(&mut content, claim, json!(tenant));
        }
    }
    let roles: Vec<&String> = person.role.iter().collect();
    set(&mut content, &roles_claim(system), json!(roles));
    content
}

/// The audience that tokens of `--dev` name.
pub(crate) fn audience(system: &System) -> String {
    let login = system.identity.oidc.as_ref();
    match login.map(|it| &it.audience) {
        Some(Setting::Text(text)) => text.clone(),
        _ => AUDIENCE.to_owned(),
    }
}

/// The claim that holds the roles.
pub(crate) fn roles_claim(system: &System) -> String {
    let login = system.identity.oidc.as_ref();
    login.map_or_else(|| "roles".to_owned(), |it| it.roles_claim.clone())
}

/// Sets a claim; `a.b` is the member `b` of the claim `a`.
fn set(claims: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(claims.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = claims.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}
