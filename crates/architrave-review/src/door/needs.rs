//! What the system must withstand.

use architrave_model::{
    IntegrationId, Name, RunTarget, Slo, System,
    graph::{Graph, Known, Needs, Node, Objective, Origin},
};
use architrave_plan::Plan;

use super::names;

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    graph.needs = Needs {
        regions: Known::declared(some(&system.regions), system.name.span),
        objectives: system.slos.iter().map(|it| objective(plan, it)).collect(),
        ..Needs::default()
    };
    workload(system, &mut graph.needs);
    means(system, &mut graph.needs);
}

fn workload(system: &System, needs: &mut Needs) {
    let said = system.workload.clone().unwrap_or_default();
    let span = system.workload.as_ref().map_or(system.name.span, |it| it.span);
    needs.tenants = Known::declared(said.tenants, span);
    needs.users = Known::declared(said.users, span);
    needs.peak_milli_per_s = Known::declared(said.peak_milli_per_s, span);
    needs.read_share_ppm = Known::declared(said.read_share_ppm, span);
    needs.growth_ppm_per_month = Known::declared(said.growth_ppm_per_month, span);
    needs.horizon_us = Known::declared(said.horizon_us, span);
    needs.spike = Known::declared(said.spike, span);
    needs.peak_to_mean = Known::declared(said.peak_to_mean, span);
    needs.busy_ppm = Known::declared(said.busy_ppm, span);
    needs.largest_tenant_ppm = Known::declared(said.largest_tenant_ppm, span);
    needs.isolation = Known::declared(said.isolation.map(|it| it.text), span);
    needs.staleness_us = Known::declared(said.staleness_us, span);
}

fn means(system: &System, needs: &mut Needs) {
    let place = system.name.span;
    let said = system.recovery.clone().unwrap_or_default();
    let span = system.recovery.as_ref().map_or(place, |it| it.span);
    needs.rpo_us = Known::declared(said.rpo_us, span);
    needs.rto_us = Known::declared(said.rto_us, span);
    needs.backup_every_us = Known::declared(said.backup_every_us, span);
    let said = system.compliance.clone().unwrap_or_default();
    let span = system.compliance.as_ref().map_or(place, |it| it.span);
    needs.regimes = Known::declared(some(&texts(&said.regimes)), span);
    needs.residency = Known::declared(some(&texts(&said.residency)), span);
    needs.history = Known::declared(said.history.map(|it| it.text), span);
    needs.audit_retention_us = Known::declared(said.audit_retention_us, span);
    let said = system.constraints.clone().unwrap_or_default();
    let span = system.constraints.as_ref().map_or(place, |it| it.span);
    needs.team = Known::declared(said.team, span);
    needs.release_teams = Known::declared(said.release_teams, span);
    needs.domain = Known::declared(said.domain.map(|it| it.text), span);
    needs.first_release_us = Known::declared(said.first_release_us, span);
    needs.uses = Known::declared(some(&texts(&said.uses)), span);
    needs.avoids = Known::declared(some(&texts(&said.avoids)), span);
    needs.on_call = Known::declared(said.on_call.map(|it| it.text), span);
    needs.budget_per_month = Known::declared(said.budget_per_month, span);
}

fn objective(plan: &Plan, slo: &Slo) -> Objective {
    Objective {
        node: Node::declared("slo", slo.name.text.clone(), slo.span),
        covers: slo.covers.iter().flat_map(|it| covered(plan, &it.text)).collect(),
        availability_ppm: Known::declared(slo.availability_ppm, slo.span),
        latency: slo.latency.clone(),
        window_us: Known::declared(slo.window_us, slo.span),
        // The alerts of an objective are written from it; they cannot be forgotten.
        has_alert: Known::Is(true, Origin::built_in()),
    }
}

/// The operations that an objective means: `catalog.Product.read` is both the list and the single row, `catalog.Product`
/// is everything about products, `payments.gateway.charge` is a call of somebody else's system.
fn covered(plan: &Plan, path: &str) -> Vec<String> {
    let parts: &[&str] = match path.rsplit_once('.').map(|it| it.1) {
        Some("read") => &["read", "list"],
        Some("write") => &["create", "update", "delete"],
        _ => &[],
    };
    let owner = path.rsplit_once('.').map_or("", |it| it.0);
    let is_meant = |name: &str| {
        let (of, what) = name.rsplit_once('.').unwrap_or(("", name));
        name == path || of == path || (of == owner && parts.contains(&what))
    };
    let names = plan.operations.iter().map(|it| it.name.as_str());
    let own = names.filter(|it| is_meant(it)).map(|it| format!("operation:{it}"));
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
