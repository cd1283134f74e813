//! What the system must withstand.

use architrave_model::{
    IntegrationId, Name, RunTarget, Slo, Span, System,
    graph::{Audience, Graph, Known, Needs, Node, Objective, Operation, Origin},
};
use architrave_plan::Plan;

use super::names;

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    graph.needs = Needs {
        objectives: system.slos.iter().map(|it| objective(plan, it)).collect(),
        ..needs(system, Silence::IsAbsence)
    };
}

/// Adds what a blueprint without contexts says of the needs of a system that was read from its files: team, load,
/// promises, law, regions. What it does not say stays unknown, as everything else of such a system.
pub fn needs_from(system: &System, graph: &mut Graph) {
    let mut objectives = std::mem::take(&mut graph.needs.objectives);
    let everything: Vec<String> = everything(graph);
    objectives.extend(
        system
            .slos
            .iter()
            .map(|it| Objective { covers: everything.clone(), ..promised(it, Known::Unknown) }),
    );
    graph.needs = Needs { objectives, ..needs(system, Silence::IsIgnorance) };
}

/// What an objective without names is about: whatever others may ask of the system, and what runs.
fn everything(graph: &Graph) -> Vec<String> {
    let is_inside =
        |it: &&Operation| matches!(it.audience.value(), Some(Audience::System | Audience::Nobody));
    let operations = graph.operations.iter().filter(|it| !is_inside(it)).map(|it| &it.node);
    operations.chain(graph.services.iter().map(|it| &it.node)).map(|it| it.id.clone()).collect()
}

/// What it means that nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// The author of the whole would have said it.
    IsAbsence,
    /// Nobody has looked at it.
    IsIgnorance,
}

impl Silence {
    fn or<T>(self, value: Option<T>, span: Span) -> Known<T> {
        match (self, value) {
            (Self::IsIgnorance, None) => Known::Unknown,
            (_, value) => Known::declared(value, span),
        }
    }
}

fn needs(system: &System, silence: Silence) -> Needs {
    let mut needs =
        Needs { regions: silence.or(some(&system.regions), system.name.span), ..Needs::default() };
    workload(system, silence, &mut needs);
    means(system, silence, &mut needs);
    needs
}

fn workload(system: &System, silence: Silence, needs: &mut Needs) {
    let said = system.workload.clone().unwrap_or_default();
    let span = system.workload.as_ref().map_or(system.name.span, |it| it.span);
    needs.tenants = silence.or(said.tenants, span);
    needs.users = silence.or(said.users, span);
    needs.users_from = silence.or(some(&texts(&said.from)), span);
    needs.peak_milli_per_s = silence.or(said.peak_milli_per_s, span);
    needs.read_share_ppm = silence.or(said.read_share_ppm, span);
    needs.growth_ppm_per_month = silence.or(said.growth_ppm_per_month, span);
    needs.horizon_us = silence.or(said.horizon_us, span);
    needs.spike = silence.or(said.spike, span);
    needs.peak_to_mean = silence.or(said.peak_to_mean, span);
    needs.busy_ppm = silence.or(said.busy_ppm, span);
    needs.largest_tenant_ppm = silence.or(said.largest_tenant_ppm, span);
    needs.isolation = silence.or(said.isolation.map(|it| it.text), span);
    needs.staleness_us = silence.or(said.staleness_us, span);
    needs.client_kinds = silence.or(said.client_kinds, span);
}

fn means(system: &System, silence: Silence, needs: &mut Needs) {
    let place = system.name.span;
    let said = system.recovery.clone().unwrap_or_default();
    let span = system.recovery.as_ref().map_or(place, |it| it.span);
    needs.rpo_us = silence.or(said.rpo_us, span);
    needs.rto_us = silence.or(said.rto_us, span);
    needs.backup_every_us = silence.or(said.backup_every_us, span);
    let said = system.compliance.clone().unwrap_or_default();
    let span = system.compliance.as_ref().map_or(place, |it| it.span);
    needs.regimes = silence.or(some(&texts(&said.regimes)), span);
    needs.residency = silence.or(some(&texts(&said.residency)), span);
    needs.history = silence.or(said.history.map(|it| it.text), span);
    needs.audit_retention_us = silence.or(said.audit_retention_us, span);
    let said = system.constraints.clone().unwrap_or_default();
    let span = system.constraints.as_ref().map_or(place, |it| it.span);
    needs.team = silence.or(said.team, span);
    needs.release_teams = silence.or(said.release_teams, span);
    needs.domain = silence.or(said.domain.map(|it| it.text), span);
    needs.first_release_us = silence.or(said.first_release_us, span);
    needs.uses = silence.or(some(&texts(&said.uses)), span);
    needs.avoids = silence.or(some(&texts(&said.avoids)), span);
    needs.on_call = silence.or(said.on_call.map(|it| it.text), span);
    needs.budget_per_month = silence.or(said.budget_per_month, span);
}

fn objective(plan: &Plan, slo: &Slo) -> Objective {
    // The alerts of an objective are written from it; they cannot be forgotten.
    let has_alert = Known::Is(true, Origin::built_in());
    let covers = slo.covers.iter().flat_map(|it| covered(plan, &it.text)).collect();
    Objective { covers, ..promised(slo, has_alert) }
}

fn promised(slo: &Slo, has_alert: Known<bool>) -> Objective {
    Objective {
        node: Node::declared("slo", slo.name.text.clone(), slo.span),
        covers: Vec::new(),
        availability_ppm: Known::declared(slo.availability_ppm, slo.span),
        latency: slo.latency.clone(),
        window_us: Known::declared(slo.window_us, slo.span),
        has_alert,
    }
}

/// The operations that an objective means, or a call of somebody else's system (`payments.gateway.charge`).
fn covered(plan: &Plan, path: &str) -> Vec<String> {
    let own = architrave_plan::covered(plan, path);
    let own = own.iter().map(|it| format!("operation:{}", it.name));
    let system = &plan.system;
    let calls = (0..).map(IntegrationId).zip(&system.integrations).flat_map(|(id, it)| {
        (0..it.operations.len()).map(move |at| names::target(system, RunTarget::Operation(id, at)))
    });
    own.chain(calls.filter(|it| it.strip_prefix("external:") == Some(path))).collect()
}

fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|it| it.text.clone()).collect()
}

fn some(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}
