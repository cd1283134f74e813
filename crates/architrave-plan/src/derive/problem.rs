//! Problems: every refusal that an operation can answer with.

use std::collections::BTreeSet;

use architrave_model::{EntityId, ExprKind, FieldType, OnDelete, Value};

use super::operation;
use crate::{ColumnRole, IndexColumn, Operation, OperationKind, Plan, TableIndex};

/// What any request can meet on its way, whatever it asks for.
const ALWAYS: &[&str] = &[
    "headers-too-large",
    "internal-error",
    "malformed-request",
    "not-acceptable",
    "overloaded",
    "timeout",
    "unauthenticated",
    "unavailable",
    "unknown-parameter",
    "uri-too-long",
];
const WRITES: &[&str] = &[
    "body-too-large",
    "conflict",
    "idempotency-key-reused",
    "invalid-body",
    "request-in-flight",
    "storage-full",
    "unknown-outcome",
    "unsupported-media-type",
];
const READS: &[&str] = &["position-not-reached"];
const LIST: &[&str] = &["index-missing", "invalid-cursor", "invalid-parameter", "unreadable-field"];
const READ: &[&str] = &["invalid-parameter", "not-found", "unreadable-field"];
const ONE_ROW: &[&str] = &["not-found", "precondition-failed"];
const EVENTS: &[&str] = &["invalid-cursor", "invalid-parameter"];

/// Fills in the problems of all operations; a batch can meet those of every write in it.
pub(super) fn fill_in(plan: &Plan, operations: &mut [Operation]) {
    for operation in operations.iter_mut() {
        operation.problems = codes(plan, operation).into_iter().collect();
    }
    let writes =
        operations.iter().filter(|it| it.kind.is_write() && it.kind != OperationKind::Batch);
    let all: BTreeSet<String> = writes.flat_map(|it| it.problems.iter().cloned()).collect();
    for batch in operations.iter_mut().filter(|it| it.kind == OperationKind::Batch) {
        let own = std::mem::take(&mut batch.problems);
        batch.problems = own
            .into_iter()
            .chain(all.iter().cloned())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
    }
}

fn codes(plan: &Plan, operation: &Operation) -> BTreeSet<String> {
    let mut codes = Codes::default();
    codes.add(ALWAYS);
    let identity = &plan.system.identity;
    codes.when(identity.tenant.is_some(), "tenant-unknown");
    codes.when(identity.oidc.is_some() && !identity.provision.is_empty(), "user-incomplete");
    codes.when(!plan.limits.is_empty() || !operation.rate_limits.is_empty(), "quota-exceeded");
    codes.when(operation.needs_if_match, "precondition-required");
    codes.add(if operation.kind.is_write() { WRITES } else { READS });
    let rule = operation::rule(&plan.system, operation);
    let is_open = rule.is_none_or(|it| it.expr.kind == ExprKind::Literal(Value::Bool(true)));
    codes.when(!is_open && operation.kind != OperationKind::Read, "forbidden");
    if let Some(entity) = operation.entity {
        codes.of_entity(plan, entity, operation.kind);
    } else if operation.kind == OperationKind::Events {
        codes.add(EVENTS);
    }
    codes.0
}

#[derive(Default)]
struct Codes(BTreeSet<String>);

impl Codes {
    fn add(&mut self, codes: &[&str]) {
        self.0.extend(codes.iter().map(|it| (*it).to_owned()));
    }

    fn when(&mut self, applies: bool, code: &str) {
        if applies {
            self.0.insert(code.to_owned());
        }
    }

    fn of_entity(&mut self, plan: &Plan, entity: EntityId, kind: OperationKind) {
        let aggregate = aggregate(plan, entity);
        let has_invariants = aggregate.iter().any(|it| !plan.system[*it].invariants.is_empty());
        self.when(takes_unique_value(plan, &aggregate, kind), "not-unique");
        match kind {
            OperationKind::List => self.add(LIST),
            OperationKind::Read => self.add(READ),
            OperationKind::Create => self.when(has_invariants, "invariant-violated"),
            OperationKind::Update => {
                self.add(ONE_ROW);
                self.when(has_invariants, "invariant-violated");
                // A part that is left out is removed.
                self.when(
                    aggregate.iter().skip(1).any(|it| is_restricted(plan, *it)),
                    "still-referenced",
                );
            }
            OperationKind::Delete => {
                self.add(ONE_ROW);
                self.when(aggregate.iter().any(|it| is_restricted(plan, *it)), "still-referenced");
                self.when(loses_references(plan, &aggregate), "invariant-violated");
            }
            OperationKind::Restore => self.add(ONE_ROW),
            OperationKind::Command(id) => {
                self.add(ONE_ROW);
                let command = &plan.system[id];
                self.when(command.transition.is_some(), "transition-refused");
                self.when(has_invariants, "invariant-violated");
                self.0.extend(command.guards.iter().map(|it| it.code.text.clone()));
            }
            OperationKind::Batch | OperationKind::Me | OperationKind::Events => {}
        }
    }
}

