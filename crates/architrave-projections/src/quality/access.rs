//! Who may do what: operations by kinds of callers, with the conditions on rows in words.

use architrave_model::{EntityId, Expr, ExprKind, System};
use architrave_plan::{
    CallerClass, Folded, Operation, OperationKind, Plan, fold, refuses_outright,
};

use crate::{
    Document, Material, Projection, Room, audience, limits, names,
    page::{Page, code, escape},
    speech,
};

/// `quality/access.md`
pub(crate) const PROJECTION: Projection = Projection { name: "access", room: Room::Quality, write };

const PATH: &str = "quality/access.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    if plan.operations.iter().all(|it| it.entity.is_none()) {
        return Vec::new();
    }
    let mut page = Page::new("Who may do what");
    callers(&mut page, plan);
    for id in plan.system.entity_ids() {
        section(&mut page, plan, id);
    }
    parts(&mut page, plan);
    vec![Document {
        path: PATH.to_owned(),
        title: "Who may do what".to_owned(),
        summary: "Every operation by role, with the rows it reaches, and the fields with rules of their own."
            .to_owned(),
        text: page.finish(),
    }]
}

/// Who there is, how each is believed, how often each may ask.
fn callers(page: &mut Page, plan: &Plan) {
    let system = &plan.system;
    let identity = &system.identity;
    page.paragraph(
        "An operation without a rule does not exist, and a row that a caller may not see is answered like one that does \
         not exist (404). A change needs both: the row must be visible, and the rule of the operation must hold.",
    );
    let mut items = vec!["**anonymous**: a request without credentials".to_owned()];
    if identity.oidc.is_some() {
        let person = identity.user.map_or_else(String::new, |it| {
            format!("; at their first request a row of {} is theirs", code(&system.entity_path(it)))
        });
        items.push(format!("**signed in**: a bearer token of the OpenID Connect issuer{person}"));
    }
    if !identity.roles.is_empty() {
        let roles: Vec<String> = identity.roles.iter().map(|it| code(it)).collect();
        let claim = identity.oidc.as_ref().map_or_else(String::new, |it| {
            format!(", from the claim {} of the token", code(&it.roles_claim))
        });
        items.push(format!("**roles** {}{claim}", roles.join(", ")));
    }
    if let Some(key) = &identity.api_key {
        let roles: Vec<String> = key.roles.iter().map(|it| code(it)).collect();
        items.push(format!(
            "**API key**: may hold {}; it is nobody's user, so that what asks for the caller's own rows refuses it",
            if roles.is_empty() { "no role".to_owned() } else { format!("the role {}", roles.join(", ")) }
        ));
    }
    items.push(
        "**the system itself**: sagas and schedules; no credentials of a caller make one the system".to_owned(),
    );
    page.list(items);
    if let Some(tenant) = identity.tenant {
        page.paragraph(&format!(
            "Every cell below holds within the caller's own {} alone, whatever the role: the tenant is part of every \
             key and every query. Rows of {} are outside of it.",
            escape(&names::spoken(&system[tenant].name.text)),
            code(&system.entity_path(tenant)),
        ));
    }
    let rates: Vec<String> = plan.limits.iter().map(limits::sentence).collect();
    if !rates.is_empty() {
        page.paragraph(&format!("How often: {}.", rates.join("; ")));
    }
}

fn section(page: &mut Page, plan: &Plan, id: EntityId) {
    let system = &plan.system;
    let operations: Vec<&Operation> =
        plan.operations.iter().filter(|it| it.entity == Some(id)).collect();
    if operations.is_empty() {
        return;
    }
    page.heading(2, &system.entity_path(id));
    let roles = mentioned(plan, &operations);
    let mut head = vec!["Operation".to_owned(), "Anonymous".to_owned()];
    if has_people(system) {
        head.push("Signed in".to_owned());
    }
    head.extend(roles.iter().filter_map(|bit| system.identity.roles.get(*bit)).map(|it| code(it)));
    let rows: Vec<Vec<String>> = operations.iter().map(|it| row(plan, it, &roles)).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    page.table(&head, &rows);
    fields(page, plan, id);
    rates(page, &operations);
}

/// Positions of the roles that some rule of the operations mentions.
fn mentioned(plan: &Plan, operations: &[&Operation]) -> Vec<usize> {
    let roles = &plan.system.identity.roles;
    let mut found = vec![false; roles.len()];
    for rule in operations.iter().filter_map(|it| audience::rule(plan, it)) {
        rule.expr.walk(&mut |expr: &Expr| {
            if let ExprKind::HasRole(named) = &expr.kind {
                for (flag, role) in found.iter_mut().zip(roles) {
                    *flag |= named.contains(role);
                }
            }
        });
    }
    found.iter().enumerate().filter(|it| *it.1).map(|it| it.0).collect()
}

