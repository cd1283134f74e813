//! What holds for the whole system: identity, limits.

use architrave_model::{EntityId, Identity, RateKey, Setting, TenantSource};

use super::{
    declared::declared,
    tree::{Json, object},
};
use crate::{Plan, RateLimit};

pub(super) fn system(plan: &Plan) -> Json<'_> {
    let system = &plan.system;
    object(vec![
        ("name", Json::text(&system.name.text)),
        ("declared", Json::text(declared(system))),
        ("edition", Json::text(&system.edition)),
        ("currency", Json::text(&system.currency)),
        ("currency_digits", Json::number(system.currency_digits)),
        ("identity", identity(plan, &system.identity)),
        ("limits", Json::Array(plan.limits.iter().map(rate_limit).collect())),
        ("cors", Json::texts(&plan.cors)),
        ("body_bytes_max", Json::Number(i64::try_from(plan.body_bytes_max).unwrap_or(i64::MAX))),
    ])
}

/// A rate limit, with its period in seconds.
pub(super) fn rate_limit(limit: &RateLimit) -> Json<'_> {
    let key = match limit.key {
        RateKey::Ip => "caller.ip",
        RateKey::Id => "caller.id",
        RateKey::User => "caller.user",
        RateKey::Tenant => "caller.tenant",
    };
    object(vec![
        ("name", Json::text(&limit.name)),
        ("count", Json::number(limit.count)),
        ("period_us", Json::Number(limit.period_us)),
        ("key", Json::text(key)),
    ])
}

fn identity<'p>(plan: &'p Plan, identity: &'p Identity) -> Json<'p> {
    let path = |id| plan.system.entity_path(id);
    let field = |entity: Option<EntityId>, position: usize| {
        let fields = entity.map(|it| &plan.system[it].fields);
        fields.and_then(|it| it.get(position)).map_or_else(String::new, |it| it.name.text.clone())
    };
    let source = |it: &TenantSource| match it {
        TenantSource::Claim(name) => format!("claim({name:?})"),
        TenantSource::Host(position) => format!("host({})", field(identity.tenant, *position)),
    };
    let provision = identity
        .provision
        .iter()
        .map(|(position, claim)| (field(identity.user, *position), Json::text(claim)));
    let oidc = identity.oidc.as_ref().map_or(Json::Null, |it| {
        object(vec![
            ("issuer", setting(&it.issuer)),
            ("audience", setting(&it.audience)),
            ("roles_claim", Json::text(&it.roles_claim)),
            ("profile", Json::text(if it.is_generic { "generic" } else { "rfc9068" })),
        ])
    });
    let api_key = identity
        .api_key
        .as_ref()
        .map_or(Json::Null, |it| Json::Object(vec![("roles".into(), Json::texts(&it.roles))]));
    object(vec![
        ("user", Json::optional(identity.user.map(path))),
        ("tenant", Json::optional(identity.tenant.map(path))),
        ("roles", Json::texts(&identity.roles)),
        ("tenant_from", Json::texts(identity.tenant_from.iter().map(source))),
        ("provision", object(provision.collect())),
        ("oidc", oidc),
        ("api_key", api_key),
    ])
}

/// Symbolic where it is: a plan is the same wherever it is made.
fn setting(setting: &Setting) -> Json<'_> {
    Json::text(match setting {
        Setting::Text(text) => text.clone(),
        Setting::Env(name) => format!("env({name:?})"),
        Setting::Secret(name) => format!("secret({name:?})"),
    })
}
