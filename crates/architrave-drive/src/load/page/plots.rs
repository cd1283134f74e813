//! The plots of a run.

use architrave_model::{Slo, words};

use super::plot::{Axis, Plot, Scale, Series};
use crate::load::{report::Report, report::StepRun, tally::Times, verdict::percentile};

/// Percentiles that are drawn by load.
const DRAWN_PPM: &[u32] = &[500_000, 950_000, 990_000];
/// Percentiles along the axis of a distribution; what lies beyond is its end.
const ALONG_PPM: &[u32] = &[
    0, 250_000, 500_000, 750_000, 900_000, 950_000, 975_000, 990_000, 995_000, 999_000, 999_500,
    999_900, 999_990,
];

/// Latencies of an operation that an objective covers, by load, with what is promised.
pub(super) fn by_load(report: &Report, slos: &[Slo]) -> Vec<Plot> {
    let mut plots = Vec::new();
    for (index, class) in report.classes.iter().enumerate().filter(|it| it.1.has_objective) {
        let mut steps = Vec::new();
        for step in &report.steps {
            let counted = step.run.tally.classes.get(index).filter(|it| it.requests > 0);
            steps.extend(counted.map(|it| (step, &it.latency)));
        }
        if steps.is_empty() {
            continue;
        }
        let covering =
            slos.iter().filter(|it| it.covers.iter().any(|name| name.text == class.name));
        let bounds = covering.flat_map(|it| &it.latency).map(|(ppm, us)| {
            (*us as f64, format!("{} promised: {}", percentile(*ppm), words::time(*us)))
        });
        let bounds: Vec<(f64, String)> = bounds.collect();
        let lines = DRAWN_PPM.iter().map(|ppm| Series {
            name: percentile(*ppm),
            points: steps.iter().map(|(step, it)| (rate(step), us(it, *ppm))).collect(),
        });
        plots.push(latencies(
            format!("{}: latency by load", class.name),
            rates(report),
            lines.collect(),
            bounds,
        ));
    }
    plots
}

/// Latencies of a step along its time.
pub(super) fn over_time(step: &StepRun) -> Plot {
    let tally = &step.run.tally;
    let second = |number: usize| (number as f64 + 0.5) * tally.slice_ns as f64 / 1e9;
    let slices = || tally.slices.iter().enumerate().filter(|it| it.1.planned > 0);
    let series = |name: &str, ppm| Series {
        name: name.to_owned(),
        points: slices().map(|(number, it)| (second(number), us(&it.latency, ppm))).collect(),
    };
    let lines = vec![series("p50", 500_000), series("p99", 990_000), series("slowest", 1_000_000)];
    let seconds = step.run.duration_ns as f64 / 1e9;
    let scale = Scale::Linear(seconds);
    let x = Axis {
        label: "planned start, in seconds".to_owned(),
        ticks: scale.ticks(|it| format!("{it:.0}")),
        scale,
    };
    let rate = words::rate(step.offered_milli_per_s);
    latencies(
        format!("{}× the peak ({rate}): latency over time", step.factor),
        x,
        lines,
        Vec::new(),
    )
}

/// What was offered and what was answered, by step.
pub(super) fn throughput(report: &Report) -> Plot {
    let points = |of: fn(&StepRun) -> u64| {
        report.steps.iter().map(|it| (rate(it), of(it) as f64 / 1e3)).collect::<Vec<_>>()
    };
    let lines = vec![
        Series { name: "offered".to_owned(), points: points(|it| it.offered_milli_per_s) },
        Series { name: "answered".to_owned(), points: points(StepRun::achieved_milli_per_s) },
    ];
    let scale = Scale::up_to(lines.iter().flat_map(|it| &it.points).map(|it| it.1));
    let y = per_second("requests per second", scale);
    let title = "Throughput: offered and answered".to_owned();
    Plot { title, x: rates(report), y, lines, bounds: Vec::new() }
}

