//! Alerts that say when a decision is to be made anew and when the next stage of growth begins.

use architrave_model::{
    Assessment,
    capacity::Stage,
    decision::{Decision, Trigger},
    words,
};
use architrave_plan::metric;

use super::{Alert, Severity, Trial, Watch, camel};

/// Hours for which a condition over days has to hold, so that one bad scrape is no ticket.
const FOR_MIN: u32 = 60;
/// Minutes between two values of a trial's series, and when to look.
const STEP_MIN: u32 = 5;
const LOOK_MIN: u32 = 240;
/// The same where a condition compares with the week before: eight quiet days, and one that is not.
const WEEK_STEP_MIN: u32 = 60;
const WEEK_LOOK_MIN: u32 = (8 * 24 + 23) * 60;

pub(super) fn of_decisions(assessment: &Assessment) -> Vec<Watch> {
    let decisions = assessment.decisions.iter();
    decisions
        .flat_map(|it| it.triggers.iter().enumerate().map(|(n, t)| of_decision(it, n, t)))
        .collect()
}

pub(super) fn of_stages(assessment: &Assessment) -> Vec<Watch> {
    let stages = &assessment.stages;
    let next = |position: usize| stages.get(position + 1);
    let with_trigger = stages.iter().enumerate().filter_map(|(position, stage)| {
        stage.trigger.as_ref().map(|trigger| of_stage(stage, next(position), trigger))
    });
    with_trigger.collect()
}

/// File name of the runbook of a decision's triggers.
pub(crate) fn decision_runbook(decision: &Decision) -> String {
    format!("reconsider-{}", decision.name.replace('_', "-"))
}

/// Names of the alerts of a decision's triggers.
pub(crate) fn decision_alerts(decision: &Decision) -> Vec<String> {
    let several = decision.triggers.len() > 1;
    let name = |position: usize| {
        let number = if several { (position + 1).to_string() } else { String::new() };
        format!("Reconsider{}{number}", camel(&decision.name))
    };
    (0..decision.triggers.len()).map(name).collect()
}

/// File name of the runbook of a stage's end.
pub(crate) fn stage_runbook(stage: &Stage) -> String {
    format!("leave-stage-{}", stage.id.to_ascii_lowercase())
}

/// Name of the alert of a stage's end.
pub(crate) fn stage_alert(stage: &Stage) -> String {
    format!("LeaveStage{}", camel(&stage.id))
}

fn of_decision(decision: &Decision, number: usize, trigger: &Trigger) -> Watch {
    let name = decision_alerts(decision).into_iter().nth(number).unwrap_or_default();
    let chosen = decision.options.iter().find(|it| it.name == decision.chosen);
    let chosen = chosen.map_or(decision.chosen.as_str(), |it| it.title.as_str());
    watch(
        "decisions",
        trigger,
        Alert {
            runbook: decision_runbook(decision),
            name,
            severity: Severity::Ticket,
            expression: trigger.expression.clone(),
            for_min: FOR_MIN,
            labels: vec![("decision", decision.id.clone())],
            summary: format!("decision {} is to be made anew", decision.id),
            description: format!(
                "{}: measured {{{{ $value | humanize }}}}. Then \"{}\" may no longer be answered best by: {}.",
                plain(&trigger.title),
                plain(&decision.question),
                plain(chosen)
            ),
        },
    )
}

fn of_stage(stage: &Stage, next: Option<&Stage>, trigger: &Trigger) -> Watch {
    let to =
        next.map_or_else(|| "the next stage".to_owned(), |it| format!("{} ({})", it.id, it.title));
    let lead = next.map_or(stage.lead_time_days, |it| it.lead_time_days);
    let lead = words::time(i64::from(lead) * 86_400_000_000);
    watch(
        "stages",
        trigger,
        Alert {
            runbook: stage_runbook(stage),
            name: stage_alert(stage),
            severity: Severity::Ticket,
            expression: trigger.expression.clone(),
            for_min: FOR_MIN,
            labels: vec![("stage", stage.id.clone())],
            summary: format!("time to leave stage {} ({})", stage.id, plain(&stage.title)),
            description: format!(
                "{}: measured {{{{ $value | humanize }}}}. Begin the move to {} now: it takes {lead}. First to break is {}.",
                plain(&trigger.title),
                plain(&to),
                plain(&stage.breaks_first)
            ),
        },
    )
}

