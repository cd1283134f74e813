//! SEC-04: callers write what only the system or an administrator should.

use architrave_model::graph::{AccessShape, Column, Graph, Operation, OperationEffect, Table};

use super::ownership;
use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, column, field, members},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-04",
    name: "over-posting",
    family: Family::Security,
    title: "callers can give themselves power, or rows to other people",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API3:2023 Broken Object Property Level Authorization",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/",
        },
        Source {
            title: "CWE-915 Improperly Controlled Modification of Dynamically-Determined Object Attributes",
            url: "https://cwe.mitre.org/data/definitions/915.html",
        },
    ],
    maps: &[("CWE", "915"), ("OWASP API", "API3:2023"), ("STRIDE", "Elevation of privilege")],
    reads_names: true,
    page: include_str!("over_posting.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for it in table.columns.iter().filter(|it| it.is_client_writable.value().is_some()) {
            let is_people = ownership::is_people(graph, table);
            if is_people && words::gives_power(&it.name) {
                power(graph, table, it, say);
            } else if is_subject(table, it) {
                subject(graph, table, it, say);
            }
        }
    }
    for operation in graph.operations.iter().filter(|it| is_own_account(graph, it)) {
        for it in members(&operation.request).filter(|it| words::gives_power(&it.path)) {
            let node = field(operation, "request", it);
            if it.is_read_only.value() == Some(&true) {
                say.pass(&node);
            } else {
                say.fail(
                    &node,
                    format!("`{}` lets callers choose their own `{}`", called(operation), it.path),
                )
                .help(format!(
                    "mark `{}` as `readOnly`, and change it by an operation of administrators",
                    it.path
                ))
                .because("the operation is about the account of whoever calls");
            }
        }
    }
}

/// People who may change their own row change this column with it.
fn power(graph: &Graph, table: &Table, it: &Column, say: &mut Verdicts) {
    let node = column(table, it);
    let own = writes(graph, table).find(|it| {
        !matches!(
            it.access.value(),
            Some(AccessShape::Role | AccessShape::System | AccessShape::None)
        )
    });
    match own.filter(|_| {
        it.is_client_writable.value() == Some(&true) && !is_restricted(graph, table, it)
    }) {
        None => say.pass(&node),
        Some(operation) => {
            let name = it.name.rsplit('.').next().unwrap_or_default();
            say.fail(&node, format!("people can set `{}` of their own row", node.name))
                .also(operation.access.span(), "may be called by the person")
                .help(format!("add `field {name} {{ write = has_role(…) }}` to the access block"))
                .because(format!("`{}` takes it", called(operation)));
        }
    }
}

/// Whoever creates a row and may name anybody as its owner creates rows for others.
fn subject(graph: &Graph, table: &Table, it: &Column, say: &mut Verdicts) {
    let node = column(table, it);
    let blind = writes(graph, table).find(|it| {
        it.effect.value() == Some(&OperationEffect::Creates)
            && matches!(
                it.access.value(),
                Some(AccessShape::Everybody | AccessShape::SignedIn | AccessShape::Row)
            )
    });
    match blind.filter(|_| it.is_client_writable.value() == Some(&true)) {
        None => say.pass(&node),
        Some(operation) => {
            say.fail(&node, format!("callers can create a `{}` in the name of others", table.node.name))
                .also(operation.access.span(), "does not compare it with the caller")
                .help(format!(
                    "write `create = this.{name} == caller.user`, or give it `default(caller.user)` and `field {name} {{ write = false }}`",
                    name = it.name
                ))
                .because(format!("`{}` takes `{}`", called(operation), it.name));
        }
    }
}

fn writes<'g>(graph: &'g Graph, table: &'g Table) -> impl Iterator<Item = &'g Operation> {
    graph.operations.iter().filter(|it| {
        it.table.as_deref() == Some(table.node.id.as_str())
            && matches!(
                it.effect.value(),
                Some(OperationEffect::Creates | OperationEffect::Updates)
            )
    })
}

/// Whether a rule of its own says who may write it.
fn is_restricted(graph: &Graph, table: &Table, it: &Column) -> bool {
    writes(graph, table)
        .flat_map(|operation| members(&operation.request))
        .any(|field| field.path == it.name && field.is_restricted.value() == Some(&true))
}

fn is_subject(table: &Table, it: &Column) -> bool {
    table.subject.value().is_some_and(|path| path.strip_prefix("this.") == Some(it.name.as_str()))
}

/// In a contract nobody says what rows are about; the path does.
fn is_own_account(graph: &Graph, operation: &Operation) -> bool {
    !graph.is_closed && operation.method != "GET" && words::is_about_caller(&operation.path)
}
