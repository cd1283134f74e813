//! Reads what a load run measured, and refuses what no verdict may rest on.

use architrave_model::{
    civil::day_of,
    measurement::{MEASUREMENTS_VERSION, Measurements, Step},
    words::{grouped, percent},
};

use super::demands::day;

/// The first and the last block may differ by so much, in parts per million: more is a trend.
const DRIFT_MAX_PPM: u64 = 50_000;
/// A loop that touches nothing else may vary by so much, in parts per million.
const LOOP_SPREAD_MAX_PPM: u64 = 30_000;
/// Nothing takes longer per request than a minute of a processor.
const DEMAND_NS_MAX: u64 = 60_000_000_000;
/// No server answers more: a thousand million a second, in thousandths.
const RATE_MAX_MILLI: u64 = 1_000_000_000_000;
/// Clients, classes, points and steps of one run.
const CLIENTS_MAX: u64 = 1_000_000;
const LIST_MAX: usize = 10_000;

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUsable {
    /// Every reason, one sentence each, without a full stop.
    pub reasons: Vec<String>,
    /// What to do.
    pub help: String,
}

/// Reads a file of measurements of a system, by its name and the hash of its plan.
///
/// # Errors
/// Where it is no such file, of another version or another system, says what cannot be, or where the machine was not
/// quiet. All reasons, not the first.
pub fn read_measurements(
    text: &str,
    system: &str,
    plan_hash: &str,
) -> Result<Measurements, NotUsable> {
    let again = "run `architrave load` again; it writes the file";
    let refuse = |reasons: Vec<String>, help: &str| NotUsable { reasons, help: help.to_owned() };
    let version = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|it| it.get("version")?.as_u64());
    if let Some(version) = version.filter(|it| *it != u64::from(MEASUREMENTS_VERSION)) {
        let what = format!(
            "it is of version {version}, and this program reads version {MEASUREMENTS_VERSION}"
        );
        return Err(refuse(vec![what], again));
    }
    let run: Measurements = serde_json::from_str(text)
        .map_err(|error| refuse(vec![format!("it is no file of measurements: {error}")], again))?;
    let mut reasons = other_system(&run, system, plan_hash);
    if reasons.is_empty() {
        reasons = impossible(&run);
    }
    if let Some(why) = &run.ended_early {
        reasons.push(format!("the run ended early ({why})"));
    }
    if !reasons.is_empty() {
        return Err(refuse(reasons, again));
    }
    let noise = noise(&run);
    if !noise.is_empty() {
        return Err(refuse(
            noise,
            "measure on a machine that does nothing else: a capacity worked out of noise is worse than none",
        ));
    }
    Ok(run)
}

fn other_system(run: &Measurements, system: &str, plan_hash: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    if run.system != system {
        reasons.push(format!("it measured `{}`, and the blueprint is `{system}`", run.system));
    } else if run.plan_hash != plan_hash {
        reasons.push(format!(
            "it measured the plan {}, and the blueprint is now {plan_hash}: what a request takes may have changed",
            run.plan_hash
        ));
    }
    reasons
}

fn impossible(run: &Measurements) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut say = |is_wrong: bool, what: String| {
        if is_wrong && reasons.len() < 20 {
            reasons.push(what);
        }
    };
    say(day_of(day(run)).is_none(), format!("`taken_at` is `{}`, which is no time", run.taken_at));
    say(
        !["sqlite", "postgresql"].contains(&run.store.as_str()),
        format!("`store` is `{}`, which is neither sqlite nor postgresql", run.store),
    );
    say(
        !(1..=4_096).contains(&run.machine.processors),
        format!("a machine with {} processors", run.machine.processors),
    );
    say(run.classes.is_empty(), "it measured no class of requests".to_owned());
    let longest = run.classes.len().max(run.sweep.len()).max(run.steps.len());
    say(longest > LIST_MAX, format!("{} entries in one list", grouped(longest as u64)));
    for class in run.classes.iter().take(LIST_MAX) {
        let name = &class.name;
        say(class.requests == 0, format!("`{name}` was measured by no request"));
        say(
            class.processor_ns == 0 || class.processor_ns > DEMAND_NS_MAX,
            format!("a request of `{name}` took {} ns of a processor", grouped(class.processor_ns)),
        );
        say(
            class.writer_ns > DEMAND_NS_MAX,
            format!("a request of `{name}` took {} ns of the writer", grouped(class.writer_ns)),
        );
        say(
            class.spread_ppm > 1_000_000,
            format!("the blocks of `{name}` differ by {}", percent(class.spread_ppm)),
        );
    }
    for point in run.sweep.iter().take(LIST_MAX) {
        say(
            !(1..=CLIENTS_MAX).contains(&point.clients) || point.milli_per_s > RATE_MAX_MILLI,
            format!(
                "{} clients with {} thousandths of a request a second",
                point.clients, point.milli_per_s
            ),
        );
    }
    for step in run.steps.iter().take(LIST_MAX) {
        say(
            !is_possible(step),
            format!(
                "a step at {} thousandths of the peak whose latencies do not rise with their percentiles, or that answered more than was offered twice over",
                step.factor_permille
            ),
        );
    }
    reasons
}

fn is_possible(step: &Step) -> bool {
    let rises = |list: &[(u32, u64)]| {
        list.windows(2).all(|it| matches!(it, [a, b] if a.0 < b.0 && a.1 <= b.1))
            && list.iter().all(|it| it.0 <= 1_000_000)
    };
    step.factor_permille > 0
        && step.offered_milli_per_s <= RATE_MAX_MILLI
        && step.achieved_milli_per_s <= step.offered_milli_per_s.saturating_mul(2)
        && step.classes.iter().all(|it| rises(&it.latency_us) && it.failures <= it.requests)
        && rises(&step.lag_us)
}

/// Why the machine counts as noisy, whatever the file itself concludes.
fn noise(run: &Measurements) -> Vec<String> {
    let noise = &run.noise;
    let mut reasons = Vec::new();
    let drift = noise.first_milli_per_s.abs_diff(noise.last_milli_per_s);
    let drift_ppm = super::scaled(drift, 1_000_000, noise.first_milli_per_s);
    if noise.first_milli_per_s == 0 || drift_ppm > DRIFT_MAX_PPM {
        reasons.push(format!(
            "the same block ran {} faster or slower at the end than at the beginning, {} is allowed",
            percent(drift_ppm),
            percent(DRIFT_MAX_PPM)
        ));
    }
    if noise.loop_spread_ppm > LOOP_SPREAD_MAX_PPM {
        reasons.push(format!(
            "a loop that touches nothing else varied by {}, {} is allowed",
            percent(noise.loop_spread_ppm),
            percent(LOOP_SPREAD_MAX_PPM)
        ));
    }
    if reasons.is_empty() && !noise.is_quiet {
        reasons.push("the run itself says that the machine was not quiet".to_owned());
    }
    reasons
}
