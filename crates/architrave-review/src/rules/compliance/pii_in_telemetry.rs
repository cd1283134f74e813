//! CMP-05: personal data in addresses, which end in every log.

use architrave_model::graph::{Graph, Known, Parameter, ParameterPlace};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "CMP-05",
    name: "pii-in-telemetry",
    family: Family::Compliance,
    title: "personal data stands in addresses, and so in logs",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "CWE-598 Use of GET Request Method With Sensitive Query Strings",
            url: "https://cwe.mitre.org/data/definitions/598.html",
        },
        Source {
            title: "RFC 9110, section 17.9: disclosure of sensitive information in URIs",
            url: "https://www.rfc-editor.org/rfc/rfc9110#section-17.9",
        },
    ],
    maps: &[("CWE", "598"), ("GDPR", "5(1)(f)"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("pii_in_telemetry.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph) {
        let personal: Vec<&Parameter> =
            operation.parameters.iter().filter(|it| tells(it)).collect();
        let Some(first) = personal.first() else { continue };
        if graph.is_closed || personal.iter().all(|it| it.is_logged.value() == Some(&false)) {
            // Our logs and figures hold the template of a path, never its values.
            say.pass(&operation.node);
            continue;
        }
        let names: Vec<&str> = personal.iter().map(|it| it.name.as_str()).collect();
        say.fail(&operation.node, format!("`{}` takes {} in the address", called(operation), list(&names)))
            .at(first.origin.span, "ends in logs")
            .help(help(first))
            .because("addresses are written to the logs of every proxy, to browsers' histories, and to traces");
    }
}

fn tells(parameter: &Parameter) -> bool {
    let is_in_address = matches!(parameter.place, ParameterPlace::Path | ParameterPlace::Query);
    is_in_address
        && match &parameter.personal {
            Known::Is(..) => true,
            Known::Absent(_) => false,
            Known::Unknown => words::personal_category(&parameter.name).is_some(),
        }
}

fn help(parameter: &Parameter) -> &'static str {
    match parameter.place {
        ParameterPlace::Path => "address the row by its id",
        _ => "take it in the body of a `POST`, e.g. of a search",
    }
}
