//! The page of a run: verdicts, plots and tables in one file that opens offline, on a phone and in the dark.

mod html;
mod plot;
mod plots;

use architrave_model::{Slo, words};

use super::{
    report::{Report, StepRun, whole_percent},
    verdict::{Goal, Judgement, Verdict, percentile},
};
use crate::DriveError;
use html::{escape, list, table};

const STYLE: &str = include_str!("style.css");

/// Writes the page; the verdicts up to this factor decide.
///
/// # Errors
/// Where there is no memory for its figures.
pub fn page(report: &Report, slos: &[Slo], factor_max: u32) -> Result<String, DriveError> {
    let system = escape(&report.measurements.system);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Load run: {system}</title><style>{STYLE}</style></head><body><main>\n"
    );
    out.push_str(&head(report, factor_max));
    out.push_str("<h2>Objectives</h2>\n");
    out.push_str(&objectives(&report.verdicts));
    out.push_str(&drawn(report, slos)?);
    for step in &report.steps {
        out.push_str(&one_step(report, step));
    }
    out.push_str(&demands(report));
    out.push_str(&basis(report));
    out.push_str("</main></body></html>\n");
    Ok(out)
}

fn head(report: &Report, factor_max: u32) -> String {
    let run = &report.measurements;
    let judgement = report.judgement(factor_max);
    let headline = match judgement {
        _ if report.verdicts.is_empty() => "The blueprint declares no objective".to_owned(),
        Judgement::Kept => format!("Every objective holds up to {factor_max}× the peak"),
        Judgement::Missed => format!("An objective is missed at up to {factor_max}× the peak"),
        Judgement::CannotTell => {
            format!(
                "Nobody can tell from this run whether the objectives hold at up to {factor_max}× the peak"
            )
        }
    };
    let mut out = format!(
        "<h1>Load run: {}</h1><p class=\"quiet\">{} · {} · plan {} · {}</p>\n\
         <div class=\"verdict {}\"><strong>{}</strong>",
        escape(&run.system),
        escape(&run.taken_at),
        escape(&run.program),
        escape(&run.plan_hash),
        escape(&run.store),
        class_of(judgement),
        escape(&headline),
    );
    if let Some(bottleneck) = report.bottleneck() {
        out.push_str(&format!("First bottleneck: {}.", escape(&bottleneck)));
    }
    if let Some(ended) = &report.ended_early {
        out.push_str(&format!(
            "<p>The run ended early: {}. This page has what was measured until then; no objective is judged.</p>",
            escape(&ended.why)
        ));
    }
    if !report.noise.is_empty() {
        out.push_str("<p>The machine was not quiet, so no objective is judged:</p>");
        out.push_str(&list(report.noise.iter().map(String::as_str)));
    }
    out.push_str("</div>\n");
    out
}

fn class_of(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Kept => "kept",
        Judgement::Missed => "missed",
        Judgement::CannotTell => "cannot",
    }
}

