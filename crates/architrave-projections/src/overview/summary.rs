//! The whole system on one page, for whoever decides about it.

use architrave_model::{
    Assessment, Level, Outcome, System, Verdict,
    capacity::{Capacity, Cost, Stage},
    civil::day_text,
    decision::Decision,
    words,
};

use super::needs;
use crate::{
    Document, Material, Projection, Room, decided,
    page::{Page, capital, code, count, escape, link, prose, sentence},
    quality,
};

/// `overview/summary.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "summary", room: Room::Overview, write };

const PATH: &str = "overview/summary.md";
/// Most risks that are told of; the rest is counted.
const RISKS_MAX: usize = 5;
/// Most questions that are told of.
const QUESTIONS_MAX: usize = 3;

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let assessment = material.assessment;
    let title = "Executive summary";
    let mut page = Page::new(title);
    page.paragraph(&lead(material));
    needed(&mut page, system);
    decisions(&mut page, assessment);
    if let Some(capacity) = &assessment.capacity {
        breaks_first(&mut page, capacity, &assessment.stages);
    }
    if let Some(cost) = &assessment.cost {
        costs(&mut page, material, cost);
    }
    risks(&mut page, assessment);
    unknown(&mut page, assessment);
    vec![Document {
        path: PATH.to_owned(),
        title: title.to_owned(),
        summary: "What it is, what it must withstand, what was decided, what breaks first, what threatens it, what it costs."
            .to_owned(),
        text: page.finish(),
    }]
}

fn lead(material: &Material<'_>) -> String {
    let plan = material.plan;
    let system = &plan.system;
    let mut text = String::new();
    if !system.doc.is_empty() {
        text = format!("{} ", escape(&system.doc));
    }
    let contexts: Vec<&str> = system.contexts.iter().map(|it| it.name.text.as_str()).collect();
    text.push_str(&format!(
        "**{}** is one backend of {} ({}) that keeps {} and answers {}",
        escape(&system.name.text),
        count(contexts.len(), "context", "contexts"),
        contexts.iter().map(|it| escape(it)).collect::<Vec<_>>().join(", "),
        link(
            &count(system.entities.len(), "kind of record", "kinds of record"),
            PATH,
            "data/erd.md"
        ),
        link(
            &count(plan.operations.len(), "operation", "operations"),
            PATH,
            "contracts/reference.html"
        ),
    ));
    if !system.regions.is_empty() {
        text.push_str(&format!(", in {}", words::list(&system.regions)));
    }
    text.push_str(&format!(
        ". Judged as of {}. {} tells how it works.",
        day_text(i64::from(material.assessment.as_of_day)),
        link("The architecture", PATH, "overview/architecture.md")
    ));
    text
}

fn needed(page: &mut Page, system: &System) {
    let rows = needs::rows(system, PATH);
    if !rows.is_empty() {
        page.heading(2, "What it must withstand");
        page.table(&["Need", "How much", "Source"], &rows);
    }
}

fn decisions(page: &mut Page, assessment: &Assessment) {
    let row = |it: &Decision| {
        let chosen = decided::option(it).map(|it| escape(&it.title)).unwrap_or_default();
        let flip = it.inputs.iter().find_map(|input| Some((input, input.flips.first()?)));
        let flip = flip.map_or_else(
            || "no single fact".to_owned(),
            |(input, flip)| {
                format!(
                    "{}: {} → {}",
                    escape(&input.title),
                    escape(&flip.condition),
                    escape(&flip.option)
                )
            },
        );
        vec![
            format!("{} {}", decided::link(assessment, it, PATH), escape(&decided::words(it))),
            format!("**{chosen}**{}", if it.is_open { " (open)" } else { "" }),
            escape(&it.because),
            flip,
        ]
    };
    let rows: Vec<Vec<String>> = assessment.decisions.iter().map(row).collect();
    if rows.is_empty() {
        return;
    }
    page.heading(2, "What was decided");
    page.table(&["Decision", "Outcome", "Because", "What alone would change it"], &rows);
    let open = assessment.decisions.iter().filter(|it| it.is_open).count();
    if open > 0 {
        page.paragraph(&format!(
            "{} rest{} on a fact that nobody has stated: {}.",
            count(open, "decision", "decisions"),
            if open == 1 { "s" } else { "" },
            link("the open questions", PATH, "overview/questions.md")
        ));
    }
}

