//! What must hold before anything else: the operations under an objective, and what each sets in motion.

use architrave_model::{EventId, Slo, System, words};
use architrave_plan::{Operation, OperationKind, Plan};

use crate::{
    Material, audience,
    names::method,
    page::{Page, code, escape, link},
};

/// A section for the operations under an objective; nothing where there is no objective.
pub(super) fn section(page: &mut Page, material: &Material<'_>, from: &str) {
    let plan = material.plan;
    let items: Vec<String> = plan.system.slos.iter().flat_map(|it| objective(plan, it)).collect();
    if items.is_empty() {
        return;
    }
    page.heading(2, "What must hold first");
    page.list(items);
    page.paragraph(&format!(
        "How it is watched: {}.",
        link("objectives and alerts", from, "quality/slos.md")
    ));
}

fn objective(plan: &Plan, slo: &Slo) -> Vec<String> {
    let mut promises: Vec<String> = Vec::new();
    promises.extend(slo.availability_ppm.map(|it| words::percent(u64::from(it))));
    promises.extend(slo.latency.iter().map(|(percentile, us)| {
        format!("{} within {}", words::percent(u64::from(*percentile)), words::time(*us))
    }));
    let covered = slo.covers.iter().map(|name| {
        let operations = plan.operations.iter().filter(|it| is_covered(it, &name.text));
        let told: Vec<String> = operations.map(|it| operation(plan, it)).collect();
        let told = if told.is_empty() { code(&name.text) } else { told.join("; ") };
        format!("**{}** ({}): {told}.", escape(&slo.name.text), promises.join(", "))
    });
    covered.collect()
}

/// `catalog.Product.read` covers the list as well as the row.
fn is_covered(operation: &Operation, name: &str) -> bool {
    let of_list = || {
        let entity = name.strip_suffix(".read")?;
        Some(operation.name == format!("{entity}.list"))
    };
    operation.name == name || of_list().unwrap_or(false)
}

fn operation(plan: &Plan, operation: &Operation) -> String {
    let system = &plan.system;
    let mut told = vec![code(&format!("{} {}", method(operation.method), operation.path))];
    if let OperationKind::Command(id) = operation.kind {
        let command = &system[id];
        told.extend(
            audience::transition_in_words(plan, operation)
                .map(|it| it.trim_end_matches('.').replacen("Moves", "moves", 1)),
        );
        let guards: Vec<&str> = command.guards.iter().map(|it| it.code.text.as_str()).collect();
        if !guards.is_empty() {
            told.push(format!("refused with {}", words::list(&guards)));
        }
        if let Some((event, _)) = command.emit {
            told.push(follows(system, event));
        }
    }
    told.join(", ")
}

/// What an event sets in motion.
fn follows(system: &System, event: EventId) -> String {
    let sagas = system.sagas.iter().filter(|it| it.on == event).map(|it| &it.name.text);
    let projections =
        system.projections.iter().filter(|it| it.from.contains(&event)).map(|it| &it.name.text);
    let webhooks =
        system.webhooks.iter().filter(|it| it.events.contains(&event)).map(|it| &it.name.text);
    let told = system.notifications.iter().filter(|it| it.on == event).map(|it| &it.name.text);
    let all: Vec<&String> = sagas.chain(projections).chain(webhooks).chain(told).collect();
    let name = code(&system[event].name.text);
    if all.is_empty() {
        return format!("tells {name}");
    }
    format!("tells {name}, which sets {} in motion afterwards", words::list(&all))
}
