//! `quality/risks.md`: what can go wrong, how likely and how bad that is, what is done about it and by whom.

use architrave_model::{Level, Outcome, RuleSummary, Verdict, civil, graph::EvidenceKind, words};
use architrave_plan::pending;

use crate::{
    Document, Material, Projection, Room,
    operation::{RECOVERY_PATH, has_encrypted, runbook_path},
    page::{Page, code, escape, link, prose},
};

/// `quality/risks.md`
pub(crate) const PROJECTION: Projection = Projection { name: "risks", room: Room::Quality, write };

pub(crate) const PATH: &str = "quality/risks.md";

/// Risks that are named in one sentence each.
const FIRST_MAX: usize = 5;
/// Days before the end of a product's support at which that is a risk: a year for the move.
const SUPPORT_DAYS: i32 = 365;

/// Something that can go wrong. Texts are Markdown.
struct Risk {
    title: String,
    /// 1 (rare) to 4 (expected).
    likelihood: u8,
    /// 1 (a nuisance) to 4 (loss, leak, outage).
    impact: u8,
    level: Level,
    mitigation: String,
    owner: String,
    /// What tells that it has happened or is near.
    trigger: String,
    /// Where the two numbers come from.
    source: String,
}

fn write(material: &Material<'_>) -> Vec<Document> {
    let mut risks = of_verdicts(material);
    risks.extend(of_design(material));
    risks.extend(of_others(material));
    risks.extend(of_load(material));
    risks.extend(of_products(material));
    if risks.is_empty() {
        return Vec::new();
    }
    risks.sort_by_key(|it| (it.level, u8::MAX - it.impact));
    let mut page = Page::new("Risks and mitigations");
    let first = risks.iter().take(FIRST_MAX);
    page.steps(
        first.map(|it| format!("**{}** ({}). {}", it.title, it.level.name(), it.mitigation)),
    );
    page.heading(2, "All risks");
    let row = |(number, it): (usize, &Risk)| {
        vec![
            format!("{}", number + 1),
            it.title.clone(),
            format!("{}: {} × {}", it.level.name(), likelihood(it.likelihood), impact(it.impact)),
            it.mitigation.clone(),
            it.owner.clone(),
            it.trigger.clone(),
            it.source.clone(),
        ]
    };
    page.table(
        &["", "Risk", "Level: likelihood × impact", "What is done", "Owner", "Told by", "Says who"],
        &risks.iter().enumerate().map(row).collect::<Vec<_>>(),
    );
    page.paragraph(
        "Likelihood and impact run from 1 to 4; their product is low at 1, medium to 3, elevated to 8, high to 12, critical above.",
    );
    vec![Document {
        path: PATH.to_owned(),
        title: "Risks and mitigations".to_owned(),
        summary: "What can go wrong, how likely and how bad it is, what is done about it, and what tells that it happens.".to_owned(),
        text: page.finish(),
    }]
}

fn likelihood(mark: u8) -> &'static str {
    match mark {
        0 | 1 => "rare (1)",
        2 => "possible (2)",
        3 => "likely (3)",
        _ => "expected (4)",
    }
}

fn impact(mark: u8) -> &'static str {
    match mark {
        0 | 1 => "a nuisance (1)",
        2 => "some are hindered (2)",
        3 => "a part fails (3)",
        _ => "loss, leak or outage (4)",
    }
}

/// The people of the system, where nobody took it upon themselves.
fn team(material: &Material<'_>) -> String {
    let team = material.plan.system.constraints.as_ref().and_then(|it| it.team);
    team.map_or_else(|| "nobody yet".to_owned(), |it| format!("nobody yet; the team of {it}"))
}

/// What rules found, what was accepted, and what they could not tell.
fn of_verdicts(material: &Material<'_>) -> Vec<Risk> {
    let rules = &material.assessment.rules;
    let found = material.assessment.verdicts.iter().filter_map(|verdict| {
        let rule = rules.iter().find(|it| it.id == verdict.rule)?;
        of_verdict(material, verdict, rule)
    });
    let mut risks: Vec<Risk> = Vec::new();
    for risk in found {
        match risks.iter_mut().find(|it| it.title == risk.title) {
            Some(same) => same.source = format!("{}, {}", same.source, risk.source),
            None => risks.push(risk),
        }
    }
    risks
}

