//! `quality/slos.md`: what is promised, how much may go wrong, and who is told when it does.

use architrave_model::{ObjectiveLoad, Slo, words};
use architrave_plan::{OperationKind, Plan};

use crate::{
    Document, Material, Projection, Room,
    alert::{
        Indicator,
        burn::{self, BUDGET_LEFT, Pair},
        indicator::{BAD_EVENTS_MIN, WINDOW_ASSUMED_US, covered},
        indicators,
    },
    names,
    page::{Page, code, escape, link},
};

/// `quality/slos.md`
pub(crate) const PROJECTION: Projection = Projection { name: "slos", room: Room::Quality, write };

pub(crate) const PATH: &str = "quality/slos.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let slos = &material.plan.system.slos;
    if slos.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Service level objectives");
    lead(&mut page, material);
    for slo in slos {
        objective(&mut page, material, slo);
    }
    rest(&mut page, material.plan);
    vec![Document {
        path: PATH.to_owned(),
        title: "Service level objectives".to_owned(),
        summary: "What is promised to callers, how much may go wrong in a window, and at which pace somebody is told."
            .to_owned(),
        text: page.finish(),
    }]
}

/// Every promise with its budget, in one table.
fn lead(page: &mut Page, material: &Material<'_>) {
    let indicators = indicators(material);
    let rows: Vec<Vec<String>> = indicators
        .iter()
        .map(|it| {
            vec![
                format!("[{}](#{})", escape(&it.objective), anchor(&it.objective)),
                promise(it),
                window(it),
                time_budget(it),
                request_budget(it).unwrap_or_else(|| "no load declared".to_owned()),
            ]
        })
        .collect();
    page.table(
        &["Objective", "Promise", "Window", "May be down", "May be bad, at the declared load"],
        &rows,
    );
    page.paragraph(&format!(
        "A request is bad for an availability when it is answered 5xx: 500 is a fault of ours, 503 a lack of room in a queue or of an \
         answer from something that is needed, 507 a full disk. Refusals that a caller brings about, 429 of a declared limit among \
         them, are answers. Latency runs from complete headers to the answer, refusals included, and is counted at a bucket of \
         exactly the promised time ({}).",
        code(architrave_plan::metric::DURATION.name)
    ));
}

fn objective(page: &mut Page, material: &Material<'_>, slo: &Slo) {
    let plan = material.plan;
    page.heading(2, &slo.name.text);
    if !slo.doc.is_empty() {
        page.paragraph(&escape(&slo.doc));
    }
    page.list(covers(plan, slo));
    if slo.window_us.is_none() {
        page.paragraph(&format!(
            "No window is declared; {} are taken, as most do (Google, The Site Reliability Workbook, chapter 2).",
            words::time(WINDOW_ASSUMED_US)
        ));
    }
    let load = load_of(material, &slo.name.text);
    if let Some(load) = load {
        page.paragraph(&format!("{} on average are expected:", words::rate(load.milli_per_s)));
        page.list(load.because.iter().map(|it| escape(it)));
    }
    let all = indicators(material);
    for it in all.iter().filter(|it| it.objective == slo.name.text) {
        indicator(page, it, load);
    }
}

/// What it covers, and what of that nobody counts.
fn covers(plan: &Plan, slo: &Slo) -> Vec<String> {
    let served = covered(slo, plan);
    let mut items = Vec::new();
    for operation in plan.operations.iter().filter(|it| served.contains(&it.name)) {
        let guards: Vec<&str> = operation
            .problems
            .iter()
            .filter(|it| architrave_plan::problem(it).is_none())
            .map(String::as_str)
            .collect();
        let answers = if guards.is_empty() {
            String::new()
        } else {
            format!("; {} are answers, not failures", words::list(&guards))
        };
        let request = format!("{} {}", names::method(operation.method), operation.path);
        items.push(format!("{}: {}{answers}", code(&operation.name), code(&request)));
    }
    for it in slo.covers.iter().filter(|it| architrave_plan::covered(plan, &it.text).is_empty()) {
        items.push(format!(
            "{}: not counted. It is no operation of this API, and calls of other systems do not run in this version",
            code(&it.text)
        ));
    }
    items
}

fn indicator(page: &mut Page, indicator: &Indicator, load: Option<&ObjectiveLoad>) {
    page.heading(3, &format!("{}: {}", indicator.objective, indicator.title));
    page.paragraph(&format!(
        "{} in {}. The budget is {} of requests{}.",
        promise(indicator),
        window(indicator),
        words::percent(indicator.budget_ppm().into()),
        request_budget(indicator).map_or_else(String::new, |it| format!(": {it}"))
    ));
    let pairs = burn::pairs(indicator);
    let rows: Vec<Vec<String>> = pairs.iter().map(|it| row(indicator, it, load)).collect();
    page.table(
        &["Told by", "Budget used up", "Bad requests above", "Seen over", "Gone by then", "Lasts"],
        &rows,
    );
    if indicator.has_low_traffic() {
        low_traffic(page, indicator);
    } else if !pairs.iter().any(|it| it.severity == crate::alert::Severity::Page) {
        page.paragraph(&format!(
            "Nobody is paged for it: with a budget of {} even an hour in which every request is bad is no more than {} times the pace \
             that lasts.",
            words::percent(indicator.budget_ppm().into()),
            burn::thousandths(1_000_000_000 / u64::from(indicator.budget_ppm().max(1)))
        ));
    }
    page.paragraph("What is left, as a share of the budget:");
    page.code(
        "promql",
        &format!(
            "{BUDGET_LEFT}{{objective=\"{}\",sli=\"{}\"}}",
            indicator.objective, indicator.name
        ),
    );
}

