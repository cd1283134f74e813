//! PRF-05: a list without pages.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "PRF-05",
    name: "unpaginated-list",
    family: Family::Performance,
    title: "a list is answered as a whole",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "API4:2023 Unrestricted resource consumption (OWASP)",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
        },
        Source {
            title: "Pagination (Zalando RESTful API guidelines)",
            url: "https://opensource.zalando.com/restful-api-guidelines/#pagination",
        },
    ],
    maps: &[("CWE", "770"), ("OWASP API", "API4:2023")],
    reads_names: false,
    page: include_str!("unpaginated_list.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in graph.operations.iter().filter(|it| it.is_list.value() == Some(&true)) {
        match &operation.is_paginated {
            Known::Is(true, _) => say.pass(&operation.node),
            Known::Unknown => say.cannot_tell(&operation.node, "whether this list comes in pages"),
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(&operation.node, format!("`{}` answers all rows at once", operation.node.name))
                    .at(origin.span.or(operation.node.origin.span), "no limit and no cursor")
                    .help("take `limit` with a maximum and a `cursor`, and answer a page with the next cursor")
                    .because("the answer grows with the table, in memory on both sides (no parameter for pages is described)");
            }
        }
    }
}
