//! Failures of what others run, and of the processes that wait for them.

use architrave_model::{Backoff, Integration, IntegrationId, RunTarget, Saga, System, Undo, words};
use architrave_plan::metric;

use super::super::{
    Runbook,
    site::{promql, shell},
};
use crate::page::{code, escape};

fn qualified(system: &System, integration: &Integration) -> String {
    format!("{}.{}", system[integration.context].name.text, integration.name.text)
}

/// Steps of sagas that call it: (saga, step, what undoes it).
fn steps_of(system: &System, id: IntegrationId) -> Vec<String> {
    let mut items = Vec::new();
    for saga in &system.sagas {
        for step in &saga.steps {
            if matches!(step.run, RunTarget::Operation(it, _) if it == id) {
                let undo = match &step.undo {
                    Undo::Compensate(_) => "; it is undone when a later step fails",
                    Undo::Pivot | Undo::AfterPivot => "; it is repeated until it succeeds",
                    Undo::NoUndo(_) | Undo::ReadOnly => "",
                };
                let (saga, step) = (code(&saga.name.text), code(&step.name.text));
                items.push(format!("saga {saga}: step {step} waits{undo}"));
            }
        }
    }
    items
}

const NOT_YET: &str = "**Integrations, sagas and notifications are checked but not run by this version**: until they are, nothing here calls it, and this page \
    says what will hold by the blueprint.";