/// Whether an operation can give a row a value that another has: a new or restored row any, a change one
/// of a field that it writes, or of a computed one. A condition counts as changed by anything.
fn takes_unique_value(plan: &Plan, aggregate: &[EntityId], kind: OperationKind) -> bool {
    let Some((root, parts)) = aggregate.split_first() else { return false };
    let written = written_fields(plan, *root, kind);
    let is_changed = |field: usize| {
        let ty = plan.system[*root].fields.get(field).map(|it| &it.ty);
        written.contains(&field)
            || (!written.is_empty() && matches!(ty, Some(FieldType::Computed { .. })))
    };
    let is_changed_column =
        |key: &IndexColumn| match plan[*root].column(key.column).map(|it| it.role) {
            Some(ColumnRole::Field { field, .. }) => is_changed(field),
            _ => false,
        };
    let unique = |id: EntityId| plan[id].indexes.iter().filter(|it| it.unique.is_some());
    let has_condition = |it: &TableIndex| it.condition.is_some() && !written.is_empty();
    let writes_parts = matches!(kind, OperationKind::Create | OperationKind::Update);
    unique(*root).any(|it| has_condition(it) || it.columns.iter().any(is_changed_column))
        || (writes_parts && parts.iter().any(|it| unique(*it).next().is_some()))
}

/// Positions of the fields of an entity that an operation writes.
fn written_fields(plan: &Plan, id: EntityId, kind: OperationKind) -> Vec<usize> {
    let entity = &plan.system[id];
    match kind {
        OperationKind::Create | OperationKind::Restore => (0..entity.fields.len()).collect(),
        OperationKind::Update => {
            let shape = plan.updates.get(id.0 as usize);
            shape.map(|it| it.members.iter().map(|it| it.field).collect()).unwrap_or_default()
        }
        OperationKind::Command(command) => {
            let command = &plan.system[command];
            let state = entity.lifecycle.as_ref().filter(|_| command.transition.is_some());
            command.set.iter().map(|it| it.field).chain(state.map(|it| it.field)).collect()
        }
        _ => Vec::new(),
    }
}

/// An entity and its parts, parts of parts included, the entity first.
fn aggregate(plan: &Plan, root: EntityId) -> Vec<EntityId> {
    let mut all = vec![root];
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        for (_, part) in &plan[id].parts {
            if !all.contains(part) {
                all.push(*part);
            }
        }
        next += 1;
    }
    all
}

/// Whether the deletion of a row, or of one that goes with it, can be refused.
fn is_restricted(plan: &Plan, entity: EntityId) -> bool {
    let mut all = vec![entity];
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        for (from, _, on_delete) in &plan[id].referrers {
            match on_delete {
                OnDelete::Restrict => return true,
                OnDelete::Cascade if !all.contains(from) => all.push(*from),
                OnDelete::Cascade | OnDelete::SetNull => {}
            }
        }
        next += 1;
    }
    false
}

/// Whether rows that stay behind lose a reference, or a part, that their invariants may speak of.
fn loses_references(plan: &Plan, aggregate: &[EntityId]) -> bool {
    let referrers = aggregate.iter().flat_map(|it| &plan[*it].referrers);
    referrers.filter(|(_, _, on_delete)| *on_delete != OnDelete::Restrict).any(|(from, ..)| {
        let root = plan.system.aggregate_root(*from);
        let has_invariants = |id: EntityId| {
            let fields = &plan.system[id].fields;
            !plan.system[id].invariants.is_empty()
                || fields.iter().any(|it| matches!(it.ty, FieldType::Computed { .. }))
        };
        has_invariants(root) || has_invariants(*from)
    })
}
