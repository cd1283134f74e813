//! SEC-10: strangers, and guessers of passwords, may call as often as they like.

use architrave_model::{
    Change, Proposal,
    graph::{Audience, Graph, Known, Operation},
};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, count, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-10",
    name: "no-rate-limit",
    family: Family::Security,
    title: "strangers may call as often as they like",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API4:2023 Unrestricted Resource Consumption",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/",
        },
        Source {
            title: "CWE-770 Allocation of Resources Without Limits or Throttling",
            url: "https://cwe.mitre.org/data/definitions/770.html",
        },
        Source {
            title: "RFC 6585, section 4: 429 Too Many Requests",
            url: "https://www.rfc-editor.org/rfc/rfc6585#section-4",
        },
    ],
    maps: &[("CWE", "770"), ("OWASP API", "API4:2023"), ("STRIDE", "Denial of service")],
    reads_names: true,
    page: include_str!("no_rate_limit.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let open: Vec<&Operation> =
            operations.into_iter().filter(|it| is_open(graph, it)).collect();
        let free: Vec<&&Operation> = open.iter().filter(|it| is_free(it)).collect();
        if let Some(first) = free.first() {
            let names: Vec<String> = free.iter().map(|it| called(it)).collect();
            let failure = say
                .fail(
                    &contract,
                    format!("strangers may call {} as often as they like", count(free.len(), "operation")),
                )
                .at(first.is_rate_limited.span(), "no limit for anonymous callers")
                .help("add `anonymous = rate(\"60/min\", caller.ip)` to `limits`, with a number that a person at a screen does not reach")
                .because(format!("open to callers who do not say who they are: {}", list(&names)));
            if graph.is_closed {
                failure.propose(limits(first));
            }
        } else if let Some(first) = open.iter().find(|it| is_undocumented(it)) {
            say.fail(&contract, format!("`{}` documents no end to trying passwords (429)", called(first)))
                .at(first.node.origin.span, "only these answers are described")
                .help("limit attempts by address and by account, and describe the answer beyond: `429` with `Retry-After`")
                .because("guessing is a matter of attempts; callers cannot prepare for a limit that no contract tells of")
                .matters(3, 1);
        } else if open.iter().any(|it| it.is_rate_limited.is_unknown()) {
            let unknown: Vec<String> = open
                .iter()
                .filter(|it| it.is_rate_limited.is_unknown())
                .map(|it| called(it))
                .collect();
            say.cannot_tell(
                &contract,
                format!("a limit on {} (no 429 is documented)", list(&unknown)),
            );
        } else if !open.is_empty() {
            say.pass(&contract);
        }
    }
}

/// Whom a limit must stop: strangers, and whoever tries passwords. A contract documents limits where somebody
/// thought of them; of it only the second is asked.
fn is_open(graph: &Graph, operation: &Operation) -> bool {
    (graph.is_closed && operation.audience.value() == Some(&Audience::Anonymous))
        || operation.is_credential_entry.value() == Some(&true)
        || (operation.method == "POST" && words::is_credential_entry(&operation.path))
}

/// Whether a contract lists what is answered where passwords are tried, and a refusal of too many is not among it.
fn is_undocumented(operation: &Operation) -> bool {
    let may_refuse = |it: &u16| matches!(it, 0 | 4 | 429);
    operation.is_rate_limited.is_unknown()
        && operation.is_credential_entry.value() == Some(&true)
        && operation.statuses.value().is_some_and(|it| !it.is_empty() && !it.iter().any(may_refuse))
}

fn is_free(operation: &Operation) -> bool {
    matches!(operation.is_rate_limited, Known::Is(false, _) | Known::Absent(_))
}

/// Where there is a `limits` block the missing limit is placed there; otherwise where the operation is let in.
fn limits(operation: &Operation) -> Proposal {
    let missing = operation.is_rate_limited.span();
    let change = match missing.filter(|it| Some(*it) != operation.node.origin.span) {
        Some(block) => Change::Set {
            block,
            name: "anonymous".to_owned(),
            value: "rate(\"60/min\", caller.ip)".to_owned(),
        },
        None => Change::Add {
            inside: None,
            text: "limits {\n  anonymous = rate(\"60/min\", caller.ip)\n}".to_owned(),
        },
    };
    Proposal {
        title: "sixty requests a minute for everybody who is not signed in".to_owned(),
        is_unambiguous: false,
        changes: vec![change],
    }
}