fn of_verdict(material: &Material<'_>, verdict: &Verdict, rule: &RuleSummary) -> Option<Risk> {
    let source = code(&verdict.id());
    let likelihood = likelihood_of(rule, verdict.level);
    let base = Risk {
        title: title(&verdict.title),
        likelihood,
        impact: rule.impact,
        level: verdict.level,
        mitigation: format!("{}.", title(&verdict.help)),
        owner: team(material),
        trigger: format!("the next review: {} fails", code(verdict.rule)),
        source,
    };
    match (&verdict.outcome, &verdict.waiver) {
        (Outcome::Fail, _) => Some(base),
        (Outcome::Waived, Some(waiver)) => Some(Risk {
            mitigation: format!("Accepted: {}", prose(&waiver.reason)),
            owner: escape(&waiver.owner),
            trigger: format!("the acceptance ends on {}", civil::day_text(waiver.until_day.into())),
            ..base
        }),
        // What is not known weighs as much as the rule does, and is as likely as not.
        (Outcome::CannotTell, _) if rule.impact > 0 => Some(Risk {
            title: format!(
                "Perhaps {}: not known is {}",
                prose(rule.summary),
                prose(&verdict.title)
            ),
            likelihood: 2,
            level: Level::of(rule.impact, 2),
            mitigation: format!(
                "Say it in the blueprint; {} has what counts as an answer.",
                code(&format!("architrave explain {}", verdict.rule))
            ),
            trigger: "the answer".to_owned(),
            ..base
        }),
        _ => None,
    }
}

/// The likelihood that makes the rule's impact the level that was found.
fn likelihood_of(rule: &RuleSummary, level: Level) -> u8 {
    if Level::of(rule.impact, rule.likelihood) == level {
        return rule.likelihood;
    }
    (1..=4).find(|it| Level::of(rule.impact, *it) == level).unwrap_or(rule.likelihood)
}

/// First letter large, no full stop, with its code.
fn title(text: &str) -> String {
    let mut chars = text.trim().trim_end_matches('.').chars();
    let first = chars.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    prose(&format!("{first}{}", chars.as_str()))
}

fn judged(likelihood: u8, impact: u8, risk: (String, String, String), owner: String) -> Risk {
    let (title, mitigation, trigger) = risk;
    Risk {
        title,
        likelihood,
        impact,
        level: Level::of(impact, likelihood),
        mitigation,
        owner,
        trigger,
        source: "judgement".to_owned(),
    }
}

/// What follows from how it is built.
fn of_design(material: &Material<'_>) -> Vec<Risk> {
    let plan = material.plan;
    let runbook = |title: &str, slug: &str| link(title, PATH, &runbook_path(slug));
    let mut risks = Vec::new();
    let pending = pending(&plan.system);
    if !pending.is_empty() {
        let blocks: Vec<String> =
            pending.iter().map(|it| format!("{} ({})", it.kind, it.names.join(", "))).collect();
        risks.push(judged(4, 3, (
            "A part of what is declared does not run in this version; only its description is checked".to_owned(),
            format!("Do by hand what depends on it, or wait with going live: {}.", escape(&blocks.join(", "))),
            "the notes of `architrave serve` at its start".to_owned(),
        ), team(material)));
    }
    risks.push(judged(
        2,
        4,
        (
            "One process and one disk hold the only copy that serves".to_owned(),
            format!(
                "{}; {}.",
                runbook("The steps when a node is lost", "node-lost"),
                link("what is lost at worst", PATH, RECOVERY_PATH)
            ),
            "`NothingAnswers`".to_owned(),
        ),
        team(material),
    ));
    let restored =
        material.assessment.graph.evidence.iter().any(|it| it.kind == EvidenceKind::Restore);
    if !restored {
        risks.push(judged(2, 4, (
            "No restore was ever tried: nobody knows whether a copy can be read and how long that takes".to_owned(),
            format!("{}: an hour, and no second machine.", link("Drill it", PATH, RECOVERY_PATH)),
            "the day on which it is needed".to_owned(),
        ), team(material)));
    }
    if has_encrypted(plan) {
        risks.push(judged(
            1,
            4,
            (
                "The key file is lost, and with it every encrypted field".to_owned(),
                format!(
                    "A copy where secrets are kept, apart from the data; {}.",
                    runbook("what then", "key-file-lost")
                ),
                "the start is refused".to_owned(),
            ),
            team(material),
        ));
    }
    risks
}

