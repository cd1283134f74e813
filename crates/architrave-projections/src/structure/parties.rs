//! Everybody outside: who calls the system, and in which role.

use architrave_model::{Setting, System};
use architrave_plan::{CallerClass, Operation, Plan, refuses_outright};

use crate::page::code;

/// A kind of caller.
pub(crate) struct Caller<'p> {
    /// Stable within a diagram, e.g. `role:merchant`.
    pub(crate) id: String,
    /// As a person calls it, e.g. `merchant`.
    pub(crate) name: String,
    /// How they prove who they are, in words.
    pub(crate) proof: String,
    /// What they may ask for at all; rows are decided one by one.
    pub(crate) operations: Vec<&'p Operation>,
    /// Of these, what nobody may whom the system does not know.
    pub(crate) beyond_anonymous: usize,
}

/// Those without credentials first, then each role in the author's order.
pub(crate) fn callers(plan: &Plan) -> Vec<Caller<'_>> {
    let identity = &plan.system.identity;
    let open = |class: &CallerClass| -> Vec<&Operation> {
        plan.operations.iter().filter(|it| !refuses_outright(plan, it, class)).collect()
    };
    let nobody = CallerClass { has_tenant: identity.tenant.is_some(), ..CallerClass::default() };
    let anonymous = open(&nobody);
    let count = anonymous.iter().filter(|it| it.entity.is_some()).count();
    let mut callers = Vec::new();
    if count > 0 {
        callers.push(Caller {
            id: "anonymous".to_owned(),
            name: "anybody".to_owned(),
            proof: "no credentials".to_owned(),
            operations: anonymous,
            beyond_anonymous: 0,
        });
    }
    for (role, position) in identity.roles.iter().zip(0_u32..) {
        let class = CallerClass {
            roles: 1_u64.checked_shl(position).unwrap_or(0),
            is_authenticated: true,
            has_id: true,
            has_user: identity.user.is_some(),
            has_tenant: identity.tenant.is_some(),
            ..CallerClass::default()
        };
        let operations = open(&class);
        let beyond = operations.iter().filter(|it| refuses_outright(plan, it, &nobody)).count();
        callers.push(Caller {
            id: format!("role:{role}"),
            name: role.clone(),
            proof: proof(&plan.system, role),
            operations,
            beyond_anonymous: beyond,
        });
    }
    callers
}

fn proof(system: &System, role: &str) -> String {
    let identity = &system.identity;
    let token = identity.oidc.as_ref().map(|_| "a signed token (OpenID Connect)");
    let has_key = |it: &&architrave_model::ApiKeyLogin| it.roles.iter().any(|it| it == role);
    let key = identity.api_key.as_ref().filter(has_key).map(|_| "an API key");
    token.into_iter().chain(key).collect::<Vec<_>>().join(" or ")
}

/// A setting as readers may see it.
pub(crate) fn setting(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => code(text),
        Setting::Env(name) => format!("{} of the environment", code(name)),
        Setting::Secret(name) => format!("the secret {}", code(name)),
    }
}
