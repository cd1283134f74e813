//! Whom the rules of an operation refuse outright, whatever the row.

use architrave_model::Rule;

use crate::{CallerClass, Folded, Operation, OperationKind, Plan, RowFilter, fold, shape};

/// Whether no caller of a class can get anything from an operation: its rule folds to "never", or nothing of the
/// entity may be seen. `/v1/me` and the events refuse nobody; a batch refuses whom every write refuses.
#[must_use]
pub fn refuses_outright(plan: &Plan, operation: &Operation, class: &CallerClass) -> bool {
    let Some(entity) = operation.entity else {
        let writes = plan.operations.iter().filter(|it| it.entity.is_some() && it.kind.is_write());
        return operation.kind == OperationKind::Batch
            && writes.into_iter().all(|it| refuses_outright(plan, it, class));
    };
    let system = &plan.system;
    let access = &system[entity].access;
    let refuses = |rule: Option<&Rule>| {
        rule.is_none_or(|it| fold(&it.expr, class, &system.identity.roles) == Folded::False)
    };
    let is_blind = || !class.is_system && shape(plan, entity, class).rows == RowFilter::Nothing;
    match operation.kind {
        OperationKind::Create => refuses(access.create.as_ref()),
        OperationKind::Update => is_blind() || refuses(access.update.as_ref()),
        OperationKind::Delete | OperationKind::Restore => {
            is_blind() || refuses(access.delete.as_ref())
        }
        OperationKind::Command(command) => match &system[command].allow {
            Some(rule) => is_blind() || refuses(Some(rule)),
            None => !class.is_system,
        },
        _ => is_blind(),
    }
}
