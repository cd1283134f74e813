//! Tells how much a system bears: as text with a drawn curve for a terminal, and as JSON.

use architrave_model::{
    capacity::{Capacity, Cost, CostKind, LoadPoint, Nodes, Stage},
    graph::Provenance,
    words::{dollars, fine_time, percent, short_percent, short_rate as rate, time, times},
};
use serde_json::{Value, json};

use super::day;
use crate::measure::{capacity::scaled, cost::of_kind};

/// Columns of the drawn curve, and of a number before it.
const WIDTH: usize = 50;

/// As text: doubts first, then what runs out, the loads, the curve and the stages.
#[must_use]
pub fn text(capacity: &Capacity, stages: &[Stage]) -> String {
    let mut out = String::new();
    for doubt in &capacity.doubts {
        line(&mut out, &format!("doubt: {doubt}"));
    }
    line(&mut out, "");
    line(&mut out, &headline(capacity));
    line(&mut out, "");
    loads(&mut out, capacity);
    line(&mut out, "");
    curve(&mut out, capacity);
    line(&mut out, "");
    demands(&mut out, capacity);
    latencies(&mut out, capacity);
    told_stages(&mut out, stages);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

/// What runs out first and how far away that is.
#[must_use]
pub fn headline(capacity: &Capacity) -> String {
    let at_peak = capacity.loads.iter().find(|it| it.factor_permille == 1_000);
    let first = at_peak.and_then(|it| it.uses.first());
    let Some(first) = first else { return String::new() };
    format!(
        "At {} {} is {} busy: first to reach {}, at {} times that load; it cannot keep up from {} times on.",
        rate(capacity.peak_milli_per_s),
        first.title.replace('`', ""),
        short_percent(first.ppm),
        percent(capacity.target_ppm),
        times(capacity.headroom_permille),
        times(capacity.saturation_permille),
    )
}

fn loads(out: &mut String, capacity: &Capacity) {
    let names: Vec<String> = resources(capacity).iter().map(|it| it.1.clone()).collect();
    line(
        out,
        &format!(
            "{:>12}  {:>6}  {:<22}  busy: {}",
            "load",
            "times",
            "nodes of 4 processors",
            names.join(" / ")
        ),
    );
    for load in &capacity.loads {
        let busy: Vec<String> = resources(capacity).iter().map(|(id, _)| busy(load, id)).collect();
        line(
            out,
            &format!(
                "{:>12}  {:>6}  {:<22}  {}   {}",
                rate(load.milli_per_s),
                times(load.factor_permille),
                nodes(load.nodes),
                busy.join(" / "),
                load.title
            ),
        );
    }
}

/// Resources in the order of how busy they are at the peak: id, title.
fn resources(capacity: &Capacity) -> Vec<(String, String)> {
    let first = capacity.loads.first();
    let uses = first.into_iter().flat_map(|it| &it.uses);
    uses.map(|it| (it.resource.clone(), it.title.replace('`', ""))).collect()
}

fn busy(load: &LoadPoint, resource: &str) -> String {
    let found = load.uses.iter().find(|it| it.resource == resource);
    found.map_or_else(String::new, |it| short_percent(it.ppm))
}

/// How many nodes, with the interval that the error of demands allows for.
#[must_use]
pub fn nodes(nodes: Option<Nodes>) -> String {
    nodes.map_or_else(|| "no number is enough".to_owned(), Nodes::told)
}

/// Utilisation of each resource against load, as bars; `|` stands at the target.
fn curve(out: &mut String, capacity: &Capacity) {
    let Some(last) = capacity.loads.iter().map(|it| it.factor_permille).max() else { return };
    let mark = column(capacity.target_ppm);
    for (id, title) in resources(capacity) {
        line(out, &format!("{title}, busy at times the peak (| {})", percent(capacity.target_ppm)));
        let at_peak = capacity.loads.iter().find(|it| it.factor_permille == 1_000);
        let Some(ppm) = at_peak.and_then(|it| it.uses.iter().find(|it| it.resource == id)) else {
            continue;
        };
        for factor in steps(last) {
            let busy = scaled(ppm.ppm, factor, 1_000);
            let filled = column(busy);
            let bar: String = (0..=WIDTH)
                .map(|at| match at {
                    at if at == mark => '|',
                    at if at < filled => '#',
                    _ => ' ',
                })
                .collect();
            let over = if busy > 1_000_000 { ">" } else { "" };
            line(out, &format!("{:>6}  {bar}{over} {}", times(factor), short_percent(busy)));
        }
    }
}

/// Factors at which the curve is drawn, in thousandths.
fn steps(last: u64) -> Vec<u64> {
    const DRAWN: u64 = 6;
    let mut steps = vec![1_000];
    for step in 1..=DRAWN {
        let factor = (last * step / DRAWN / 1_000).max(1) * 1_000;
        if steps.last() != Some(&factor) {
            steps.push(factor);
        }
    }
    steps
}

fn column(ppm: u64) -> usize {
    usize::try_from(ppm.min(1_000_000) * WIDTH as u64 / 1_000_000).unwrap_or(WIDTH)
}

fn demands(out: &mut String, capacity: &Capacity) {
    line(
        out,
        &format!("{:<28} {:>12}  {:>10}  {:>10}", "class", "at the peak", "processor", "writer"),
    );
    for class in &capacity.classes {
        let of = |resource: &str| {
            let found = capacity
                .demands
                .iter()
                .find(|it| it.class == class.name && it.resource == resource);
            found.map_or_else(String::new, |it| {
                let mark = if it.provenance == Provenance::Measured { "" } else { "?" };
                format!("{}{mark}", fine_time(it.nanoseconds))
            })
        };
        let name =
            if class.is_background { format!("{} *", class.name) } else { class.name.clone() };
        line(
            out,
            &format!(
                "{name:<28} {:>12}  {:>10}  {:>10}",
                rate(class.milli_per_s),
                of("processor"),
                of("writer")
            ),
        );
    }
    line(
        out,
        "?: assumed, measured on another system   *: set in motion by commands, on top of the peak",
    );
}

fn latencies(out: &mut String, capacity: &Capacity) {
    if capacity.latencies.is_empty() {
        return;
    }
    line(out, "");
    for it in &capacity.latencies {
        let sign = if it.is_model { "at least " } else { "" };
        line(
            out,
            &format!(
                "{} p{} at {} times the peak: {sign}{} ({})",
                it.operation,
                percent(u64::from(it.percentile_ppm)).trim_end_matches(" %"),
                times(it.factor_permille),
                time(i64::try_from(it.us).unwrap_or(i64::MAX)),
                it.because
            ),
        );
    }
}

fn told_stages(out: &mut String, stages: &[Stage]) {
    for stage in stages {
        line(out, "");
        let until = stage.holds_until_milli_per_s.map_or_else(String::new, |it| {
            format!("; holds until {}, then: {}", rate(it), stage.breaks_first)
        });
        line(out, &format!("{} {}{until}", stage.id, stage.title));
        if let Some(cost) = &stage.cost {
            let (least, most) = infrastructure(cost);
            let nodes = if stage.nodes == 1 {
                "1 node".to_owned()
            } else {
                format!("{} nodes", stage.nodes)
            };
            line(
                out,
                &format!(
                    "   {nodes}, infrastructure {} to {} a month",
                    dollars(least),
                    dollars(most)
                ),
            );
        }
        if let Some(because) = &stage.is_due_because {
            line(out, &format!("   due whatever the load: {because}"));
        }
        if let Some(trigger) = &stage.trigger {
            line(out, &format!("   move on when {}", trigger.title));
            line(out, &format!("   {}", trigger.expression));
        }
        if let Some(expected) = stage.expected_day {
            line(out, &format!("   expected on {}", day::written(expected)));
        }
    }
}

fn infrastructure(cost: &Cost) -> (u64, u64) {
    of_kind(cost, CostKind::Infrastructure)
}

/// As JSON.
#[must_use]
pub fn as_json(capacity: &Capacity, stages: &[Stage]) -> Value {
    json!({
        "peak_milli_per_s": capacity.peak_milli_per_s,
        "target_ppm": capacity.target_ppm,
        "bottleneck": capacity.bottleneck,
        "headroom_permille": capacity.headroom_permille,
        "saturation_permille": capacity.saturation_permille,
        "measured_on": capacity.measured_on,
        "doubts": capacity.doubts,
        "loads": capacity.loads.iter().map(load_json).collect::<Vec<_>>(),
        "classes": capacity.classes.iter().map(|it| json!({
            "name": it.name, "is_write": it.is_write, "is_background": it.is_background,
            "milli_per_s": it.milli_per_s, "because": it.because,
        })).collect::<Vec<_>>(),
        "demands": capacity.demands.iter().map(|it| json!({
            "class": it.class, "resource": it.resource, "nanoseconds": it.nanoseconds,
            "is_measured": it.provenance == Provenance::Measured, "source": it.source,
        })).collect::<Vec<_>>(),
        "curve": capacity.curve.iter().map(|it| json!({
            "clients": it.clients, "measured_milli_per_s": it.measured_milli_per_s,
            "fitted_milli_per_s": it.fitted_milli_per_s,
        })).collect::<Vec<_>>(),
        "fit": capacity.fit.map(|it| json!({
            "lambda_milli_per_s": it.lambda_milli_per_s, "sigma_ppb": it.sigma_ppb,
            "kappa_ppb": it.kappa_ppb, "residual_ppm_max": it.residual_ppm_max,
            "clients_measured_max": it.clients_measured_max,
        })),
        "latencies": capacity.latencies.iter().map(|it| json!({
            "operation": it.operation, "factor_permille": it.factor_permille,
            "percentile_ppm": it.percentile_ppm, "us": it.us, "is_model": it.is_model,
        })).collect::<Vec<_>>(),
        "stages": stages_as_json(stages),
    })
}

fn load_json(load: &LoadPoint) -> Value {
    json!({
        "title": load.title,
        "factor_permille": load.factor_permille,
        "milli_per_s": load.milli_per_s,
        "uses": load.uses.iter().map(|it| json!({
            "resource": it.resource, "title": it.title, "ppm": it.ppm,
            "grows_with_nodes": it.grows_with_nodes, "because": it.because,
        })).collect::<Vec<_>>(),
        "nodes": load.nodes.map(|it| json!({
            "for_load": it.for_load, "spare": it.spare, "min": it.min, "max": it.max,
        })),
    })
}

/// The stages of growth as JSON.
#[must_use]
pub fn stages_as_json(stages: &[Stage]) -> Vec<Value> {
    stages.iter().map(stage_json).collect()
}

fn stage_json(stage: &Stage) -> Value {
    json!({
        "id": stage.id,
        "title": stage.title,
        "nodes": stage.nodes,
        "holds_until_milli_per_s": stage.holds_until_milli_per_s,
        "breaks_first": stage.breaks_first,
        "is_due_because": stage.is_due_because,
        "trigger": stage.trigger.as_ref().map(|it| json!({ "title": it.title, "expression": it.expression })),
        "expected_on": stage.expected_day.map(day::written),
        "lead_time_days": stage.lead_time_days,
        "steps": stage.steps,
        "infrastructure_micro_usd": stage.cost.as_ref().map(infrastructure),
        "gives_up": stage.gives_up,
    })
}