pub(super) fn integration_down(
    system: &System,
    id: IntegrationId,
    integration: &Integration,
) -> Runbook {
    let name = qualified(system, integration);
    let slug = format!("{}-down", name.replace(['.', '_'], "-"));
    let mut hits = steps_of(system, id);
    if hits.is_empty() {
        hits.push("no step of a saga".to_owned());
    }
    hits.push("no request of the API waits for it".to_owned());
    let mut do_this = Vec::new();
    if let Some(it) = integration.retry {
        let growth = if it.backoff == Backoff::Exponential { "doubling from" } else { "always" };
        do_this.push(format!(
            "Short: nothing. A call is tried {} times, {growth} {}, at most {} apart.",
            it.attempts_max,
            words::time(it.first_us),
            words::time(it.max_us)
        ));
    }
    if let Some(it) = integration.circuit_breaker {
        do_this.push(format!(
            "Long: when {} of the calls of {} fail, none is made for {}; then one is tried.",
            words::percent(it.failures_ppm.into()),
            words::time(it.window_us),
            words::time(it.open_for_us)
        ));
    }
    do_this.push(format!(
        "Ask its operator, and compare with their status page. {}",
        promise(integration)
    ));
    for saga in system.sagas.iter().filter(|saga| {
        saga.steps.iter().any(|it| matches!(it.run, RunTarget::Operation(of, _) if of == id))
    }) {
        if let Some(us) = saga.deadline_us {
            do_this.push(format!(
                "Longer than {}, the deadline of {}: the steps before are undone. Tell callers before that.",
                words::time(us),
                code(&saga.name.text)
            ));
        }
    }
    Runbook {
        title: format!("{name} is down"),
        means: format!("The system behind {} does not answer. {NOT_YET}", code(&name)),
        hits,
        ask: vec![
            shell("Whether it answers from here:", &format!("curl -sS -m 5 -o /dev/null -w '%{{http_code}} %{{time_total}}s\\n' \"{}\"", address(integration))),
            shell("Whether the name resolves and the certificate holds:", &format!("curl -sSv -m 5 \"{}\" 2>&1 | grep -E 'Trying|expire|SSL' | head", address(integration))),
            promql("Whether it is us: nothing else fails:", format!("sum by (status) (rate({}{{status=~\"5..\"}}[5m]))", metric::REQUESTS.name)),
        ],
        do_this,
        undo: "Calls have idempotency keys where the blueprint gives them, so that repeating them by hand is safe exactly for those.".to_owned(),
        over: "It answers, and what waited has been worked off.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

pub(super) fn integration_slow(
    system: &System,
    id: IntegrationId,
    integration: &Integration,
) -> Runbook {
    let name = qualified(system, integration);
    let slug = format!("{}-slow", name.replace(['.', '_'], "-"));
    let mut hits = steps_of(system, id);
    hits.push("no request of the API waits for it".to_owned());
    let mut do_this = Vec::new();
    if let Some(us) = integration.timeout_us {
        do_this.push(format!("Up to {} an answer is waited for; later ones count as failures, although the other side may have done what it was asked. Where the call has an idempotency key, repeating it is safe.", words::time(us)));
    }
    if let Some((at_once, waiting)) = integration.bulkhead {
        do_this.push(format!("At most {at_once} calls run at once and {waiting} wait; more are refused, so that nothing else here slows down."));
    }
    do_this.push("Do not raise the timeout in a hurry: each waiting call holds a place, and the deadline of the saga does not move with it.".to_owned());
    do_this.push(format!("Ask its operator. {}", promise(integration)));
    Runbook {
        title: format!("{name} is slow"),
        means: format!(
            "The system behind {} answers, but later than usual. {NOT_YET}",
            code(&name)
        ),
        hits,
        ask: vec![
            shell(
                "How long an answer takes, ten times:",
                &format!(
                    "for i in $(seq 10); do curl -sS -m 10 -o /dev/null -w '%{{time_connect}} %{{time_total}}\\n' \"{}\"; done",
                    address(integration)
                ),
            ),
            promql(
                "Whether our own machine is the slow one:",
                format!("rate({}[5m]) / {}", metric::CPU_TIME.name, metric::PROCESSORS.name),
            ),
            promql(
                "Whether our requests are slow too:",
                format!(
                    "histogram_quantile(0.99, sum by (le) (rate({}_bucket[5m])))",
                    metric::DURATION.name
                ),
            ),
        ],
        do_this,
        undo: "Put timeouts back to what the blueprint had.".to_owned(),
        over: "Answers take what they took last week.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

fn promise(integration: &Integration) -> String {
    integration.availability_ppm.map_or_else(
        || "No availability of it is declared.".to_owned(),
        |it| format!("It promises {} (declared).", words::percent(it.into())),
    )
}

/// As a shell finds it.
fn address(integration: &Integration) -> String {
    match &integration.base_url {
        Some(architrave_model::Setting::Text(text)) => text.replace(['"', '$', '`', '\\'], ""),
        Some(architrave_model::Setting::Env(name) | architrave_model::Setting::Secret(name)) => {
            format!("${name}")
        }
        None => "ADDRESS".to_owned(),
    }
}

pub(super) fn saga_stuck(system: &System, saga: &Saga) -> Runbook {
    let name = format!("{}.{}", system[saga.context].name.text, saga.name.text);
    let slug = format!("saga-{}-stuck", saga.name.text.to_lowercase().replace('_', "-"));
    let pivot = saga.steps.iter().position(|it| it.undo == Undo::Pivot);
    let steps = saga.steps.iter().enumerate().map(|(position, step)| {
        let undo = match (&step.undo, pivot) {
            (Undo::Compensate(target), _) => {
                format!("undone by {}", code(&target_name(system, *target)))
            }
            (Undo::Pivot, _) => "the point of no return: from here on only forward".to_owned(),
            (Undo::AfterPivot, _) => "repeated until it succeeds".to_owned(),
            (Undo::NoUndo(reason), _) => format!("not undone: {}", escape(reason)),
            (Undo::ReadOnly, _) => "only read".to_owned(),
        };
        format!(
            "Step {} {}: {} is {undo}",
            position + 1,
            code(&step.name.text),
            code(&target_name(system, step.run))
        )
    });
    let deadline = saga.deadline_us.map_or_else(
        || "It has no deadline: it waits for ever.".to_owned(),
        |it| format!("Its deadline is {}.", words::time(it)),
    );
    let entity =
        system.events.get(saga.on.0 as usize).map(|it| it.name.text.clone()).unwrap_or_default();
    let mut do_this: Vec<String> = steps.collect();
    let is_pivot_first = pivot == Some(0);
    if !is_pivot_first {
        do_this.push("Before the point of no return: let the deadline undo it, or run the undoing commands in reverse order by hand.".to_owned());
    }
    do_this.push(match is_pivot_first {
        true => "Nothing stands before the point of no return: run what is left by hand, and undo nothing.".to_owned(),
        false => "After it: run the next step by hand. Never undo what comes before it.".to_owned(),
    });
    Runbook {
        title: format!("{name} is stuck"),
        means: format!(
            "A run that began with {} has neither ended nor been undone. {deadline} {NOT_YET}",
            code(&entity)
        ),
        hits: saga_hits(system, saga),
        ask: vec![
            shell(
                "Rows that began and did not end, from the journal:",
                &format!(
                    "curl -s -H \"Authorization: Bearer TOKEN\" 'https://HOST/v1/events?limit=100' | jq '.items[] | select(.type | endswith(\"{entity}\")) | [.time, .id]'"
                ),
            ),
            shell(
                "Which of the other systems it waits for:",
                "jq -c 'select(.level != \"info\")' server.log | tail -n 20",
            ),
            promql(
                "Whether its commands are refused here:",
                format!(
                    "sum by (operation, status) (increase({}{{status=~\"4..|5..\"}}[1h]))",
                    metric::REQUESTS.name
                ),
            ),
        ],
        do_this,
        undo: "What a step has undone is done again only by a new run.".to_owned(),
        over: "No row is older than the deadline between the first step and the last.".to_owned(),
        slug,
        ..Runbook::default()
    }
}

fn saga_hits(system: &System, saga: &Saga) -> Vec<String> {
    let names: Vec<String> = saga.steps.iter().map(|it| target_name(system, it.run)).collect();
    let mut items = vec![format!("whoever waits for {}", words::list(&names))];
    if let Some(failure) = &saga.on_failure {
        items.push(format!(
            "when it fails for good, {} runs",
            code(&target_name(system, failure.run))
        ));
    }
    items
}

fn target_name(system: &System, target: RunTarget) -> String {
    match target {
        RunTarget::Command(id) => {
            let command = &system[id];
            format!("{}.{}", system.entity_path(command.entity), command.name.text)
        }
        RunTarget::Operation(id, position) => {
            let integration = &system[id];
            let operation = integration.operations.get(position);
            let operation = operation.map_or("", |it| it.name.text.as_str());
            format!("{}.{operation}", qualified(system, integration))
        }
    }
}
