//! Systems of somebody else, and every place that calls them.

use std::collections::BTreeSet;

use architrave_model::{
    Backoff, Integration, IntegrationAuth, IntegrationId, IntegrationOperation, Retry, RunTarget,
    Saga, Schedule, Setting, System, Undo,
    graph::{AuthScheme, Edge, EdgeKind, External, Graph, Known, Node, Origin, RetryPolicy},
};
use architrave_plan::Plan;

use super::{operations, personal};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    for (integration, id) in system.integrations.iter().zip((0..).map(IntegrationId)) {
        let name = name_of(system, integration);
        graph.externals.push(External {
            node: Node::declared("external", name, integration.span),
            availability_ppm: Known::declared(integration.availability_ppm, integration.span),
            latency: Known::declared(
                (!integration.latency.is_empty()).then(|| integration.latency.clone()),
                integration.span,
            ),
            ..External::default()
        });
        for (position, operation) in integration.operations.iter().enumerate() {
            let target = RunTarget::Operation(id, position);
            let callers = callers(system, target);
            for caller in callers.iter().map(Some).chain(callers.is_empty().then_some(None)) {
                let edge = edge(system, integration, operation, caller);
                graph.edges.push(Edge {
                    moves_money: Known::Is(operations::pays(system, target), edge.node.origin),
                    ..edge
                });
            }
        }
    }
}

fn edge(
    system: &System,
    integration: &Integration,
    operation: &IntegrationOperation,
    caller: Option<&String>,
) -> Edge {
    let to = name_of(system, integration);
    let module = format!("module:{}", system[integration.context].name.text);
    let from = caller.unwrap_or(&module);
    let span = integration.span;
    let method = operation.request.as_ref().map_or("", |it| it.method);
    // RFC 9110, 9.2.2: done twice they do what they do done once.
    let is_idempotent_method = matches!(method, "GET" | "PUT" | "DELETE");
    let (address, is_encrypted) = address(integration);
    let mut sent = BTreeSet::new();
    personal::in_fields(system, &operation.input, &mut sent);
    Edge {
        node: Node {
            id: format!("edge:{from}->{to}.{}", operation.name.text),
            name: format!("{to}.{}", operation.name.text),
            origin: Origin::declared(operation.span),
        },
        from: from.clone(),
        to: format!("external:{to}"),
        kind: EdgeKind::Calls,
        // Steps of sagas wait for the answer, but nobody waits for them.
        is_synchronous: Known::Is(true, Origin::built_in()),
        is_remote: Known::Is(true, Origin::built_in()),
        is_hard: Known::Is(true, Origin::built_in()),
        timeout_us: Known::declared(integration.timeout_us, span),
        retry: Known::declared(integration.retry.as_ref().map(policy), span),
        has_breaker: Known::declared(integration.circuit_breaker.map(|_| true), span),
        concurrency_max: Known::declared(integration.bulkhead.map(|it| it.0), span),
        is_idempotent: Known::Is(
            is_idempotent_method || operation.idempotency_key.is_some(),
            Origin::declared(operation.span),
        ),
        auth: Known::declared(integration.auth.as_ref().map(scheme), span),
        address_is_user_data: Known::Is(false, Origin::built_in()),
        propagates_trace: Known::Is(true, Origin::built_in()),
        address,
        is_encrypted,
        personal_data: personal::known(sent, Origin::declared(operation.span)),
        ..Edge::default()
    }
}

/// The address where it is written out, and whether it says `https`.
fn address(integration: &Integration) -> (Known<String>, Known<bool>) {
    let origin = Origin::declared(integration.span);
    match &integration.base_url {
        Some(Setting::Text(url)) => {
            (Known::Is(url.clone(), origin), Known::Is(url.starts_with("https://"), origin))
        }
        _ => (Known::Absent(origin), Known::Unknown),
    }
}

fn name_of(system: &System, integration: &Integration) -> String {
    format!("{}.{}", system[integration.context].name.text, integration.name.text)
}

pub(super) fn policy(retry: &Retry) -> RetryPolicy {
    RetryPolicy {
        attempts_max: Some(retry.attempts_max),
        is_exponential: retry.backoff == Backoff::Exponential,
        // Every wait of ours is spread at random; nobody has to ask for it.
        has_jitter: true,
        first_us: retry.first_us,
        max_us: retry.max_us,
    }
}

fn scheme(auth: &IntegrationAuth) -> AuthScheme {
    match auth {
        IntegrationAuth::Bearer(_) => AuthScheme::Bearer,
        IntegrationAuth::Basic(..) => AuthScheme::Basic,
        IntegrationAuth::Header(..) => AuthScheme::ApiKeyHeader,
    }
}

/// Ids of the steps (going forward, undoing or asking) and schedules that run an operation of an integration.
fn callers(system: &System, target: RunTarget) -> Vec<String> {
    let steps = system.sagas.iter().flat_map(|saga| {
        let all = saga.steps.iter().chain(&saga.on_failure);
        let runs = all.filter(move |it| {
            it.run == target || it.undo == Undo::Compensate(target) || it.probe == Some(target)
        });
        runs.map(move |step| format!("step:{}.{}", saga_name(system, saga), step.name.text))
    });
    let schedules = system.schedules.iter().filter(|it| it.run == target);
    steps.chain(schedules.map(|it| schedule_id(system, it))).collect()
}

fn saga_name(system: &System, saga: &Saga) -> String {
    format!("{}.{}", system[saga.context].name.text, saga.name.text)
}

fn schedule_id(system: &System, schedule: &Schedule) -> String {
    format!("schedule:{}.{}", system[schedule.context].name.text, schedule.name.text)
}