fn row(indicator: &Indicator, pair: &Pair, load: Option<&ObjectiveLoad>) -> Vec<String> {
    let name = burn::alert_name(indicator, pair.severity);
    let runbook = crate::operation::runbook_path(&burn::runbook(indicator));
    let factor = pair.factor_milli(indicator);
    let threshold_ppm = pair.threshold_ppm(indicator);
    let bad = load.map_or_else(String::new, |it| {
        let all = it.milli_per_s.saturating_mul(pair.long_s()) / 1_000;
        let bad = all.saturating_mul(threshold_ppm) / 1_000_000;
        format!(": {} of {} in {}", words::grouped(bad), words::grouped(all), pair.long)
    });
    vec![
        format!("{} ({})", link(&name, PATH, &runbook), pair.severity.name()),
        match burn::thousandths(factor).as_str() {
            "1" => "as fast as it lasts".to_owned(),
            times => format!("{times} times as fast as it lasts"),
        },
        format!("{}{bad}", words::percent(threshold_ppm)),
        format!("{} and {}", pair.long, pair.short),
        words::percent(pair.used_permille * 1_000),
        words::time(pair.lasts_us(indicator)),
    ]
}

/// Few requests: a share of them says little.
fn low_traffic(page: &mut Page, indicator: &Indicator) {
    let (Some(bad), Some(all)) = (indicator.bad_events(), indicator.events) else { return };
    page.paragraph(&format!(
        "**Too few requests for this promise.** Only {} of {} may be bad in {}: one bad request is {} of the budget, and over an hour the share of \
         bad ones is nothing or far too much. Nobody is paged for it; the share over days is a ticket. A probe that asks {} times in {} would make \
         {BAD_EVENTS_MIN} bad requests the budget, enough to page by.",
        words::grouped(bad),
        words::grouped(all),
        window(indicator),
        1_000_000_u64.checked_div(bad).map_or_else(|| "all".to_owned(), words::percent),
        words::grouped(BAD_EVENTS_MIN * 1_000_000 / u64::from(indicator.budget_ppm().max(1))),
        window(indicator),
    ));
}

/// Operations that nobody promised anything for.
fn rest(page: &mut Page, plan: &Plan) {
    let covered: Vec<String> = plan.system.slos.iter().flat_map(|it| covered(it, plan)).collect();
    let is_business = |kind| !matches!(kind, OperationKind::Me | OperationKind::Batch);
    let rest: Vec<&str> = plan
        .operations
        .iter()
        .filter(|it| is_business(it.kind) && !covered.contains(&it.name))
        .map(|it| it.name.as_str())
        .collect();
    if rest.is_empty() {
        return;
    }
    page.heading(2, "What is not promised");
    let writes: Vec<&str> = plan
        .operations
        .iter()
        .filter(|it| {
            matches!(it.kind, OperationKind::Command(_)) && rest.contains(&it.name.as_str())
        })
        .map(|it| it.name.as_str())
        .collect();
    let commands = if writes.is_empty() {
        String::new()
    } else {
        format!(", the commands {} among them", words::list(&writes))
    };
    page.paragraph(&format!(
        "{} of {} operations are under no objective{commands}. They are watched together: {} pages when 5 % of all requests fail for \
         5 minutes.",
        rest.len(),
        rest.len() + covered.len(),
        link("RequestsFail", PATH, "operation/runbooks/requests-fail.md"),
    ));
}

fn promise(indicator: &Indicator) -> String {
    let share = words::percent(indicator.target_ppm.into());
    match indicator.latency_us {
        None => format!("{share} answered without a failure of ours"),
        Some(us) => format!("{share} answered within {}", words::time(us)),
    }
}

fn window(indicator: &Indicator) -> String {
    words::time(indicator.window_us)
}

/// As time in which nothing is answered; a latency is not missed by time.
fn time_budget(indicator: &Indicator) -> String {
    if indicator.latency_us.is_some() {
        return String::new();
    }
    let us = i128::from(indicator.window_us) * i128::from(indicator.budget_ppm()) / 1_000_000;
    words::time(i64::try_from(us).unwrap_or(i64::MAX))
}

fn request_budget(indicator: &Indicator) -> Option<String> {
    let (bad, all) = (indicator.bad_events()?, indicator.events?);
    Some(format!("{} of {} requests", words::grouped(bad), words::grouped(all)))
}

fn load_of<'a>(material: &Material<'a>, objective: &str) -> Option<&'a ObjectiveLoad> {
    material.assessment.objectives.iter().find(|it| it.objective == objective)
}

fn anchor(name: &str) -> String {
    name.to_lowercase()
}
