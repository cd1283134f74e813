//! API-08: rows addressed by a number that counts them.

use architrave_model::graph::{Audience, Graph, Operation, Parameter, ParameterPlace};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, count_that, is_about_a_row, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-08",
    name: "guessable-ids",
    family: Family::Api,
    title: "rows are addressed by numbers that can be guessed",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "Spectral OWASP ruleset: no-numeric-ids",
            url: "https://github.com/stoplightio/spectral-owasp-ruleset/blob/main/src/ruleset.ts",
        },
        Source {
            title: "RFC 9562, section 6.9: unguessability of UUIDs",
            url: "https://www.rfc-editor.org/rfc/rfc9562#section-6.9",
        },
    ],
    maps: &[("CWE", "340"), ("OWASP API", "API1:2023"), ("STRIDE", "Information disclosure")],
    reads_names: false,
    page: include_str!("guessable_ids.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let closed: Vec<&Operation> = operations.into_iter().filter(|it| is_for_some(it)).collect();
        let guessable: Vec<(&&Operation, &Parameter)> =
            closed.iter().filter_map(|it| Some((it, counted(it)?))).collect();
        if let Some((_, parameter)) = guessable.first() {
            let names: Vec<String> = guessable.iter().map(|it| called(it.0)).collect();
            say.fail(&contract, format!("{} rows by a number that can be guessed", count_that(guessable.len(), "operation", ("addresses", "address"))))
                .at(parameter.origin.span, "counts rows")
                .help("give rows a UUID (version 7 keeps them in the order of their making) for the outside, and keep the number inside")
                .because(format!("the id in the path is a number, and not everybody may call: {}", list(&names)));
        } else if closed.iter().any(|it| is_known(it)) {
            say.pass(&contract);
        }
    }
}

/// What everybody may read can be enumerated by right; what everybody may change, alas, too.
fn is_for_some(operation: &Operation) -> bool {
    let is_open = operation.audience.value() == Some(&Audience::Anonymous);
    let changes = operation.method != "GET" || words::verb_of_change(&operation.path).is_some();
    is_about_a_row(operation) && (!is_open || changes)
}

fn counted(operation: &Operation) -> Option<&Parameter> {
    path_parameters(operation)
        .find(|it| it.is_sequential_id.value() == Some(&true) && is_id(&it.name))
}

fn is_known(operation: &Operation) -> bool {
    path_parameters(operation).any(|it| it.is_sequential_id.value() == Some(&false))
}

fn path_parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(|it| it.place == ParameterPlace::Path)
}

/// `year`, `page` and `version` are numbers, too.
fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("id")
        || name.ends_with("_id")
        || name.ends_with("Id")
        || name.ends_with("-id")
}