/// Throughput by clients that wait for their answers.
pub(super) fn curve(report: &Report) -> Option<Plot> {
    let sweep = &report.measurements.sweep;
    let most = sweep.iter().map(|it| it.clients).max().filter(|it| *it > 1)?;
    let points = sweep.iter().map(|it| (it.clients as f64, it.milli_per_s as f64 / 1e3)).collect();
    let line = Series { name: "answered per second".to_owned(), points };
    let x = Axis {
        label: "clients that wait for their answers".to_owned(),
        scale: Scale::Linear(most as f64),
        ticks: sweep
            .iter()
            .filter(|it| it.clients == 1 || it.clients * 8 >= most)
            .map(|it| (it.clients as f64, it.clients.to_string()))
            .collect(),
    };
    let scale = Scale::up_to(line.points.iter().map(|it| it.1));
    let y = per_second("requests per second", scale);
    let title = "Throughput by clients: the declared mix, as fast as it is answered".to_owned();
    Some(Plot { title, x, y, lines: vec![line], bounds: Vec::new() })
}

/// How late the generator was, by step.
pub(super) fn lag(report: &Report) -> Plot {
    let lines = report.steps.iter().map(|step| Series {
        name: format!("{}×", step.factor),
        points: distribution(&step.run.tally.lag),
    });
    let title =
        "The generator's own lag: how much later than planned requests were sent".to_owned();
    latencies(title, nines(), lines.collect(), Vec::new())
}

/// Latencies of all requests, by step.
pub(super) fn latency(report: &Report) -> Result<Plot, crate::DriveError> {
    let mut lines = Vec::new();
    for step in &report.steps {
        let mut all = Times::exact()?;
        for class in &step.run.tally.classes {
            all.append(&class.latency);
        }
        lines.push(Series { name: format!("{}×", step.factor), points: distribution(&all) });
    }
    let title = "Latency of all requests, by share of requests".to_owned();
    Ok(latencies(title, nines(), lines, Vec::new()))
}

/// Points along an axis that shows ever rarer requests: 90 %, 99 %, 99.9 % are equally far apart.
fn distribution(times: &Times) -> Vec<(f64, f64)> {
    let reached = ALONG_PPM.iter().filter(|ppm| {
        // A percentile that lies beyond the last request says nothing.
        u128::from(times.count()) * u128::from(1_000_000 - **ppm) >= 1_000_000
    });
    reached.map(|ppm| (beyond(*ppm), us(times, *ppm))).collect()
}

fn nines() -> Axis {
    let ticks = [0, 900_000, 990_000, 999_000, 999_900, 999_990];
    let shown = |ppm: u32| words::percent(u64::from(ppm));
    Axis {
        label: "share of requests that took no longer".to_owned(),
        scale: Scale::Decades(1.0, 100_000.0),
        ticks: ticks.into_iter().map(|ppm| (beyond(ppm), shown(ppm))).collect(),
    }
}

/// One of how many requests lies beyond a percentile.
fn beyond(ppm: u32) -> f64 {
    1e6 / f64::from(1_000_000 - ppm.min(999_999))
}

fn latencies(title: String, x: Axis, lines: Vec<Series>, bounds: Vec<(f64, String)>) -> Plot {
    let values = lines.iter().flat_map(|it| &it.points).map(|it| it.1);
    let scale = Scale::around(values.chain(bounds.iter().map(|it| it.0)));
    let shown = |us: f64| words::time(us as i64);
    let y = Axis { label: "time".to_owned(), ticks: scale.ticks(shown), scale };
    Plot { title, x, y, lines, bounds }
}

/// The axis of the steps.
fn rates(report: &Report) -> Axis {
    // Factors are equally far apart where each is as many times the one before.
    let rates = || report.steps.iter().map(rate);
    let lowest = rates().fold(f64::INFINITY, f64::min).clamp(f64::MIN_POSITIVE, 1e9);
    let highest = rates().fold(lowest, f64::max);
    let shown = |it: &StepRun| (rate(it), format!("{} ({}×)", short(rate(it)), it.factor));
    Axis {
        label: "requests offered per second".to_owned(),
        scale: Scale::Decades(lowest / 1.5, highest * 1.5),
        ticks: report.steps.iter().map(shown).collect(),
    }
}

fn per_second(label: &str, scale: Scale) -> Axis {
    Axis { label: label.to_owned(), ticks: scale.ticks(short), scale }
}

fn short(value: f64) -> String {
    words::grouped(value.round() as u64)
}

fn rate(step: &StepRun) -> f64 {
    step.offered_milli_per_s as f64 / 1e3
}

/// In microseconds, at least one: a logarithm has no 0.
fn us(times: &Times, ppm: u32) -> f64 {
    (times.at_ppm(ppm) as f64 / 1e3).max(1.0)
}
