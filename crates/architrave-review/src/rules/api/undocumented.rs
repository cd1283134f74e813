//! API-10: operations without a name, a sentence or an example.

use architrave_model::graph::{Graph, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, list},
};

pub(super) const RULE: Rule = Rule {
    id: "API-10",
    name: "undocumented",
    family: Family::Api,
    title: "operations have no name, sentence or example",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[Source {
        title: "OpenAPI Specification 3.1.1: Operation Object",
        url: "https://spec.openapis.org/oas/v3.1.1.html#operation-object",
    }],
    maps: &[("OWASP API", "API9:2023")],
    reads_names: false,
    page: include_str!("undocumented.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let known: Vec<&Operation> =
            operations.into_iter().filter(|it| it.is_documented.value().is_some()).collect();
        let bare: Vec<&&Operation> =
            known.iter().filter(|it| it.is_documented.value() == Some(&false)).collect();
        match bare.first() {
            None if known.is_empty() => {}
            None => say.pass(&contract),
            Some(first) => {
                let names: Vec<String> = bare.iter().map(|it| called(it)).collect();
                say.fail(
                    &contract,
                    format!(
                        "{} of {} operations lack a name, a summary or an example",
                        bare.len(),
                        known.len()
                    ),
                )
                .at(first.node.origin.span, "one of the three is missing")
                .help("give each an `operationId`, a `summary`, and one example of what it answers")
                .because(format!("without one of the three: {}", list(&names)));
            }
        }
    }
}
