//! SEC-05: secrets in answers and events, and personal data told to everybody.

use architrave_model::graph::{
    Audience, Graph, Known, Message, Operation, OperationEffect, PayloadField,
};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, list, members},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-05",
    name: "sensitive-field-exposed",
    family: Family::Security,
    title: "an answer or an event shows what should stay inside",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi, Input::AsyncApi],
    sources: &[
        Source {
            title: "OWASP API3:2023 Broken Object Property Level Authorization",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/",
        },
        Source {
            title: "CWE-200 Exposure of Sensitive Information to an Unauthorized Actor",
            url: "https://cwe.mitre.org/data/definitions/200.html",
        },
    ],
    maps: &[("CWE", "200"), ("OWASP API", "API3:2023"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("sensitive_field_exposed.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph).filter(|it| it.response.value().is_some()) {
        answer(graph, operation, say);
    }
    for message in &graph.messages {
        event(message, say);
    }
}

fn answer(graph: &Graph, operation: &Operation, say: &mut Verdicts) {
    let reads =
        operation.effect.value() == Some(&OperationEffect::Reads) || operation.method == "GET";
    let secret: Vec<&PayloadField> =
        members(&operation.response).filter(|it| reads && is_secret(it)).collect();
    let personal: Vec<&PayloadField> = members(&operation.response)
        .filter(|it| graph.is_closed && is_shown_to_everybody(operation, it))
        .collect();
    if let Some(first) = secret.first() {
        let names: Vec<&str> = secret.iter().map(|it| it.path.as_str()).collect();
        say.fail(&operation.node, format!("`{}` answers with {}", called(operation), list(&names)))
            .at(first.origin.span, "leaves the system here")
            .help("leave it out of the answer; whoever must check it can do so inside")
            .because("what proves who somebody is, or is stored in its place, is of use to attackers alone");
    } else if let Some(first) = personal.first() {
        let names: Vec<&str> = personal.iter().map(|it| it.path.as_str()).collect();
        say.fail(
            &operation.node,
            format!("anybody can read {} by `{}`", list(&names), called(operation)),
        )
        .at(first.origin.span, "is personal data")
        .also(operation.access.span(), "everybody may see the row")
        .help("give it a rule of its own, e.g. `field email { read = this == caller.user }`")
        .because("callers need not say who they are");
    } else {
        say.pass(&operation.node);
    }
}

/// Personal data on rows that strangers may see. SEC-01 says so of contracts, where both are read from names.
fn is_shown_to_everybody(operation: &Operation, field: &PayloadField) -> bool {
    operation.audience.value() == Some(&Audience::Anonymous)
        && field.personal.value().is_some()
        && field.is_restricted.value() != Some(&true)
}

fn is_secret(field: &PayloadField) -> bool {
    if field.is_write_only.value() == Some(&true) {
        return false;
    }
    match &field.is_secret {
        Known::Is(is_secret, _) => *is_secret,
        Known::Absent(_) => false,
        Known::Unknown => words::holds_password(&field.path),
    }
}

fn event(message: &Message, say: &mut Verdicts) {
    if message.payload.is_unknown() {
        return say.cannot_tell(&message.node, "what this message says");
    }
    let secret: Vec<&PayloadField> = members(&message.payload).filter(|it| is_secret(it)).collect();
    match secret.first() {
        None => say.pass(&message.node),
        Some(first) => {
            let names: Vec<&str> = secret.iter().map(|it| it.path.as_str()).collect();
            say.fail(&message.node, format!("`{}` carries {}", message.node.name, list(&names)))
                .at(first.origin.span, "leaves the system here")
                .help(
                    "leave it out: messages are kept, copied and read by more people than rows are",
                )
                .because(
                    "every consumer, and whoever reads the broker's disk, has it from then on",
                );
        }
    }
}