fn breaks_first(page: &mut Page, capacity: &Capacity, stages: &[Stage]) {
    page.heading(2, "What breaks first, and when");
    let peak = capacity.loads.iter().find(|it| it.factor_permille == 1_000);
    let first = peak.and_then(|it| it.uses.iter().find(|it| it.resource == capacity.bottleneck));
    if let Some(first) = first {
        page.paragraph(&format!(
            "**{}** is {} busy at the declared peak of {}. It stays below the target of {} up to {} times that, {}, and \
             is used up at {} times.",
            capital(&prose(&first.title)),
            words::short_percent(first.ppm),
            words::rate(capacity.peak_milli_per_s),
            words::percent(capacity.target_ppm),
            words::times(capacity.headroom_permille),
            words::short_rate(share(capacity.peak_milli_per_s, capacity.headroom_permille)),
            words::times(capacity.saturation_permille),
        ));
    }
    if let Some(first) = first
        && !stages.is_empty()
        && stages.iter().all(|it| it.breaks_first != first.title)
    {
        page.paragraph(
            "No stage moves that limit: it is raised where it is declared. The stages tell what their machines bear.",
        );
    }
    let has_days = stages.iter().any(|it| it.expected_day.is_some());
    let head = ["Stage", "What it is", "Holds until", "What gives first", "To be expected"];
    let columns = if has_days { head.len() } else { head.len() - 1 };
    let rows: Vec<Vec<String>> =
        stages.iter().map(|it| stage(it).into_iter().take(columns).collect()).collect();
    page.table(head.get(..columns).unwrap_or(&head), &rows);
    page.list(capacity.doubts.iter().map(|it| sentence(it)));
    page.paragraph(&format!(
        "How this is reckoned: {}. How it grows: {}.",
        link("the capacity model", PATH, "quality/capacity.md"),
        link("the scaling roadmap", PATH, "delivery/roadmap.md")
    ));
}

fn stage(it: &Stage) -> Vec<String> {
    vec![
        escape(&it.id),
        escape(&it.title),
        it.holds_until_milli_per_s.map(words::short_rate).unwrap_or_default(),
        escape(&it.breaks_first),
        it.expected_day.map(|it| day_text(i64::from(it))).unwrap_or_default(),
    ]
}

fn share(number: u64, permille: u64) -> u64 {
    // Whole requests per second: the model is not finer.
    let product = u128::from(number) * u128::from(permille) / 1_000;
    u64::try_from(product / 1_000 * 1_000).unwrap_or(u64::MAX)
}

fn costs(page: &mut Page, material: &Material<'_>, cost: &Cost) {
    page.heading(2, "What it costs");
    page.paragraph(&format!(
        "{} {}: {}.",
        quality::cost_verdict(material, cost),
        link("Every line of it", PATH, "quality/cost.md"),
        cost.lines
            .iter()
            .map(|it| format!("{} {}", escape(&it.what), quality::range(it.micro_usd)))
            .collect::<Vec<_>>()
            .join(", ")
    ));
}

fn risks(page: &mut Page, assessment: &Assessment) {
    let mut found: Vec<&Verdict> = assessment
        .verdicts
        .iter()
        .filter(|it| {
            matches!(it.outcome, Outcome::Fail | Outcome::Waived) && it.level != Level::Info
        })
        .collect();
    found.sort_by_key(|it| it.level);
    let passed = assessment.verdicts.iter().filter(|it| it.outcome == Outcome::Pass).count();
    page.heading(2, "What threatens it");
    if found.is_empty() {
        page.paragraph(&format!(
            "None of {} finds a fault; {} were checked one by one and hold.",
            count(assessment.rules.len(), "rule", "rules"),
            count(passed, "place", "places")
        ));
        return;
    }
    let rows = found.iter().take(RISKS_MAX).map(|it| risk(it));
    page.table(&["Level", "Risk", "What is done about it"], &rows.collect::<Vec<_>>());
    let more = found.len().saturating_sub(RISKS_MAX);
    let rest =
        if more > 0 { format!(" {more} lesser ones are left out here.") } else { String::new() };
    page.paragraph(&format!(
        "{} were asked.{rest} All of them: {}. Who might attack it and where: {}.",
        count(assessment.rules.len(), "rule", "rules"),
        link("risks and mitigations", PATH, "quality/risks.md"),
        link("the threat model", PATH, "quality/threats.md")
    ));
}

fn risk(verdict: &Verdict) -> Vec<String> {
    let done = match &verdict.waiver {
        Some(it) => format!(
            "accepted by {} until {}: {}",
            escape(&it.owner),
            day_text(i64::from(it.until_day)),
            escape(&it.reason)
        ),
        None => format!("**open**: {}", escape(&verdict.help)),
    };
    vec![
        verdict.level.name().to_owned(),
        format!(
            "{} ({} {})",
            capital(&prose(&verdict.title)),
            verdict.rule,
            code(&verdict.subject_name)
        ),
        done,
    ]
}

fn unknown(page: &mut Page, assessment: &Assessment) {
    if assessment.questions.is_empty() && assessment.assumptions.is_empty() {
        return;
    }
    page.heading(2, "What is not known");
    page.list(assessment.questions.iter().take(QUESTIONS_MAX).map(|it| {
        let what = count(
            usize::try_from(it.weight).unwrap_or(usize::MAX),
            "outcome depends on it",
            "outcomes depend on it",
        );
        format!("{} {} is taken; {what}.", escape(it.text), escape(&it.default))
    }));
    let counts = [
        (assessment.questions.len(), "question is open", "questions are open"),
        (assessment.assumptions.len(), "number is assumed", "numbers are assumed"),
    ];
    let there = counts.iter().filter(|it| it.0 > 0).map(|it| count(it.0, it.1, it.2));
    let assumed = link("every value that is assumed", PATH, "overview/assumptions.md");
    let pages = match assessment.questions.is_empty() {
        true => assumed,
        false => {
            let asked = link("what each answer would change", PATH, "overview/questions.md");
            format!("{asked}, {assumed}")
        }
    };
    page.paragraph(&format!("{}: {pages}.", there.collect::<Vec<_>>().join(" and ")));
}
