//! API-09: lists in which callers choose how much and by what.

use architrave_model::graph::{Graph, Known, Operation, Parameter, ParameterPlace};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-09",
    name: "open-query",
    family: Family::Api,
    title: "callers choose the size of a page, or what is sorted",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API4:2023 Unrestricted Resource Consumption",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
        },
        Source {
            title: "Google AIP-158: pagination, maximum page sizes",
            url: "https://google.aip.dev/158",
        },
    ],
    maps: &[("CWE", "770"), ("OWASP API", "API4:2023"), ("STRIDE", "Denial of service")],
    reads_names: true,
    page: include_str!("open_query.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| is_list(it)) {
        let open: Vec<&Parameter> = operation.parameters.iter().filter(|it| is_open(it)).collect();
        let Some(first) = open.first() else {
            say.pass(&operation.node);
            continue;
        };
        let names: Vec<&str> = open.iter().map(|it| it.name.as_str()).collect();
        say.fail(&operation.node, format!("`{}` lets callers choose {} freely", called(operation), list(&names)))
            .at(first.origin.span, "no bound")
            .help("give a page size a `maximum`, and a sort an `enum` of what an index serves; say it in the contract and enforce it in the program")
            .because("the schema of the parameter has no bound");
    }
}

fn is_list(operation: &Operation) -> bool {
    operation.is_list.value() == Some(&true)
        && operation.parameters.iter().any(|it| it.place == ParameterPlace::Query)
}

fn is_open(parameter: &Parameter) -> bool {
    parameter.place == ParameterPlace::Query
        && matches!(parameter.is_bounded, Known::Is(false, _) | Known::Absent(_))
        && is_size_or_sort(&parameter.name)
}

fn is_size_or_sort(name: &str) -> bool {
    let own = words::words(name);
    let whole: Vec<&str> = own.iter().map(String::as_str).collect();
    NAMES.contains(&whole.as_slice())
}

const NAMES: &[&[&str]] = &[
    &["count"],
    &["filter"],
    &["limit"],
    &["max", "results"],
    &["order", "by"],
    &["orderby"],
    &["ordering"],
    &["page", "limit"],
    &["page", "size"],
    &["pagesize"],
    &["per", "page"],
    &["perpage"],
    &["size"],
    &["sort"],
    &["sort", "by"],
    &["top"],
    &["where"],
];
