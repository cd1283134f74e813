//! API-04: an address that changes something when it is looked at.

use architrave_model::graph::Graph;

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-04",
    name: "unsafe-get",
    family: Family::Api,
    title: "a GET changes something",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "RFC 9110, section 9.2.1: Safe Methods",
            url: "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1",
        },
        Source {
            title: "CWE-352 Cross-Site Request Forgery",
            url: "https://cwe.mitre.org/data/definitions/352.html",
        },
    ],
    maps: &[("CWE", "352"), ("STRIDE", "Tampering")],
    reads_names: true,
    page: include_str!("unsafe_get.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| it.method == "GET") {
        match words::verb_of_change(&operation.path) {
            None => say.pass(&operation.node),
            Some(verb) => {
                let path = &operation.path;
                say.fail(
                    &operation.node,
                    format!("`{}` changes something by being looked at", called(operation)),
                )
                .help(if matches!(verb, "delete" | "destroy" | "purge" | "remove") {
                    format!("make it `DELETE` of the row's own address, `{}`", before(path))
                } else {
                    format!("make it `POST {path}`")
                })
                .because(format!("its path ends with `{verb}`"));
            }
        }
    }
}

fn before(path: &str) -> &str {
    path.trim_end_matches('/').rsplit_once('/').map_or(path, |it| it.0)
}
