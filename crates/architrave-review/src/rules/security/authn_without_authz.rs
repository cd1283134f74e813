//! SEC-02: whoever is signed in may change every row.

use architrave_model::graph::{AccessShape, Graph, Known, Operation, OperationEffect, Table};

use super::ownership;
use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, is_about_a_row},
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-02",
    name: "authn-without-authz",
    family: Family::Security,
    title: "being signed in is enough to change everything",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "OWASP API5:2023 Broken Function Level Authorization",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/",
        },
        Source {
            title: "CWE-862 Missing Authorization",
            url: "https://cwe.mitre.org/data/definitions/862.html",
        },
    ],
    maps: &[("CWE", "862"), ("OWASP API", "API5:2023"), ("STRIDE", "Elevation of privilege")],
    reads_names: false,
    page: include_str!("authn_without_authz.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in graph.operations.iter().filter(|it| changes_a_row(it)) {
        let table = operation.table.as_deref().and_then(|it| graph.table(it));
        if table.is_some_and(|it| ownership::is_somebodys(graph, it)) {
            continue;
        }
        match &operation.access {
            Known::Unknown => {
                say.cannot_tell(&operation.node, "who of those signed in may do this")
            }
            Known::Is(AccessShape::SignedIn, _) if !is_shared_by_tenant(table) => {
                say.fail(
                    &operation.node,
                    format!("whoever is signed in may call `{}` on every row", called(operation)),
                )
                .at_fact(&operation.access, "looks at no role and at no row")
                .help("add a role (`has_role(…)`) or a relation to the row (`this.author == caller.user`)")
                .because("the rule asks only whether the caller is signed in");
            }
            Known::Absent(_) | Known::Is(..) => say.pass(&operation.node),
        }
    }
}

fn changes_a_row(operation: &Operation) -> bool {
    is_about_a_row(operation)
        && matches!(
            operation.effect.value(),
            Some(OperationEffect::Updates | OperationEffect::Deletes | OperationEffect::Commands)
        )
}

/// Everybody of one tenant working on the same rows is how small teams work; the tenant's wall stands.
fn is_shared_by_tenant(table: Option<&Table>) -> bool {
    table.is_some_and(|it| it.tenant_column.value().is_some())
}
