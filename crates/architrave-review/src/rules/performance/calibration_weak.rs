//! PRF-14: figures of a load run that do not bear what rests on them.

use architrave_model::{
    civil,
    graph::Graph,
    measurement::{MEASUREMENTS_VERSION, Measurements},
};

use crate::measure::{
    capacity::{self, Basis, TARGET_PPM},
    words::{grouped, percent, rate, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-14",
    name: "calibration-weak",
    family: Family::Performance,
    title: "figures of the load are not to be relied on",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Measurements],
    sources: &[
        Source {
            title: "wrk2: latency from the planned start of requests",
            url: "https://github.com/giltene/wrk2",
        },
        Source {
            title: "How to quantify scalability (Universal Scalability Law)",
            url: "http://www.perfdynamics.com/Manifesto/USLscalability.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("calibration_weak.md"),
    judge,
};

/// Days after which a run is old: a quarter brings new data, new versions and often a new machine.
const AGE_DAYS_MAX: i32 = 90;
/// How far the largest measured rate may be drawn out. Beyond twice its measured range a fitted curve is a guess.
const DRAWN_OUT_MAX: u64 = 2;
/// Largest spread between blocks of one class. Processor time per request differs by a tenth between runs of a quiet
/// machine.
const SPREAD_PPM_MAX: u64 = 200_000;
/// Least requests behind a figure of a class: fewer say nothing of one in a hundred.
const REQUESTS_MIN: u64 = 1_000;
/// Most by which 99 of 100 requests may be sent late. Later, the driver and not the server was measured.
const LAG_US_MAX: u64 = 10_000;
/// Documented figures are of another machine, another data set and other operations: a load that comes this near to
/// the target by them may be beyond it.
const DOCUMENTED_MAY_BE_OFF: u64 = 5;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(measured) = &graph.measured else { return judge_unmeasured(graph, say) };
    let mut flaws = Vec::new();
    flaws.extend(old(&measured.run, graph.as_of_day));
    flaws.extend(noisy(&measured.run));
    flaws.extend(narrow(&measured.run, graph));
    flaws.extend(thin(&measured.run));
    flaws.extend(late(&measured.run));
    flaws.extend(other(&measured.run, graph));
    let Some(first) = flaws.first() else { return say.pass(&measured.node) };
    let more = match flaws.len() {
        1 => String::new(),
        all => format!(", and {} more", all - 1),
    };
    let mut failure = say
        .fail(&measured.node, format!("{first}{more}"))
        .help("run `architrave load` again, on a machine that does nothing else, up to the rates that matter");
    for flaw in flaws.iter().skip(1) {
        failure = failure.because(flaw.clone());
    }
}

/// Documented figures are enough where much is left, and too little where it is tight.
fn judge_unmeasured(graph: &Graph, say: &mut Verdicts) {
    let Some(load) = capacity::load(graph) else { return };
    let all = capacity::of_node(capacity::utilisations(graph, load, Basis::of(graph)));
    let Some(first) = all.first() else { return };
    // Beyond the target it is PRF-01's.
    if first.ppm > TARGET_PPM {
        return;
    }
    if first.ppm.saturating_mul(DOCUMENTED_MAY_BE_OFF) <= TARGET_PPM {
        return say.pass(&graph.system);
    }
    say.fail(
        &graph.system,
        format!(
            "at the peak {} is {} busy by documented figures, and nobody has measured your own",
            first.title,
            percent(first.ppm)
        ),
    )
    .at_fact(&graph.needs.peak_milli_per_s, "near enough to matter")
    .help("measure it: `architrave load`, then `architrave review --measurements FILE`")
    .because(format!(
        "your own operations may take {DOCUMENTED_MAY_BE_OFF} times what is documented (assumed), {} is the target",
        percent(TARGET_PPM)
    ));
}

fn old(run: &Measurements, today: i32) -> Option<String> {
    if run.version != MEASUREMENTS_VERSION {
        return Some(format!("the file is of form {}, not {MEASUREMENTS_VERSION}", run.version));
    }
    let Some(day) = run.taken_at.get(..10).and_then(civil::day_of) else {
        return Some("the run does not say when it was".to_owned());
    };
    let age = today.saturating_sub(day);
    (age > AGE_DAYS_MAX)
        .then(|| format!("the run is {age} days old, more than {AGE_DAYS_MAX} are too many"))
}

fn noisy(run: &Measurements) -> Option<String> {
    if !run.noise.is_quiet {
        return Some(format!(
            "the machine was not quiet: the first block came to {}, the same at the end to {}",
            rate(run.noise.first_milli_per_s),
            rate(run.noise.last_milli_per_s)
        ));
    }
    let worst = run.classes.iter().max_by_key(|it| it.spread_ppm)?;
    (worst.spread_ppm > SPREAD_PPM_MAX).then(|| {
        format!(
            "blocks of `{}` differ by {}, more than {} is noise",
            worst.name,
            percent(worst.spread_ppm),
            percent(SPREAD_PPM_MAX)
        )
    })
}

fn narrow(run: &Measurements, graph: &Graph) -> Option<String> {
    let peak = *graph.needs.peak_milli_per_s.value()?;
    let steps = run.steps.iter().map(|it| it.achieved_milli_per_s);
    let most = steps.chain(run.sweep.iter().map(|it| it.milli_per_s)).max().unwrap_or(0);
    (peak > most.saturating_mul(DRAWN_OUT_MAX)).then(|| {
        format!(
            "measured up to {}, the peak is {}: more than {DRAWN_OUT_MAX} times as far",
            rate(most),
            rate(peak)
        )
    })
}

fn thin(run: &Measurements) -> Option<String> {
    let least = run.classes.iter().min_by_key(|it| it.requests)?;
    (least.requests < REQUESTS_MIN).then(|| {
        format!(
            "`{}` was measured by {} requests, {} are the least",
            least.name,
            grouped(least.requests),
            grouped(REQUESTS_MIN)
        )
    })
}

fn late(run: &Measurements) -> Option<String> {
    let lag = |it: &architrave_model::measurement::Step| {
        let p99 = it.lag_us.iter().find(|it| it.0 >= 990_000)?;
        Some(p99.1)
    };
    let worst = run.steps.iter().filter_map(lag).max()?;
    (worst > LAG_US_MAX).then(|| {
        let worst = i64::try_from(worst).unwrap_or(i64::MAX);
        format!("requests were sent up to {} late: the driver was measured", time(worst))
    })
}

/// Figures of one kind of store say nothing of another.
fn other(run: &Measurements, graph: &Graph) -> Option<String> {
    let mut products = graph.stores.iter().filter_map(|it| it.product.value()).peekable();
    let first = (*products.peek()?).clone();
    let is_there = run.store.is_empty() || products.any(|it| *it == run.store);
    (!is_there).then(|| format!("measured with {}, it runs with {first}", run.store))
}
