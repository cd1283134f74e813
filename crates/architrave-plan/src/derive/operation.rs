//! Operations: entities in the author's order, then the system's own.

use std::collections::BTreeMap;

use architrave_model::{Access, Command, CommandId, EntityId, Rule, System, Writes};

use super::{problem, word};
use crate::{Idempotency, Method, Operation, OperationKind, Plan, RateLimit};

/// All operations. The plan has everything else already.
pub(super) fn operations(plan: &Plan, paths: &BTreeMap<EntityId, String>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for (id, path) in paths {
        operations.extend(plain_kinds(&plan.system, *id).map(|kind| plain(plan, *id, path, kind)));
        operations.extend(commands(&plan.system, *id).map(|it| command(plan, *id, path, it)));
    }
    let own = [OperationKind::Batch, OperationKind::Me, OperationKind::Events];
    operations.extend(own.map(system_operation));
    problem::fill_in(plan, &mut operations);
    operations
}

/// Whether an entity has any operation. Parts have none: they come and go with their root.
pub(super) fn is_offered(system: &System, id: EntityId) -> bool {
    system[id].owner.is_none()
        && (plain_kinds(system, id).next().is_some() || commands(system, id).next().is_some())
}

/// Where there is a rule there is an operation.
fn plain_kinds(system: &System, id: EntityId) -> impl Iterator<Item = OperationKind> {
    let Access { read, create, update, delete, .. } = &system[id].access;
    let is_restorable = delete.is_some() && system[id].soft_delete.is_some();
    [
        (read.is_some(), OperationKind::List),
        (create.is_some(), OperationKind::Create),
        (read.is_some(), OperationKind::Read),
        (update.is_some(), OperationKind::Update),
        (delete.is_some(), OperationKind::Delete),
        (is_restorable, OperationKind::Restore),
    ]
    .into_iter()
    .filter(|(is_there, _)| *is_there)
    .map(|(_, kind)| kind)
}

/// Commands without `allow` are run by the system itself only.
fn commands(system: &System, id: EntityId) -> impl Iterator<Item = CommandId> {
    system[id].commands.iter().copied().filter(|it| system[*it].allow.is_some())
}

fn plain(plan: &Plan, id: EntityId, path: &str, kind: OperationKind) -> Operation {
    let entity = &plan.system[id];
    let one = word::words(&entity.name.text);
    let a_row = word::with_article(&one);
    let row_path = format!("{path}/{{id}}");
    let (verb, method, path, summary) = match kind {
        OperationKind::List => {
            ("list", Method::Get, path.to_owned(), format!("List {}", word::plural(&one)))
        }
        OperationKind::Create => {
            ("create", Method::Post, path.to_owned(), format!("Create {a_row}"))
        }
        OperationKind::Update => ("update", Method::Patch, row_path, format!("Change {a_row}")),
        OperationKind::Delete => ("delete", Method::Delete, row_path, format!("Delete {a_row}")),
        OperationKind::Restore => (
            "restore",
            Method::Post,
            format!("{row_path}/restore"),
            format!("Restore a deleted {one}"),
        ),
        _ => ("read", Method::Get, row_path, format!("Read {a_row}")),
    };
    let operation = Operation {
        name: format!("{}.{verb}", plan.system.entity_path(id)),
        entity: Some(id),
        doc: entity.doc.clone(),
        ..bare(kind, method, path, summary)
    };
    demanding(operation, entity.writes)
}

/// What the blueprint wants of requests that write. Who restores a row cannot have seen its tag.
fn demanding(mut operation: Operation, writes: Writes) -> Operation {
    let changes = matches!(
        operation.kind,
        OperationKind::Update | OperationKind::Delete | OperationKind::Command(_)
    );
    operation.needs_if_match = changes && writes.needs_if_match;
    if operation.kind.is_write() && writes.needs_idempotency_key {
        operation.idempotency = Idempotency::Required;
    }
    operation
}

fn command(plan: &Plan, id: EntityId, path: &str, command_id: CommandId) -> Operation {
    let command = &plan.system[command_id];
    let name = &command.name.text;
    let row = word::with_article(&word::words(&plan.system[id].name.text));
    let words = word::capitalized(&word::words(name));
    // "Place an order" reads well; with more than one word only a neutral joint does.
    let summary =
        if words.contains(' ') { format!("{words} on {row}") } else { format!("{words} {row}") };
    let full_name = format!("{}.{name}", plan.system.entity_path(id));
    let operation = Operation {
        entity: Some(id),
        doc: command.doc.clone(),
        rate_limits: rate_limits(command, &full_name),
        name: full_name,
        ..bare(
            OperationKind::Command(command_id),
            Method::Post,
            format!("{path}/{{id}}/{}", word::kebab(name)),
            summary,
        )
    };
    demanding(operation, plan.system[id].writes)
}

fn rate_limits(command: &Command, name: &str) -> Vec<RateLimit> {
    let limit = command.rate_limit.as_ref().map(|rate| RateLimit {
        name: name.to_owned(),
        count: rate.count,
        period_us: rate.period_us,
        key: rate.key,
    });
    limit.into_iter().collect()
}

fn system_operation(kind: OperationKind) -> Operation {
    let (name, method, path, summary) = match kind {
        OperationKind::Batch => {
            ("batch", Method::Post, "/v1/batch", "Run several operations as one")
        }
        OperationKind::Events => ("events", Method::Get, "/v1/events", "List what has happened"),
        _ => ("me", Method::Get, "/v1/me", "Say who you are and what you may do"),
    };
    Operation {
        name: format!("system.{name}"),
        ..bare(kind, method, path.to_owned(), summary.to_owned())
    }
}

fn bare(kind: OperationKind, method: Method, path: String, summary: String) -> Operation {
    Operation {
        name: String::new(),
        kind,
        entity: None,
        method,
        path,
        summary,
        doc: String::new(),
        idempotency: if method == Method::Get { Idempotency::None } else { Idempotency::Optional },
        needs_if_match: false,
        rate_limits: Vec::new(),
        problems: Vec::new(),
    }
}

/// The rule that decides about an operation, where it has one of its own.
pub(super) fn rule(system: &System, operation: &Operation) -> Option<Rule> {
    let access = &system[operation.entity?].access;
    match operation.kind {
        OperationKind::List | OperationKind::Read => access.read.clone(),
        OperationKind::Create => access.create.clone(),
        OperationKind::Update => access.update.clone(),
        OperationKind::Delete | OperationKind::Restore => access.delete.clone(),
        OperationKind::Command(id) => system[id].allow.clone(),
        OperationKind::Batch | OperationKind::Me | OperationKind::Events => None,
    }
}