fn has_people(system: &System) -> bool {
    system.identity.oidc.is_some() || system.identity.user.is_some()
}

fn row(plan: &Plan, operation: &Operation, roles: &[usize]) -> Vec<String> {
    let identity = &plan.system.identity;
    let anonymous = CallerClass { has_tenant: identity.tenant.is_some(), ..CallerClass::default() };
    let person = CallerClass {
        is_authenticated: true,
        has_id: true,
        has_user: identity.user.is_some(),
        ..anonymous
    };
    let with = |bit: &usize| {
        let bit = u32::try_from(*bit).unwrap_or(u32::MAX);
        CallerClass { roles: 1_u64.checked_shl(bit).unwrap_or(0), ..person }
    };
    let what = format!(
        "{} {}",
        escape(&operation.summary),
        code(&format!("{} {}", names::method(operation.method), operation.path))
    );
    let is_reserved = audience::rule(plan, operation)
        .is_some_and(|it| speech::who(&plan.system, &it.expr) == "the system itself");
    let what = if is_reserved { format!("{what} (the system itself alone)") } else { what };
    let mut cells = vec![what, cell(plan, operation, &anonymous)];
    if has_people(&plan.system) {
        cells.push(cell(plan, operation, &person));
    }
    cells.extend(roles.iter().map(|bit| cell(plan, operation, &with(bit))));
    cells
}

/// What a class of callers may do: `–`, "yes", or on which rows.
fn cell(plan: &Plan, operation: &Operation, class: &CallerClass) -> String {
    if refuses_outright(plan, operation, class) {
        return "–".to_owned();
    }
    let Some(rule) = audience::rule(plan, operation) else { return "–".to_owned() };
    match fold(&rule.expr, class, &plan.system.identity.roles) {
        Folded::True if operation.kind == OperationKind::Create => "yes".to_owned(),
        Folded::True => "every row".to_owned(),
        Folded::False => "–".to_owned(),
        Folded::Residual(rest) => {
            let who = speech::who(&plan.system, &rest);
            match who.as_str() {
                "the user whose row it is" => "their own row".to_owned(),
                "those who belong to it" => "their own".to_owned(),
                other => other.strip_prefix("everybody, ").unwrap_or(other).to_owned(),
            }
        }
    }
}

/// Fields that not everybody who reaches the row may read or write.
fn fields(page: &mut Page, plan: &Plan, id: EntityId) {
    let system = &plan.system;
    let entity = &system[id];
    let rules = entity.access.fields.iter().filter_map(|access| {
        let field = entity.fields.get(access.field)?;
        let read = access
            .read
            .as_ref()
            .map_or_else(|| "whoever sees the row".to_owned(), |it| speech::who(system, &it.expr));
        let write = access.write.as_ref().map_or_else(
            || "whoever may write the row".to_owned(),
            |it| speech::who(system, &it.expr),
        );
        let write = if write == "nobody" { "nobody but commands".to_owned() } else { write };
        Some(vec![code(&field.name.text), read, write])
    });
    let secrets = entity.fields.iter().filter(|it| it.is_secret).map(|it| {
        vec![
            code(&it.name.text),
            "nobody: secret".to_owned(),
            "whoever may write the row".to_owned(),
        ]
    });
    let rows: Vec<Vec<String>> = rules.chain(secrets).collect();
    page.table(&["Field", "Read by", "Written by"], &rows);
}

fn rates(page: &mut Page, operations: &[&Operation]) {
    let own = operations.iter().flat_map(|it| &it.rate_limits);
    let own: Vec<String> = own.map(limits::sentence).collect();
    if !own.is_empty() {
        page.paragraph(&format!("Limits of their own: {}.", own.join("; ")));
    }
}

/// Entities without operations: parts, and what only the system touches.
fn parts(page: &mut Page, plan: &Plan) {
    let system = &plan.system;
    let offered = |id: EntityId| plan.operations.iter().any(|it| it.entity == Some(id));
    let items: Vec<String> = system
        .entity_ids()
        .filter(|id| !offered(*id))
        .map(|id| match system[id].owner {
            Some(owner) => format!(
                "{}: read and written with its {}, under the rules of that",
                code(&system.entity_path(id)),
                code(&system.entity_path(owner.entity)),
            ),
            None => format!(
                "{}: no rule, hence nobody but the administrator reaches it",
                code(&system.entity_path(id))
            ),
        })
        .collect();
    if items.is_empty() {
        return;
    }
    page.heading(2, "Without operations of their own");
    page.list(items);
}
