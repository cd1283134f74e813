//! API-06: the last one wins, and nobody notices.

use architrave_model::graph::{Graph, Known, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, count, is_about_a_row, list},
};

pub(super) const RULE: Rule = Rule {
    id: "API-06",
    name: "lost-update",
    family: Family::Api,
    title: "a change overwrites another that it has not seen",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "RFC 9110, section 13.1.1: If-Match",
            url: "https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1",
        },
        Source {
            title: "RFC 6585, section 3: 428 Precondition Required",
            url: "https://www.rfc-editor.org/rfc/rfc6585#section-3",
        },
    ],
    maps: &[("CWE", "362")],
    reads_names: false,
    page: include_str!("lost_update.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let changes: Vec<&Operation> = operations
            .into_iter()
            .filter(|it| matches!(it.method.as_str(), "PUT" | "PATCH") && is_about_a_row(it))
            .collect();
        let blind: Vec<&&Operation> = changes
            .iter()
            .filter(|it| matches!(it.detects_lost_update, Known::Is(false, _) | Known::Absent(_)))
            .collect();
        if let Some(first) = blind.first() {
            let names: Vec<String> = blind.iter().map(|it| called(it)).collect();
            say.fail(&contract, format!("{} may overwrite what somebody else has just written", count(blind.len(), "operation")))
                .at(first.node.origin.span, "names no version")
                .help("answer reads with an `ETag`, take it back as `If-Match`, and refuse a stale one with 412")
                .because(format!("no `If-Match`, no 412 or 428, no version in the body: {}", list(&names)));
        } else if changes.iter().any(|it| it.detects_lost_update.is_unknown()) {
            say.cannot_tell(&contract, "whether stale changes are refused");
        } else if !changes.is_empty() {
            say.pass(&contract);
        }
    }
}