fn watch(group: &'static str, trigger: &Trigger, alert: Alert) -> Watch {
    let trials = trials(trigger, &alert.name);
    Watch { group, recordings: Vec::new(), alerts: vec![alert], trials }
}

/// Conditions come from tables, so that their trials are made from what they name: every counter grows by a lot, or
/// not at all.
fn trials(trigger: &Trigger, alert: &str) -> Vec<Trial> {
    let expression = trigger.expression.as_str();
    let named: Vec<_> = metric::ALL.iter().filter(|it| names(expression, it.name)).collect();
    let (step_min, at_min) = match is_of_weeks(expression) {
        true => (WEEK_STEP_MIN, WEEK_LOOK_MIN),
        false => (STEP_MIN, LOOK_MIN),
    };
    let trial = |fires: bool| Trial {
        title: format!("{alert}: {}", if fires { "fires" } else { "silent" }),
        step_min,
        at_min,
        series: named.iter().flat_map(|it| series(expression, it, fires)).collect(),
        expects: vec![(alert.to_owned(), fires)],
    };
    vec![trial(true), trial(false)]
}

/// Whether a condition compares with what was a week before.
fn is_of_weeks(expression: &str) -> bool {
    expression.contains(" offset ")
}

fn series(expression: &str, metric: &metric::Metric, fires: bool) -> Vec<(String, String)> {
    let name = ["_sum", "_count", "_bucket"]
        .iter()
        .map(|suffix| format!("{}{suffix}", metric.name))
        .find(|it| expression.contains(it.as_str()))
        .unwrap_or_else(|| metric.name.to_owned());
    let labels: Vec<String> =
        metric.labels.iter().map(|it| format!("{it}=\"{}\"", asked(expression, it))).collect();
    let values = values(expression, metric, fires);
    // A histogram's quantile lies within the bucket that everything is in, far above any condition.
    let buckets: &[&str] =
        if name.ends_with("_bucket") { &["le=\"1000000\"", "le=\"+Inf\""] } else { &[""] };
    let of_bucket = |bucket: &&str| {
        let mut labels = labels.clone();
        labels.extend((!bucket.is_empty()).then(|| (*bucket).to_owned()));
        let labels =
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        (format!("{name}{labels}"), values.to_owned())
    };
    buckets.iter().map(of_bucket).collect()
}

fn values(expression: &str, metric: &metric::Metric, fires: bool) -> &'static str {
    if is_of_weeks(expression) {
        // Nothing for eight days and then a lot, or every day as much as the day before.
        return if fires { "0x192 0+3000000x24" } else { "0+3000000x216" };
    }
    let is_divisor = expression.contains(&format!("/ {}", metric.name));
    // A figure that is to be there is missed when it is 0, and one that is to stay below a bound when it grows.
    let clause = expression.split(" and ").find(|it| names(it, metric.name));
    let is_wanted = clause.is_some_and(|it| it.contains("== 0") || it.contains(" < "));
    match (metric.kind, fires != is_wanted) {
        // 10,000 in each second: of processors, requests or seconds more than any condition allows for, even where
        // four hours of it are spread over weeks.
        (metric::MetricKind::Counter | metric::MetricKind::Histogram, true) => "0+3000000x60",
        (metric::MetricKind::Counter | metric::MetricKind::Histogram, false) => "5x60",
        (metric::MetricKind::Gauge, _) if is_divisor => "4x60",
        (metric::MetricKind::Gauge, true) => "1+1000000000000x60",
        (metric::MetricKind::Gauge, false) => "0x60",
    }
}

/// A value of a label that the expression asks for: the first of its alternatives; anything where it asks for none.
fn asked<'e>(expression: &'e str, label: &str) -> &'e str {
    let found = [format!("{label}=~\""), format!("{label}=\"")]
        .iter()
        .find_map(|it| expression.split_once(it.as_str()).map(|it| it.1));
    found.and_then(|it| it.split(['"', '|']).next()).unwrap_or("some.thing")
}

/// Whether a name stands in an expression, with or without the ending of a histogram's part.
fn names(expression: &str, name: &str) -> bool {
    expression.match_indices(name).any(|(at, _)| {
        let rest = expression.get(at + name.len()..).unwrap_or_default();
        let ending = rest.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').next();
        matches!(ending, Some("" | "_sum" | "_count" | "_bucket"))
    })
}

/// Text that Prometheus does not take for a template.
fn plain(text: &str) -> String {
    text.replace("{{", "{ {").replace("}}", "} }")
}
