//! The people of `--dev`: who they are, and their rows.

use std::net::IpAddr;

use architrave_drive::generate::Generator;
use architrave_engine::{Engine, Failure, Fault};
use architrave_model::{EntityId, System, TenantSource};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{issuer::ISSUER, state::State};

/// Other generated values are tried where a unique one is taken.
const ATTEMPTS_MAX: u64 = 10;

/// One who has a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// Name in `dev.json`, and `sub` of the token.
    pub(super) name: String,
    pub(super) role: Option<String>,
    /// 0 or 1: the first or the second tenant.
    pub(super) tenant: usize,
    pub(super) is_system: bool,
}

/// Everyone: one per role, one without, one in the other tenant, and the system itself.
pub(super) fn everyone(system: &System) -> Vec<Person> {
    let person = |name: &str, role: Option<&str>, tenant: usize| Person {
        name: name.to_owned(),
        role: role.map(str::to_owned),
        tenant,
        is_system: false,
    };
    let roles = &system.identity.roles;
    let mut people: Vec<Person> = roles.iter().map(|it| person(it, Some(it), 0)).collect();
    people.push(person("user", None, 0));
    people.push(Person { is_system: true, ..person("system", None, 0) });
    if system.identity.tenant.is_some() {
        let role = roles.first().map(String::as_str);
        people.push(person(&format!("other_tenant_{}", role.unwrap_or("user")), role, 1));
    }
    // A role may be called `user` or `system` itself; the role comes first and keeps the name.
    let mut seen = std::collections::BTreeSet::new();
    people.retain(|it| seen.insert(it.name.clone()));
    people
}

/// Makes sure that both tenants exist; answers their ids.
pub(super) async fn tenants(
    engine: &Engine,
    state: &mut State,
    listen: IpAddr,
) -> Result<Vec<Uuid>, Fault> {
    let system = &engine.plan().system;
    let Some(entity) = system.identity.tenant else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for number in 0..2 {
        let known = state.tenants.get(number).copied();
        let is_there = match known {
            Some(id) => engine.store().tenant_exists(id).wait().await?,
            None => false,
        };
        found.push(match known.filter(|_| is_there) {
            Some(id) => id,
            None => tenant(engine, entity, number, listen).await?,
        });
    }
    state.tenants.clone_from(&found);
    Ok(found)
}

async fn tenant(
    engine: &Engine,
    entity: EntityId,
    number: usize,
    listen: IpAddr,
) -> Result<Uuid, Fault> {
    // Where a host name leads to a tenant, the address we listen on leads to the first one and
    // `localhost` to the second, so that requests without a token reach a tenant too.
    let host = if number == 0 { listen.to_string() } else { "localhost".to_owned() };
    let system = &engine.plan().system;
    let hosts = system.identity.tenant_from.iter().filter_map(|it| match it {
        TenantSource::Host(field) => system[entity].fields.get(*field),
        TenantSource::Claim(_) => None,
    });
    let fixed: Map<String, Value> = hosts.map(|it| (it.name.text.clone(), json!(host))).collect();
    create(engine, entity, None, number as u64, &fixed, None).await
}

/// Makes sure that a person has a row; people are recognised by their link.
pub(super) async fn user(
    engine: &Engine,
    person: &Person,
    number: usize,
    tenant: Option<Uuid>,
) -> Result<(), Fault> {
    let system = &engine.plan().system;
    let Some(entity) = system.identity.user.filter(|_| !person.is_system) else { return Ok(()) };
    let tenant = tenant.filter(|_| system.is_tenanted(entity));
    if engine.store().link(tenant, ISSUER, &person.name).wait().await?.is_some() {
        return Ok(());
    }
    let claims = claims(system, person);
    let fields = system.identity.provision.iter().filter_map(|(field, claim)| {
        let name = system[entity].fields.get(*field)?.name.text.clone();
        Some((name, claims.get(claim)?.clone()))
    });
    let link = Some((ISSUER.to_owned(), person.name.clone()));
    create(engine, entity, tenant, number as u64, &fields.collect(), link).await.map(drop)
}

/// The claims that a first sign-in reads: enough for every user to be complete.
pub(super) fn claims(system: &System, person: &Person) -> Map<String, Value> {
    let title = person.name.replace('_', " ");
    let value = |claim: &str| match claim {
        "email" => format!("{}@example.com", person.name.replace('_', ".")),
        "preferred_username" | "nickname" => person.name.clone(),
        "phone_number" => "+15555550100".to_owned(),
        "locale" => "en".to_owned(),
        _ => format!("Dev {title}"),
    };
    let claims = system.identity.provision.iter().map(|(_, it)| (it.clone(), json!(value(it))));
    claims.collect()
}

/// Creates a row with these fields and generated values for what else is required.
async fn create(
    engine: &Engine,
    entity: EntityId,
    tenant: Option<Uuid>,
    number: u64,
    fixed: &Map<String, Value>,
    link: Option<(String, String)>,
) -> Result<Uuid, Fault> {
    let plan = engine.plan();
    let name = plan.system.entity_path(entity);
    let help = "without --dev, tenants and users come from `architrave tenant` and your issuer";
    let mut refusal = String::new();
    for attempt in 0..ATTEMPTS_MAX {
        let made = Generator::new(plan, attempt).required(entity, number);
        let mut body = made.map_err(|reason| {
            Fault::new(format!("--dev cannot make up a {name}: {reason}"), help)
        })?;
        // What a generated value may be, a fixed one may not: the last attempts do without.
        if attempt * 2 < ATTEMPTS_MAX {
            body.extend(fixed.clone());
        }
        let body = Value::Object(body).to_string().into_bytes();
        match engine.admin_create(entity, tenant, body, link.clone()).await {
            Ok(written) => match written.answer.problem {
                None => return id_of(&written.answer.body, &name),
                Some(problem) => refusal = describe(&problem),
            },
            Err(Failure::Problem(problem)) => refusal = describe(&problem),
            Err(Failure::Fault(fault)) => return Err(fault),
        }
    }
    Err(Fault::new(format!("--dev cannot create a {name}: {refusal}"), help))
}

fn id_of(body: &[u8], name: &str) -> Result<Uuid, Fault> {
    let shown: Option<Value> = serde_json::from_slice(body).ok();
    let id = shown.as_ref().and_then(|it| it["id"].as_str()).and_then(|it| it.parse().ok());
    id.ok_or_else(|| Fault::new(format!("a new {name} came without an id"), ""))
}

/// A problem in one line.
fn describe(problem: &architrave_engine::Problem) -> String {
    let errors = problem.errors.iter().map(|it| {
        let place = it.pointer.as_deref().or(it.parameter.as_deref()).unwrap_or("");
        format!("{place} {}", it.detail)
    });
    let errors: Vec<String> = errors.collect();
    if errors.is_empty() { problem.detail.clone() } else { errors.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(roles: &[&str], has_tenants: bool) -> Vec<String> {
        let mut system = System::default();
        system.identity.roles = roles.iter().map(|it| (*it).to_owned()).collect();
        system.identity.tenant = has_tenants.then_some(EntityId(0));
        everyone(&system).into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn one_per_role_and_those_that_every_system_has() {
        assert_eq!(
            names(&["customer", "merchant"], true),
            ["customer", "merchant", "user", "system", "other_tenant_customer"]
        );
        assert_eq!(names(&[], false), ["user", "system"]);
        assert_eq!(names(&[], true), ["user", "system", "other_tenant_user"]);
        assert_eq!(names(&["user"], false), ["user", "system"]);
    }
}
