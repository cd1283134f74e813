//! API-03: a contract without a place for its next version.

use architrave_model::graph::{Graph, Manifest, ManifestKind, Operation, ParameterPlace};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{contracts, count},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "API-03",
    name: "no-version-policy",
    family: Family::Api,
    title: "nothing says which version of the API is called",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "RFC 9745 The Deprecation HTTP Response Header Field",
            url: "https://www.rfc-editor.org/rfc/rfc9745",
        },
        Source { title: "Google AIP-185: API Versioning", url: "https://google.aip.dev/185" },
    ],
    maps: &[("OWASP API", "API9:2023")],
    reads_names: true,
    page: include_str!("no_version_policy.md"),
    judge,
};

/// Contracts with fewer operations than this are changed together with their callers.
const OPERATIONS_MIN: usize = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for (contract, operations) in contracts(graph) {
        if operations.len() < OPERATIONS_MIN {
            continue;
        }
        let manifest = graph.manifests.iter().find(|it| it.node.id == contract.id);
        if operations.iter().any(|it| is_versioned(it)) || manifest.is_some_and(serves_a_version) {
            say.pass(&contract);
        } else {
            say.fail(&contract, format!("nothing says which version of {} is called", count(operations.len(), "operation")))
                .help("put the version into the address (`/v1`) or a header, and write down how long an old one is served beside a new one")
                .because("no path, server, media type or header of the contract names a version");
        }
    }
}

fn is_versioned(operation: &Operation) -> bool {
    operation.path.split('/').any(is_version)
        || operation.parameters.iter().any(|it| {
            let own = words::words(&it.name);
            matches!(it.place, ParameterPlace::Header | ParameterPlace::Query)
                && own.iter().any(|it| it == "version" || it == "apiversion")
        })
}

fn serves_a_version(manifest: &Manifest) -> bool {
    manifest.kind == ManifestKind::OpenApi
        && manifest
            .facts
            .iter()
            .any(|it| it.0 == "server" && it.1.split(['/', '.']).any(is_version))
}

/// `v1`, `v2beta1`, `2024-06-01`, `{version}`.
fn is_version(segment: &str) -> bool {
    let numbered = segment
        .strip_prefix(['v', 'V'])
        .is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
    let dated = segment.len() == 10
        && segment
            .char_indices()
            .all(|(at, it)| if at == 4 || at == 7 { it == '-' } else { it.is_ascii_digit() });
    numbered || dated || segment == "{version}"
}
