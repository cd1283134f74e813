//! Whose token a request carries: that of the first role whose rule holds on every row, else of the first that it does
//! not refuse outright.

use architrave_plan::{CallerClass, Folded, Operation, Plan, fold, refuses_outright};

use crate::audience;

/// Callers that `--dev` has tokens for: one per role, one without a role, the system itself.
pub(super) fn names(plan: &Plan) -> Vec<String> {
    let roles = plan.system.identity.roles.iter().cloned();
    roles.chain(["user".to_owned(), "system".to_owned()]).collect()
}

/// The caller for an operation.
pub(super) fn for_any(plan: &Plan, operation: &Operation) -> String {
    let first = classes(plan).into_iter().find(|it| !refuses_outright(plan, operation, &it.1));
    always(plan, operation).or(first.map(|it| it.0)).unwrap_or_else(|| "system".to_owned())
}

/// A caller whom the operation's rule refuses no row. Architrave itself is asked for by nobody.
pub(super) fn always(plan: &Plan, operation: &Operation) -> Option<String> {
    let people = classes(plan).into_iter().filter(|it| !it.1.is_system);
    people.map(|it| it.0).find(|it| is_always(plan, operation, it))
}

/// Whether the operation's rule holds for a caller on every row.
pub(super) fn is_always(plan: &Plan, operation: &Operation, caller: &str) -> bool {
    let class = classes(plan).into_iter().find(|it| it.0 == caller).map(|it| it.1);
    let (Some(rule), Some(class)) = (audience::rule(plan, operation), class) else { return false };
    fold(&rule.expr, &class, &plan.system.identity.roles) == Folded::True
}

fn classes(plan: &Plan) -> Vec<(String, CallerClass)> {
    let person = CallerClass {
        roles: 0,
        is_authenticated: true,
        is_system: false,
        has_id: true,
        has_user: plan.system.identity.user.is_some(),
        has_tenant: plan.system.identity.tenant.is_some(),
    };
    let system = CallerClass { is_system: true, has_id: false, has_user: false, ..person };
    let bits = (0_u32..64).map(|bit| CallerClass { roles: 1 << bit, ..person });
    let roles = plan.system.identity.roles.iter().cloned().zip(bits);
    roles.chain([("user".to_owned(), person), ("system".to_owned(), system)]).collect()
}
