//! SEC-03: rows of single people, and a rule that does not look whose they are.

use architrave_model::graph::{AccessShape, Graph, Known, Operation, OperationEffect, Table};

use super::ownership;
use crate::{Family, Input, Rule, Source, Verdicts, subjects::called};

pub(super) const RULE: Rule = Rule {
    id: "SEC-03",
    name: "object-level-policy-missing",
    family: Family::Security,
    title: "a rule does not look whose row it is",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "OWASP API1:2023 Broken Object Level Authorization",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
        },
        Source {
            title: "CWE-639 Authorization Bypass Through User-Controlled Key",
            url: "https://cwe.mitre.org/data/definitions/639.html",
        },
    ],
    maps: &[("CWE", "639"), ("OWASP API", "API1:2023"), ("STRIDE", "Information disclosure")],
    reads_names: false,
    page: include_str!("object_level_policy_missing.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in &graph.operations {
        let Some(table) = operation.table.as_deref().and_then(|it| graph.table(it)) else {
            continue;
        };
        if !is_judged(graph, operation, table) {
            continue;
        }
        let verb = if reads(operation) { "read" } else { "change" };
        match &operation.access {
            Known::Unknown => {
                say.cannot_tell(&operation.node, "whether the rule looks whose row it is")
            }
            Known::Is(shape, _) if is_blind(*shape) => {
                say.fail(
                    &operation.node,
                    format!("`{}` lets callers {verb} rows of other people", called(operation)),
                )
                .at_fact(&operation.access, "does not look whose row it is")
                .also(table.subject.span(), "each row belongs to one person")
                .help("compare the row with the caller, e.g. `this.customer == caller.user`, or ask for a role")
                .because(match shape {
                    AccessShape::SignedIn => "the rule asks only whether the caller is signed in",
                    AccessShape::Row => "the rule asks about the row, and not about the caller",
                    _ => "the rule lets everybody in",
                });
            }
            Known::Absent(_) | Known::Is(..) => say.pass(&operation.node),
        }
    }
}

/// Writing is judged on all rows that belong to somebody; reading where the author says whose data it is: an
/// article has an author and is there to be read.
fn is_judged(graph: &Graph, operation: &Operation, table: &Table) -> bool {
    match operation.effect.value() {
        Some(OperationEffect::Reads) => table.subject.value().is_some(),
        Some(OperationEffect::Creates) | None => false,
        Some(_) => operation.takes_id && ownership::is_somebodys(graph, table),
    }
}

fn reads(operation: &Operation) -> bool {
    operation.effect.value() == Some(&OperationEffect::Reads)
}

fn is_blind(shape: AccessShape) -> bool {
    matches!(shape, AccessShape::Everybody | AccessShape::SignedIn | AccessShape::Row)
}
