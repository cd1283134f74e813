//! API-02: refusals that callers will meet and cannot read about.

use architrave_model::graph::{Audience, Graph, Known, Operation};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, decided, is_about_a_row, members},
};

pub(super) const RULE: Rule = Rule {
    id: "API-02",
    name: "missing-responses",
    family: Family::Api,
    title: "a refusal that will happen is not documented",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "Spectral OWASP ruleset: define-error-responses",
            url: "https://github.com/stoplightio/spectral-owasp-ruleset/blob/main/src/ruleset.ts",
        },
        Source {
            title: "RFC 9110, section 15.5: Client Error 4xx",
            url: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5",
        },
    ],
    maps: &[("OWASP API", "API8:2023")],
    reads_names: false,
    page: include_str!("missing_responses.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in decided(graph) {
        let Known::Is(statuses, origin) = &operation.statuses else {
            say.cannot_tell(&operation.node, "which statuses it answers");
            continue;
        };
        let missing: Vec<&str> = reachable(operation)
            .into_iter()
            .filter(|it| !it.codes.iter().any(|code| covers(statuses, *code)))
            .map(|it| it.said)
            .collect();
        if missing.is_empty() {
            say.pass(&operation.node);
        } else {
            say.fail(
                &operation.node,
                format!("`{}` does not say what it answers {}", called(operation), missing.join(", nor ")),
            )
            .at(origin.span, "these are all")
            .help("document the status with the body that is sent, or describe all refusals at once under `default`")
            .because(format!("documented: {}", shown(statuses)));
        }
    }
}

struct Refusal {
    /// Any of them will do.
    codes: &'static [u16],
    said: &'static str,
}

/// What will happen to somebody, by what the operation asks for.
fn reachable(operation: &Operation) -> Vec<Refusal> {
    let asks_who = operation.auth.value().is_some_and(|it| !it.is_empty())
        && operation.audience.value() != Some(&Audience::Anonymous);
    let takes_body = members(&operation.request).next().is_some();
    // A sign-in answers 401 to whatever is wrong, so as to tell nothing.
    let wrong_body: &[u16] = match operation.is_credential_entry.value() {
        Some(true) => &[400, 401, 422, 409],
        _ => &[400, 422, 409],
    };
    let all = [
        (asks_who, Refusal { codes: &[401, 403], said: "without credentials (401, 403)" }),
        (
            is_about_a_row(operation),
            Refusal { codes: &[404, 410], said: "when there is no such row (404)" },
        ),
        (takes_body, Refusal { codes: wrong_body, said: "to a body that is wrong (400, 422)" }),
    ];
    all.into_iter().filter(|it| it.0).map(|it| it.1).collect()
}

/// `default` stands for everything, a range for what is in it.
fn covers(statuses: &[u16], code: u16) -> bool {
    statuses.iter().any(|it| *it == 0 || *it == code || *it == code / 100)
}

fn shown(statuses: &[u16]) -> String {
    let all: Vec<String> = statuses
        .iter()
        .map(|it| if *it < 10 { format!("{it}XX") } else { it.to_string() })
        .collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
