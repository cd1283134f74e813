//! What a service is for, by what its people call it. A guess, and marked as one.

use architrave_model::{
    Span,
    graph::{EdgeKind, Graph, Known, Origin, ServiceKind},
};

const WORKER_WORDS: &[&str] = &[
    "worker",
    "workers",
    "celery",
    "sidekiq",
    "consumer",
    "consumers",
    "processor",
    "scheduler",
    "cron",
    "beat",
    "queue",
    "resque",
    "subscriber",
    "listener",
];
const JOB_WORDS: &[&str] = &[
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "init",
    "setup",
    "seed",
    "seeder",
    "bootstrap",
    "createbuckets",
];
const FRONTEND_WORDS: &[&str] = &["frontend", "ui", "spa", "webui", "webapp", "storefront"];
const GATEWAY_WORDS: &[&str] = &["gateway", "proxy", "ingress", "loadbalancer", "lb"];

/// A service of unknown kind that others call answers requests.
pub(crate) fn guess_callees(graph: &mut Graph) {
    for edge in graph.edges.iter().filter(|it| it.kind == EdgeKind::Calls) {
        let callee = graph.services.iter_mut().find(|it| it.node.id == edge.to);
        if let Some(callee) = callee.filter(|it| it.kind.is_unknown()) {
            callee.kind = Known::Is(
                ServiceKind::Api,
                Origin { span: edge.node.origin.span, ..Origin::assumed() },
            );
        }
    }
}

/// By name, command and ports.
pub(crate) fn guess(
    name: &str,
    command: &[&str],
    has_ports: bool,
    runs_once: bool,
    at: Span,
) -> Known<ServiceKind> {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['-', '_', '.', '/']).collect();
    let named = |words: &[&str]| parts.iter().any(|it| words.contains(it));
    let commanded = |words: &[&str]| {
        command.iter().any(|it| {
            let it = it.rsplit(['/', ':', '.']).next().unwrap_or("");
            words.contains(&it)
        })
    };
    let found = if runs_once && !has_ports && (named(JOB_WORDS) || commanded(JOB_WORDS)) {
        Some(ServiceKind::Job)
    } else if named(WORKER_WORDS) || (!has_ports && commanded(WORKER_WORDS)) {
        Some(ServiceKind::Worker)
    } else if named(GATEWAY_WORDS) {
        Some(ServiceKind::Gateway)
    } else if named(FRONTEND_WORDS) {
        Some(ServiceKind::Frontend)
    } else {
        has_ports.then_some(ServiceKind::Api)
    };
    let origin = Origin { span: Some(at), ..Origin::assumed() };
    found.map_or(Known::Unknown, |it| Known::Is(it, origin))
}
