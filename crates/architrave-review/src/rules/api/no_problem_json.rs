//! API-01: errors in a form of one's own.

use architrave_model::graph::{Graph, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, count_that, list},
};

pub(super) const RULE: Rule = Rule {
    id: "API-01",
    name: "no-problem-json",
    family: Family::Api,
    title: "errors have a form of their own",
    impact: 1,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "RFC 9457 Problem Details for HTTP APIs",
            url: "https://www.rfc-editor.org/rfc/rfc9457",
        },
        Source {
            title: "Zalando RESTful API Guidelines: support problem JSON",
            url: "https://opensource.zalando.com/restful-api-guidelines/#176",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_problem_json.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let (good, own): (Vec<&Operation>, Vec<&Operation>) = operations
            .iter()
            .filter(|it| it.has_problem_details.value().is_some())
            .partition(|it| it.has_problem_details.value() == Some(&true));
        match own.first() {
            Some(first) => {
                let names: Vec<String> = own.iter().map(|it| called(it)).collect();
                say.fail(&contract, format!("{} in a form of their own", count_that(own.len(), "operation", ("refuses", "refuse"))))
                    .at_fact(&first.has_problem_details, "no `application/problem+json`")
                    .help("answer with `application/problem+json` and its members `type`, `title`, `status`, `detail`, and a `code` that never changes")
                    .because(format!("bodies of errors are described, and are not problem details: {}", list(&names)));
            }
            None if !good.is_empty() => say.pass(&contract),
            None => say.cannot_tell(
                &contract,
                "what errors look like (no answer of 4xx or 5xx has a body)",
            ),
        }
    }
}
