//! What a run came to, as lines for a terminal and as JSON.

use architrave_drive::load::{
    Report, StepRun,
    verdict::{Goal, Judgement, Verdict, percentile},
    whole_percent,
};
use architrave_model::words;
use serde_json::{Value, json};

/// As lines; the verdicts up to this factor decide.
#[must_use]
pub fn text(report: &Report, factor_max: u32) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(workload(report));
    for step in &report.steps {
        lines.push(String::new());
        lines.extend(self::step(report, step));
    }
    lines.push(String::new());
    lines.extend(report.bottleneck().map(|it| format!("first bottleneck: {it}")));
    lines.extend(report.ended_early.iter().map(|it| format!("ended early: {}", it.why)));
    lines.extend(report.noise.iter().map(|it| format!("not quiet: {it}")));
    lines.push(String::new());
    lines.extend(report.verdicts.iter().map(verdict));
    let judgement = report.judgement(factor_max);
    lines.push(match judgement {
        Judgement::Kept => format!("objectives kept up to {factor_max}× the peak"),
        Judgement::Missed => format!("an objective is missed at up to {factor_max}× the peak"),
        Judgement::CannotTell => {
            format!("cannot tell whether the objectives hold at up to {factor_max}× the peak")
        }
    });
    lines
}

fn workload(report: &Report) -> Vec<String> {
    let left_out = report.left_out.iter().map(|(name, why)| format!("not driven: {name}: {why}"));
    let assumed = report.assumptions.iter().map(|it| format!("assumed: {it}"));
    assumed.chain(left_out).collect()
}

fn step(report: &Report, step: &StepRun) -> Vec<String> {
    let tally = &step.run.tally;
    let time = |ns: u64| format!("{:>8}", milliseconds(ns));
    let mut lines = vec![format!(
        "{}× the peak: {} offered, {} answered, {} failed",
        step.factor,
        words::rate(step.offered_milli_per_s),
        words::rate(step.achieved_milli_per_s() / 1_000 * 1_000),
        words::grouped(tally.failures()),
    )];
    lines.push(format!(
        "  {:34} {:>9} {:>7} {:>8} {:>8} {:>8} {:>8}",
        "latency from the planned start, ms", "requests", "failed", "refused", "p50", "p95", "p99"
    ));
    for (class, counted) in report.classes.iter().zip(&tally.classes).filter(|it| it.1.requests > 0)
    {
        lines.push(format!(
            "  {:34} {:>9} {:>7} {:>8} {} {} {}",
            class.name,
            words::grouped(counted.requests),
            words::grouped(counted.failures()),
            words::grouped(counted.refusals()),
            time(counted.latency.at_ppm(500_000)),
            time(counted.latency.at_ppm(950_000)),
            time(counted.latency.at_ppm(990_000)),
        ));
    }
    let busy = step.used.generator_ppm.map(|it| format!(", {} of a core", whole_percent(it)));
    lines.push(format!(
        "  the generator was late by p50 {} ms, p99 {} ms, at most {} ms{}",
        milliseconds(tally.lag.at_ppm(500_000)),
        milliseconds(tally.lag.at_ppm(990_000)),
        milliseconds(tally.lag.at_ppm(1_000_000)),
        busy.unwrap_or_default(),
    ));
    lines
}

fn milliseconds(ns: u64) -> String {
    let us = ns / 1_000;
    format!("{}.{:03}", words::grouped(us / 1_000), us % 1_000)
}

fn verdict(it: &Verdict) -> String {
    let (judgement, factor) = (it.judgement.name(), it.factor);
    format!("{judgement:11}  {} · {} at {factor}×: {}", it.slo, it.operation, it.because)
}

/// As JSON: the file of measurements, and what follows from it.
#[must_use]
pub fn json(report: &Report, factor_max: u32) -> Value {
    let verdicts = report.verdicts.iter().map(|it| {
        let (kind, promised) = match it.goal {
            Goal::Latency { ppm, at_most_us } => {
                (percentile(ppm), json!({ "at_most_us": at_most_us }))
            }
            Goal::Availability { at_least_ppm } => {
                ("availability".to_owned(), json!({ "at_least_ppm": at_least_ppm }))
            }
        };
        json!({
            "slo": it.slo,
            "operation": it.operation,
            "factor": it.factor,
            "kind": kind,
            "promised": promised,
            "measured": it.measured,
            "requests": it.requests,
            "judgement": it.judgement.name(),
            "because": it.because,
        })
    });
    let used = report.steps.iter().map(|it| {
        json!({
            "factor": it.factor,
            "processors_ppm": it.used.processors_ppm,
            "writer_ppm": it.used.writer_ppm,
            "generator_ppm": it.used.generator_ppm,
        })
    });
    let left_out =
        report.left_out.iter().map(|(name, why)| json!({ "operation": name, "why": why }));
    json!({
        "judgement": report.judgement(factor_max).name(),
        "decided_up_to_factor": factor_max,
        "verdicts": verdicts.collect::<Vec<_>>(),
        "bottleneck": report.bottleneck(),
        "used": used.collect::<Vec<_>>(),
        "ended_early": report.ended_early.as_ref().map(|it| it.why.as_str()),
        "noise": report.noise,
        "assumptions": report.assumptions,
        "left_out": left_out.collect::<Vec<_>>(),
        "measurements": serde_json::to_value(&report.measurements).unwrap_or_default(),
    })
}
