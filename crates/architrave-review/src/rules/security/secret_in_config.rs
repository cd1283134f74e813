//! SEC-06: a credential in a file that everybody with the repository can read.

use std::collections::BTreeSet;

use architrave_model::graph::{Graph, LiteralSecret, ManifestKind};

use super::names;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "SEC-06",
    name: "secret-in-config",
    family: Family::Security,
    title: "a credential is written into a file",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes, Input::Repository],
    sources: &[
        Source {
            title: "CWE-798 Use of Hard-coded Credentials",
            url: "https://cwe.mitre.org/data/definitions/798.html",
        },
        Source {
            title: "Docker: how to use secrets in Docker Compose",
            url: "https://docs.docker.com/compose/how-tos/use-secrets/",
        },
        Source {
            title: "Kubernetes: good practices for Secrets",
            url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
        },
    ],
    maps: &[("CWE", "798"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("secret_in_config.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut files = BTreeSet::new();
    for secret in &graph.literal_secrets {
        files.extend(secret.node.origin.span.map(|it| it.file));
        found(secret, say);
    }
    // A file that could hold a credential, and holds none.
    let readable = graph.manifests.iter().filter(|it| {
        matches!(
            it.kind,
            ManifestKind::Compose | ManifestKind::Kubernetes | ManifestKind::Dockerfile
        )
    });
    for manifest in readable {
        if manifest.node.origin.span.is_none_or(|it| !files.contains(&it.file)) {
            say.pass(&manifest.node);
        }
    }
}

fn found(secret: &LiteralSecret, say: &mut Verdicts) {
    let failure = say
        .fail(&secret.node, format!("`{}` is written out, and holds a credential", secret.node.name))
        .help("read it from a secret (`secrets:` of compose, a `Secret` by reference, `${NAME}` without a default), and change the one that was here")
        .because(format!("what gives it away: {}", secret.because));
    if names::is_for_one_machine(&secret.node.id) {
        failure.because("the file is for development or tests").matters(1, 1);
    }
}
