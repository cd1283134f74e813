//! SEC-09: credentials that leak by the way they are sent.

use architrave_model::graph::{AuthScheme, Graph, Known, Operation, Store};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{called, contracts, count_that, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "SEC-09",
    name: "weak-auth-scheme",
    family: Family::Security,
    title: "callers prove who they are in a way that leaks",
    impact: 3,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API2:2023 Broken Authentication",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
        },
        Source {
            title: "RFC 6750, section 5.3: do not pass bearer tokens in page URLs",
            url: "https://www.rfc-editor.org/rfc/rfc6750#section-5.3",
        },
        Source {
            title: "CWE-598 Use of GET Request Method With Sensitive Query Strings",
            url: "https://cwe.mitre.org/data/definitions/598.html",
        },
    ],
    maps: &[("CWE", "598"), ("OWASP API", "API2:2023"), ("STRIDE", "Spoofing")],
    reads_names: true,
    page: include_str!("weak_auth_scheme.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    judge_contracts(graph, say);
    for store in &graph.stores {
        match store.asks_who.value() {
            Some(true) => say.pass(&store.node),
            Some(false) => trusting(store, say),
            None => {}
        }
    }
}

fn trusting(store: &Store, say: &mut Verdicts) {
    say.fail(&store.node, format!("`{}` lets everybody in who can reach it", store.node.name))
        .at_fact(&store.asks_who, "nobody is asked for a password")
        .help("set a password, from a secret, and let it be asked for: take this setting away")
        .because("one program in the same network that is taken over has all rows, as their owner")
        .matters(3, 1);
}

fn judge_contracts(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        let known: Vec<&Operation> =
            operations.into_iter().filter(|it| schemes(it).is_some()).collect();
        let (weak, good): (Vec<&Operation>, Vec<&Operation>) = known
            .into_iter()
            .partition(|it| !is_client_of_token_endpoint(it) && weakest(it).is_some());
        match weak.first() {
            None if good.is_empty() => {}
            None => say.pass(&contract),
            Some(first) => {
                let names: Vec<String> = weak.iter().map(|it| called(it)).collect();
                let scheme = weakest(first);
                say.fail(&contract, format!("{} {}", count_that(weak.len(), "operation", ("takes", "take")), takes(scheme)))
                    .at(first.auth.span().or(first.node.origin.span), "asked for here")
                    .help("take short-lived bearer tokens of an OpenID Connect issuer in the `Authorization` header")
                    .because(format!("{}: {}", why(scheme), list(&names)));
            }
        }
    }
}

fn schemes(operation: &Operation) -> Option<&Vec<AuthScheme>> {
    match &operation.auth {
        Known::Is(schemes, _) if !schemes.is_empty() => Some(schemes),
        _ => None,
    }
}

/// The scheme that leaks; an operation that takes a good one as well leaks all the same.
fn weakest(operation: &Operation) -> Option<&AuthScheme> {
    schemes(operation)?.iter().find(|it| {
        matches!(it, AuthScheme::ApiKeyQuery | AuthScheme::Basic | AuthScheme::SharedSecretToken)
    })
}

/// Clients prove themselves to token endpoints by Basic (RFC 6749, section 2.3.1): a machine's secret, sent once
/// per token.
fn is_client_of_token_endpoint(operation: &Operation) -> bool {
    operation.is_credential_entry.value() == Some(&true)
        || words::is_open_by_nature(&operation.path)
}

fn takes(scheme: Option<&AuthScheme>) -> &'static str {
    match scheme {
        Some(AuthScheme::ApiKeyQuery) => "the key in the address",
        Some(AuthScheme::Basic) => "name and password with every request",
        _ => "tokens that every service could have signed",
    }
}

fn why(scheme: Option<&AuthScheme>) -> &'static str {
    match scheme {
        Some(AuthScheme::ApiKeyQuery) => {
            "addresses are written to logs, histories and `Referer` headers"
        }
        Some(AuthScheme::Basic) => "a password is sent again and again, has no end and no scope",
        _ => "whoever checks a token with a shared secret can also make one",
    }
}
