//! Who may run an operation, in words and for security requirements.

use architrave_model::Rule;
use architrave_plan::{
    CallerClass, Operation, OperationKind, Plan, expression_text, refuses_outright,
};

/// The rule that decides about an operation; none for those that everybody has.
pub(crate) fn rule<'a>(plan: &'a Plan, operation: &Operation) -> Option<&'a Rule> {
    let system = &plan.system;
    if let OperationKind::Command(command) = operation.kind {
        return system[command].allow.as_ref();
    }
    let access = &system[operation.entity?].access;
    match operation.kind {
        OperationKind::List | OperationKind::Read => access.read.as_ref(),
        OperationKind::Create => access.create.as_ref(),
        OperationKind::Update => access.update.as_ref(),
        OperationKind::Delete | OperationKind::Restore => access.delete.as_ref(),
        _ => None,
    }
}

/// The rule as text; `true` means everybody.
pub(crate) fn rule_text(plan: &Plan, operation: &Operation) -> Option<String> {
    rule(plan, operation).map(|it| expression_text(&plan.system, &it.expr))
}

/// One sentence about who may.
pub(crate) fn in_words(plan: &Plan, operation: &Operation) -> Option<String> {
    let text = rule_text(plan, operation)?;
    Some(match operation.kind {
        _ if text == "true" => "For everybody.".to_owned(),
        OperationKind::List => format!("Shows rows for which `{text}`."),
        OperationKind::Read => format!("For rows with `{text}`; others are not found."),
        OperationKind::Update => format!("Allowed if `{text}`, before and after the change."),
        _ => format!("Allowed if `{text}`."),
    })
}

/// Which states a command leads from and to.
pub(crate) fn transition_in_words(plan: &Plan, operation: &Operation) -> Option<String> {
    let OperationKind::Command(command) = operation.kind else { return None };
    let (to, _) = plan.system[command].transition.as_ref()?;
    let lifecycle = plan.system[operation.entity?].lifecycle.as_ref()?;
    let field = plan.system[operation.entity?].fields.get(lifecycle.field)?;
    let from: Vec<String> = lifecycle
        .transitions
        .iter()
        .filter(|it| it.to.contains(to))
        .map(|it| format!("`{}`", it.from))
        .collect();
    Some(format!("Moves `{}` from {} to `{to}`.", field.name.text, from.join(" or ")))
}

/// Whether callers without credentials can get anything from an operation: nothing is known of them but,
/// through the host name, their tenant.
pub(crate) fn is_open_to_anonymous(plan: &Plan, operation: &Operation) -> bool {
    [false, true].into_iter().any(|has_tenant| {
        let class = CallerClass { has_tenant, ..CallerClass::default() };
        !refuses_outright(plan, operation, &class)
    })
}
