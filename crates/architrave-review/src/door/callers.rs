//! Who can call an operation, and what its rule looks at.

use architrave_model::{
    CallerMember, Expr, ExprKind, Member, Root, Rule, Value,
    graph::{AccessShape, Audience, AuthScheme},
};
use architrave_plan::{CallerClass, Operation, OperationKind, Plan, refuses_outright};

/// How callers prove who they are.
pub(super) fn schemes(plan: &Plan) -> Vec<AuthScheme> {
    let identity = &plan.system.identity;
    let token = identity.oidc.as_ref().map(|_| AuthScheme::OpenIdConnect);
    let key = identity.api_key.as_ref().map(|_| AuthScheme::ApiKeyHeader);
    token.into_iter().chain(key).collect()
}

/// The widest circle that is not refused outright.
pub(super) fn audience(plan: &Plan, operation: &Operation) -> Audience {
    let identity = &plan.system.identity;
    let has_tenant = identity.tenant.is_some();
    let anonymous = CallerClass { has_tenant, ..CallerClass::default() };
    let key = CallerClass { is_authenticated: true, has_id: true, ..anonymous };
    let person = CallerClass { has_user: identity.user.is_some(), ..key };
    let is_let_in = |class: CallerClass| !refuses_outright(plan, operation, &class);
    if is_let_in(anonymous) {
        return Audience::Anonymous;
    }
    if is_let_in(person) {
        return Audience::SignedIn;
    }
    let roles = identity.roles.iter().take(64).enumerate().map(|(bit, _)| 1_u64 << bit);
    let mut some = roles
        .chain([u64::MAX])
        .flat_map(|roles| [CallerClass { roles, ..person }, CallerClass { roles, ..key }]);
    if some.any(is_let_in) {
        return Audience::Some;
    }
    let system = CallerClass { is_system: true, is_authenticated: true, ..anonymous };
    if is_let_in(system) { Audience::System } else { Audience::Nobody }
}

/// The rule that decides about an operation.
pub(super) fn rule<'p>(plan: &'p Plan, operation: &Operation) -> Option<&'p Rule> {
    let access = &plan.system[operation.entity?].access;
    match operation.kind {
        OperationKind::List | OperationKind::Read => access.read.as_ref(),
        OperationKind::Create => access.create.as_ref(),
        OperationKind::Update => access.update.as_ref(),
        OperationKind::Delete | OperationKind::Restore => access.delete.as_ref(),
        OperationKind::Command(id) => plan.system[id].allow.as_ref(),
        OperationKind::Batch | OperationKind::Me | OperationKind::Events => None,
    }
}

/// What a rule looks at, judged alternative by alternative: the widest one says what kind of rule it is.
pub(super) fn shape(rule: &Expr) -> AccessShape {
    let mut found = Vec::new();
    alternatives(rule, &mut |it| found.extend(alternative(it)));
    let has = |shape| found.contains(&shape);
    if has(AccessShape::Everybody) {
        AccessShape::Everybody
    } else if has(AccessShape::SignedIn) {
        AccessShape::SignedIn
    } else if has(AccessShape::Relation) && has(AccessShape::Role) {
        AccessShape::RoleOrRelation
    } else {
        let widest = [AccessShape::Row, AccessShape::Relation, AccessShape::Role];
        let other = widest.into_iter().find(|it| has(*it));
        // What nobody but the system may is no opening; a constant `false` opens nothing either.
        other.unwrap_or(AccessShape::System)
    }
}

fn alternatives<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Or(all) => all.iter().for_each(|it| alternatives(it, visit)),
        ExprKind::Conditional { then, otherwise, .. } => {
            alternatives(then, visit);
            alternatives(otherwise, visit);
        }
        _ => visit(expr),
    }
}

/// One alternative: all of it must hold, so that the narrowest thing it looks at says what it is.
fn alternative(expr: &Expr) -> Option<AccessShape> {
    let mut seen = Seen::default();
    expr.walk(&mut |it| seen.look_at(it));
    if matches!(expr.kind, ExprKind::Literal(Value::Bool(false))) {
        None
    } else if seen.system {
        Some(AccessShape::System)
    } else if seen.row && seen.caller {
        Some(AccessShape::Relation)
    } else if seen.role {
        Some(AccessShape::Role)
    } else if seen.row {
        Some(AccessShape::Row)
    } else if seen.caller || seen.signed_in {
        Some(AccessShape::SignedIn)
    } else {
        Some(AccessShape::Everybody)
    }
}

#[derive(Default)]
struct Seen {
    role: bool,
    system: bool,
    signed_in: bool,
    caller: bool,
    row: bool,
}

impl Seen {
    fn look_at(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::HasRole(_) => self.role = true,
            ExprKind::Root(Root::This | Root::Old) => self.row = true,
            ExprKind::Member { member: Member::Caller(member), .. } => match member {
                CallerMember::IsSystem => self.system = true,
                CallerMember::IsAuthenticated | CallerMember::Scopes | CallerMember::Ip => {
                    self.signed_in = true;
                }
                CallerMember::Id | CallerMember::User | CallerMember::Tenant => self.caller = true,
            },
            _ => {}
        }
    }
}