/// What others run.
fn of_others(material: &Material<'_>) -> Vec<Risk> {
    let system = &material.plan.system;
    let of = system.integrations.iter().map(|it| {
        let name = format!("{}.{}", system[it.context].name.text, it.name.text);
        let slug = format!("{}-down", name.replace(['.', '_'], "-"));
        let mut guards = Vec::new();
        guards.extend(it.timeout_us.map(|us| format!("waits for {} at most", words::time(us))));
        guards.extend(it.retry.map(|it| format!("tries {} times", it.attempts_max)));
        guards.extend(it.circuit_breaker.map(|it| {
            format!(
                "stops asking for {} when {} fail",
                words::time(it.open_for_us),
                words::percent(it.failures_ppm.into())
            )
        }));
        let promise = it.availability_ppm.map_or_else(
            || "promises nothing that is declared".to_owned(),
            |ppm| format!("promises {}", words::percent(ppm.into())),
        );
        judged(
            3,
            3,
            (
                format!("{} is down or slow; it {promise}", code(&name)),
                if guards.is_empty() {
                    "Nothing is declared: no timeout, no retry, no breaker.".to_owned()
                } else {
                    format!("A call {} (declared).", guards.join(", "))
                },
                link("its runbook", PATH, &runbook_path(&slug)),
            ),
            team(material),
        )
    });
    of.collect()
}

/// What load does to it, and how far that can be trusted.
fn of_load(material: &Material<'_>) -> Vec<Risk> {
    let Some(capacity) = &material.assessment.capacity else { return Vec::new() };
    let mark = match capacity.headroom_permille {
        0..1_000 => 4,
        1_000..2_000 => 3,
        2_000..10_000 => 2,
        _ => 1,
    };
    let title =
        capacity.loads.iter().flat_map(|it| &it.uses).find(|it| it.resource == capacity.bottleneck);
    let title = title.map_or(capacity.bottleneck.as_str(), |it| it.title.as_str());
    let times = |permille: u64| format!("{}.{}", permille / 1_000, permille % 1_000 / 100);
    // A stage helps where it is that resource which ends it.
    let stages = &material.assessment.stages;
    let next = stages.iter().find(|it| it.trigger.is_some() && it.breaks_first == title);
    // Of calls of others the bound is declared, and no machine of ours moves it.
    let (otherwise, alert) = match capacity.bottleneck.starts_with("external:") {
        true => (
            "No stage of growth moves this limit: raise it where it is declared (`bulkhead` of the integration), once its \
             operator agrees.",
            "its calls are refused because too many wait",
        ),
        false => (
            "Measure again with each release; no next stage is known.",
            "`ProcessorsBusy`, `WriterQueueFills`",
        ),
    };
    let bottleneck = judged(
        mark,
        3,
        (
            format!(
                "Load outgrows {}: it stays below its target up to {} times the declared peak and is used up at {} times",
                prose(title),
                times(capacity.headroom_permille),
                times(capacity.saturation_permille)
            ),
            next.map_or_else(
                || otherwise.to_owned(),
                |it| format!("Leave stage {} ({}) in time.", escape(&it.id), prose(&it.title)),
            ),
            next.map_or_else(
                || alert.to_owned(),
                |it| code(&crate::alert::trigger::stage_alert(it)),
            ),
        ),
        team(material),
    );
    let doubts = (!capacity.doubts.is_empty()).then(|| judged(2, 2, (
        format!("The capacity is not what it is taken for: {}", capacity.doubts.iter().map(|it| prose(it.trim_end_matches('.'))).collect::<Vec<_>>().join("; ")),
        "`architrave load PATH` measures this system; `architrave capacity PATH --measurements FILE` reckons with it.".to_owned(),
        "objectives of latency burn at a load that was thought to be borne".to_owned(),
    ), team(material)));
    [bottleneck].into_iter().chain(doubts).collect()
}

/// What its makers will not mend for much longer.
fn of_products(material: &Material<'_>) -> Vec<Risk> {
    let today = material.assessment.as_of_day;
    let ending = material.assessment.products.iter().filter_map(|it| {
        let until = it.until_day?;
        (until < today + SUPPORT_DAYS).then_some((it, until))
    });
    let risk = |(it, until): (&architrave_model::Support, i32)| {
        let mark = if until < today { 3 } else { 2 };
        let mut risk = judged(mark, 3, (
            format!("{} {} gets no mends after {}", escape(&it.product), escape(&it.version), civil::day_text(until.into())),
            "Move to a version that is supported, with the time that a test of the restore takes on top.".to_owned(),
            format!("{}; looked up on {}", escape(&it.source), escape(&it.checked)),
        ), team(material));
        risk.source = escape(&it.source);
        risk
    };
    ending.map(risk).collect()
}
