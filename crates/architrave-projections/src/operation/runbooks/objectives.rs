//! Runbooks of objectives: a budget is being used up.

use architrave_model::words;
use architrave_plan::{Operation, metric};

use super::{
    Runbook,
    site::{self, Links, promql, shell},
};
use crate::{
    Material,
    alert::{
        Indicator,
        burn::{self, BUDGET_LEFT},
        indicators,
    },
    page::link,
};

pub(super) fn runbooks(material: &Material<'_>) -> Vec<Runbook> {
    let all = indicators(material);
    let links = Links::new(material);
    let told = all.iter().filter(|it| !burn::pairs(it).is_empty());
    told.map(|it| runbook(material, it, &links)).collect()
}

fn runbook(material: &Material<'_>, indicator: &Indicator, links: &Links) -> Runbook {
    let slug = burn::runbook(indicator);
    let from = super::path(&slug);
    let is_covered = |it: &&Operation| indicator.operations.contains(&it.name);
    let operations: Vec<&Operation> = material.plan.operations.iter().filter(is_covered).collect();
    let to = |title: &str, slug_to: &str| links.to(&slug, title, slug_to);
    let reads = operations.iter().all(|it| !it.kind.is_write());
    let slos = link("objectives", &from, crate::quality::slos::PATH);
    Runbook {
        alerts: burn::alert_names(indicator),
        title: format!("{}: {}", indicator.objective, indicator.title),
        means: format!(
            "Of the requests that the objective {} covers, more are bad than its promise lasts for: {} in {} may be ({slos}).",
            indicator.objective,
            words::percent(indicator.budget_ppm().into()),
            words::time(indicator.window_us)
        ),
        hits: site::hits(material.plan, &operations),
        ask: ask(indicator),
        do_this: if indicator.latency_us.is_some() { slow(&to, reads) } else { failing(&to, reads) },
        undo: "Nothing here changes data. A release that was taken back stays back until its cause is known: the budget that is \
            left decides when the next one is tried."
            .to_owned(),
        over: over(indicator),
        slug,
    }
}

fn ask(indicator: &Indicator) -> Vec<(String, &'static str, String)> {
    let (objective, sli) = (&indicator.objective, &indicator.name);
    let (requests, duration) = (metric::REQUESTS.name, metric::DURATION.name);
    let operations = indicator.selector();
    let left = promql(
        "How much of the budget is left, and since when it falls:",
        format!("{BUDGET_LEFT}{{objective=\"{objective}\",sli=\"{sli}\"}}"),
    );
    let which = if indicator.latency_us.is_some() {
        promql(
            "Which operation is slow, and how slow 99 of 100 of its answers are:",
            format!(
                "histogram_quantile(0.99, sum by (operation, le) (rate({duration}_bucket{{{operations}}}[5m])))"
            ),
        )
    } else {
        promql(
            "Which operation fails, and how: 500 is a fault of ours, 503 has no room or misses something it needs, 507 a full disk:",
            format!(
                "sum by (operation, status) (rate({requests}{{{operations},status=~\"5..\"}}[5m]))"
            ),
        )
    };
    let third = if indicator.latency_us.is_some() {
        promql(
            "What is busy, of one: the processors, and the writer:",
            format!(
                "rate({}[5m]) / {}\nor\nrate({}[5m])",
                metric::CPU_TIME.name,
                metric::PROCESSORS.name,
                metric::WRITER_TIME.name
            ),
        )
    } else {
        shell("What the log says of them, the commonest first:", site::FAILED)
    };
    vec![left, which, third]
}

type To<'t> = &'t dyn Fn(&str, &str) -> String;

fn failing(to: To<'_>, reads: bool) -> Vec<String> {
    let mut steps = vec![
        format!("500s since a release: take it back ({}).", to("a bad release", "bad-release")),
        format!(
            "503 for one in a few: the writer or the processors have no room ({}, {}).",
            to("the writer's queue", "writer-queue-fills"),
            to("processors", "processors-busy")
        ),
        format!("503 for all: {}.", to("the store is not ready", "store-not-ready")),
    ];
    if !reads {
        steps.push(format!(
            "507: {}. Callers that repeat a write with its idempotency key are safe.",
            to("the disk is full", "disk-full")
        ));
    }
    steps.push("500s without a release: take one `trace_id` from the log; the line of the fault beside it names the cause.".to_owned());
    steps
}

fn slow(to: To<'_>, reads: bool) -> Vec<String> {
    let mut steps =
        vec![format!("Processors over 80 %: {}.", to("processors are busy", "processors-busy"))];
    if !reads {
        steps.push(format!(
            "The writer over 60 %, or writes that wait: {}. A commit that takes long is a disk that syncs slowly: compare `rate({}[5m]) / rate({}[5m])`, the seconds of one commit, with yesterday's.",
            to("the writer's queue", "writer-queue-fills"),
            metric::COMMIT_TIME.name,
            metric::COMMITS.name
        ));
    }
    steps.push(format!(
        "One caller makes most of the load: {}.",
        to("callers over their limit", "callers-limited")
    ));
    steps.push(format!("Slow since a release: {}.", to("take it back", "bad-release")));
    steps
}

fn over(indicator: &Indicator) -> String {
    let select = format!("{{objective=\"{}\",sli=\"{}\"}}", indicator.objective, indicator.name);
    let short = burn::pairs(indicator).first().map_or("5m", |it| it.short);
    format!(
        "`{}{select}` is below {} again, and the alert with it. The budget itself comes back only as the window of {} moves on.",
        burn::recorded(short),
        burn::share(indicator.budget_ppm().into()),
        words::time(indicator.window_us)
    )
}
