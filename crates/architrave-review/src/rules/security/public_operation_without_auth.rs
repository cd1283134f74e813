//! SEC-01: an operation that changes things, or tells of people, and asks nobody who they are.

use architrave_model::graph::{Audience, Graph, Known, Operation, OperationEffect, PayloadField};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list, members},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-01",
    name: "public-operation-without-auth",
    family: Family::Security,
    title: "an operation can be called by anybody",
    impact: 4,
    likelihood: 4,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API2:2023 Broken Authentication",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
        },
        Source {
            title: "CWE-306 Missing Authentication for Critical Function",
            url: "https://cwe.mitre.org/data/definitions/306.html",
        },
    ],
    maps: &[("CWE", "306"), ("OWASP API", "API2:2023"), ("STRIDE", "Spoofing")],
    reads_names: true,
    page: include_str!("public_operation_without_auth.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph) {
        match is_open(operation) {
            None => say.cannot_tell(&operation.node, "whether callers must say who they are"),
            Some(false) => say.pass(&operation.node),
            Some(true) => open(graph, operation, say),
        }
    }
}

/// Whether strangers are let in; none: nobody says.
fn is_open(operation: &Operation) -> Option<bool> {
    match (&operation.audience, &operation.auth) {
        (Known::Is(audience, _), _) => Some(*audience == Audience::Anonymous),
        (_, Known::Absent(_)) => Some(true),
        (_, Known::Is(schemes, _)) => Some(schemes.is_empty()),
        (_, Known::Unknown) => None,
    }
}

fn open(graph: &Graph, operation: &Operation, say: &mut Verdicts) {
    let is_read =
        operation.effect.value() == Some(&OperationEffect::Reads) || operation.method == "GET";
    // A link that changes something is no read, whatever its method (API-04).
    let reads = is_read && (graph.is_closed || words::verb_of_change(&operation.path).is_none());
    let told = personal(operation);
    if reads && !told.is_empty() && !words::is_open_by_nature(&operation.path) {
        say.fail(
            &operation.node,
            format!("anybody can read {} by `{}`", list(&told), called(operation)),
        )
        .at_fact(&operation.access, "everybody is let in here")
        .help(if graph.is_closed {
            "say in the access rule whose rows a caller may see, or give the field a `read` rule of its own"
        } else {
            "name a scheme under `security`, or leave these members out of the answer"
        })
        .because("its answer holds personal data, and no scheme asks who calls");
    } else if reads || is_open_on_purpose(graph, operation) {
        say.pass(&operation.node);
    } else {
        let failure = say
            .fail(&operation.node, format!("`{}` can be called by anybody", called(operation)))
            .at_fact(&operation.access, "everybody is let in here");
        if graph.is_closed {
            failure
                .because("the rule lets callers in who do not say who they are")
                .help("say who may: a role, or the caller's relation to the row");
        } else {
            let why = "neither the operation nor the document asks for one of the schemes it names";
            failure
                .because(why)
                .help("name a scheme under `security`, here or for the whole document");
        }
    }
}

/// What strangers may write in a sensible system: in a blueprint new rows, which somebody allowed in so many
/// words; elsewhere what is open by its nature, or proves itself otherwise.
fn is_open_on_purpose(graph: &Graph, operation: &Operation) -> bool {
    if graph.is_closed {
        return operation.effect.value() == Some(&OperationEffect::Creates);
    }
    let creates = operation.method == "POST";
    creates
        && (operation.is_credential_entry.value() == Some(&true)
            || operation.effect.value() == Some(&OperationEffect::Reads)
            || words::is_open_by_nature(&operation.path))
}

fn personal(operation: &Operation) -> Vec<&str> {
    let is_told = |field: &&PayloadField| {
        let is_personal = match &field.personal {
            Known::Is(..) => true,
            Known::Absent(_) => false,
            Known::Unknown => words::personal_category(&field.path).is_some(),
        };
        is_personal && field.is_restricted.value() != Some(&true)
    };
    members(&operation.response).filter(is_told).map(|it| it.path.as_str()).collect()
}