fn objectives(verdicts: &[Verdict]) -> String {
    let time = |us: u64| words::time(i64::try_from(us).unwrap_or(i64::MAX));
    let rows = verdicts.iter().map(|it| {
        let (promise, measured) = match it.goal {
            Goal::Latency { ppm, at_most_us } => {
                (format!("{} ≤ {}", percentile(ppm), time(at_most_us)), it.measured.map(time))
            }
            Goal::Availability { at_least_ppm } => (
                format!("≥ {} answered", words::percent(u64::from(at_least_ppm))),
                it.measured.map(words::percent),
            ),
        };
        let class = class_of(it.judgement);
        vec![
            format!("<b class=\"{class}\">{}</b>", it.judgement.name()),
            format!("{}×", it.factor),
            escape(&it.slo),
            escape(&it.operation),
            escape(&promise),
            escape(&measured.unwrap_or_else(|| "nothing".to_owned())),
            escape(&it.because),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return "<p>An <code>slo</code> in the blueprint would be judged here.</p>\n".to_owned();
    }
    table(&["Verdict", "Load", "Objective", "Operation", "Promise", "Measured", "Because"], &rows)
}

fn drawn(report: &Report, slos: &[Slo]) -> Result<String, DriveError> {
    let mut plots = plots::by_load(report, slos);
    plots.push(plots::throughput(report));
    plots.extend(plots::curve(report));
    plots.push(plots::latency(report)?);
    plots.extend(report.steps.iter().map(plots::over_time));
    plots.push(plots::lag(report));
    let drawn: String = plots.iter().map(plot::Plot::draw).collect();
    Ok(format!(
        "<h2>Curves</h2>\n<p>Latency counts from when a request was to be sent to the end of its answer: \
         requests that had to wait because the server was busy are not flattered.</p>\n<div class=\"plots\">\n{drawn}</div>\n"
    ))
}

fn one_step(report: &Report, step: &StepRun) -> String {
    let tally = &step.run.tally;
    let classes = report.classes.iter().zip(&tally.classes).filter(|it| it.1.requests > 0);
    let milliseconds = |ns: u64| format!("{:.2}", ns as f64 / 1e6);
    let rows = classes.map(|(class, it)| {
        let mut row = vec![
            escape(&class.name),
            words::grouped(it.requests),
            words::grouped(it.failures()),
            words::grouped(it.refusals()),
        ];
        let latency = [500_000, 950_000, 990_000, 999_000, 1_000_000];
        row.extend(latency.into_iter().map(|ppm| milliseconds(it.latency.at_ppm(ppm))));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let head = [
        "Operation",
        "Requests",
        "Failed",
        "Refused",
        "p50, ms",
        "p95, ms",
        "p99, ms",
        "p99.9, ms",
        "slowest, ms",
    ];
    let used = [
        ("the server's processors were busy for", step.used.processors_ppm),
        ("its one writer for", step.used.writer_ppm),
        ("the generator's processor for", step.used.generator_ppm),
    ];
    let used =
        used.into_iter().filter_map(|(what, ppm)| Some(format!("{what} {}", whole_percent(ppm?))));
    let used = used.collect::<Vec<_>>().join(", ");
    let used =
        if used.is_empty() { String::new() } else { format!(" In that time {}.", escape(&used)) };
    format!(
        "<h2>{}× the peak: {} offered, {} answered</h2>\n<p>The generator sent half of the requests within {} ms of \
         their planned start, 99 % within {} ms.{used} Refused are requests that the server answered by design \
         with 4xx; failed are 5xx, 429, and what was not answered.</p>\n{}",
        step.factor,
        words::rate(step.offered_milli_per_s),
        words::rate(step.achieved_milli_per_s() / 1_000 * 1_000),
        milliseconds(tally.lag.at_ppm(500_000)),
        milliseconds(tally.lag.at_ppm(990_000)),
        table(&head, &rows)
    )
}

fn demands(report: &Report) -> String {
    let microseconds = |ns: u64| format!("{:.1}", ns as f64 / 1e3);
    let rows = report.measurements.classes.iter().map(|it| {
        vec![
            escape(&it.name),
            words::grouped(it.requests),
            microseconds(it.processor_ns),
            if it.is_write { microseconds(it.writer_ns) } else { String::new() },
            whole_percent(it.spread_ppm),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = ["Operation", "Requests", "Processor, µs", "Writer, µs", "Two blocks differ by"];
    format!(
        "<h2>What a request takes</h2>\n<p>Each operation alone, by 16 clients, twice: time of the server's processors \
         and of its one writer per request. <code>architrave capacity --measurements FILE</code> works with these.</p>\n{}",
        table(&head, &rows)
    )
}

fn basis(report: &Report) -> String {
    let machine = &report.measurements.machine;
    let noise = &report.measurements.noise;
    let rate = |milli: u64| words::rate(milli / 1_000 * 1_000);
    let mut facts = vec![
        format!(
            "{}, {} for the server, {} of memory, {}",
            machine.processor,
            if machine.processors == 1 {
                "1 processor".to_owned()
            } else {
                format!("{} processors", machine.processors)
            },
            words::bytes(machine.memory_bytes),
            machine.system
        ),
        format!(
            "the same reads got {} at the beginning and {} at the end; a loop that touches nothing else varied by {}",
            rate(noise.first_milli_per_s),
            rate(noise.last_milli_per_s),
            words::percent(noise.loop_spread_ppm / 1_000 * 1_000)
        ),
    ];
    facts.extend(report.assumptions.iter().map(|it| format!("assumed: {it}")));
    let left_out = report.left_out.iter().map(|(name, why)| format!("{name}: {why}"));
    let left_out: Vec<String> = left_out.collect();
    let mut out = String::from("<h2>What this rests on</h2>\n");
    out.push_str(&list(facts.iter().map(String::as_str)));
    if !left_out.is_empty() {
        out.push_str("<details><summary>Operations that were not driven</summary>");
        out.push_str(&list(left_out.iter().map(String::as_str)));
        out.push_str("</details>\n");
    }
    out
}
