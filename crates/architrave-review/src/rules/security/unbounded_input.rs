//! SEC-11: bodies in which a text or a list may be of any length.

use architrave_model::graph::{ColumnKind, Graph, Known, Operation, PayloadField};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list, members},
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-11",
    name: "unbounded-input",
    family: Family::Security,
    title: "a body may hold any number of things of any length",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API4:2023 Unrestricted Resource Consumption",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
        },
        Source {
            title: "Spectral OWASP ruleset: array-limit and string-limit",
            url: "https://github.com/stoplightio/spectral-owasp-ruleset/blob/main/src/ruleset.ts",
        },
    ],
    maps: &[("CWE", "770"), ("OWASP API", "API4:2023"), ("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("unbounded_input.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| has_members(it)) {
        let free: Vec<&PayloadField> =
            members(&operation.request).filter(|it| is_free(it)).collect();
        match free.first() {
            None => say.pass(&operation.node),
            Some(_) if is_bounded_as_a_whole(operation) => say.pass(&operation.node),
            Some(first) => {
                let names: Vec<&str> = free.iter().map(|it| it.path.as_str()).collect();
                say.fail(&operation.node, format!("`{}` takes {} of any length", called(operation), list(&names)))
                    .at(first.origin.span, "no bound")
                    .help("add `maxLength` to texts and `maxItems` to lists: what a careful person would never reach")
                    .because("the schema sets no bound, and the document none for the whole body");
            }
        }
    }
}

fn has_members(operation: &Operation) -> bool {
    members(&operation.request).next().is_some()
}

fn is_bounded_as_a_whole(operation: &Operation) -> bool {
    operation.body_bytes_max.value().is_some()
}

/// Texts and lists alone: a number is as long as its reader lets it be.
fn is_free(field: &PayloadField) -> bool {
    let can_grow = matches!(field.kind.value(), Some(ColumnKind::Text | ColumnKind::List));
    can_grow && matches!(field.is_bounded, Known::Is(false, _) | Known::Absent(_))
}
