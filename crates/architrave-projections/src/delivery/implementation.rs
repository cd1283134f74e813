//! `delivery/implementation.md`: in which order the system is built, how long that takes, and what must be true before
//! each next step.

use architrave_model::{Increment, words::time};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, mermaid, prose, sentence},
};

/// `delivery/implementation.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "implementation", room: Room::Delivery, write };

const PATH: &str = "delivery/implementation.md";
const TITLE: &str = "Implementation roadmap";
/// Working days of a week.
const WEEK: u64 = 5;

fn write(material: &Material<'_>) -> Vec<Document> {
    let increments = &material.assessment.increments;
    if increments.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new(TITLE);
    introduction(&mut page, material);
    overview(&mut page, increments);
    for (position, it) in increments.iter().enumerate() {
        one(&mut page, position + 1, it);
    }
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "In which order it is built, what is proven first, and what must be true before the next step."
            .to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, material: &Material<'_>) {
    let increments = &material.assessment.increments;
    let sum = |pick: fn(&Increment) -> u64| -> u64 { increments.iter().map(pick).sum() };
    let (least, most) = (sum(|it| it.days.0), sum(|it| it.days.1));
    let needs = &material.assessment.graph.needs;
    let team = needs.team.value().copied().unwrap_or(1).max(1);
    let weeks = |days: u64| days.div_ceil(u64::from(team) * WEEK);
    let who = match needs.team.value() {
        Some(1) => "one person (declared)".to_owned(),
        Some(team) => format!("{team} people (declared)"),
        None => "one person, as nobody said how many there are".to_owned(),
    };
    page.paragraph(&format!(
        "{} steps, {least} to {most} working days in all: {} to {} weeks for {who}, if they do nothing else and can work side by side.",
        increments.len(),
        weeks(least),
        weeks(most)
    ));
    if let Some(us) = needs.first_release_us.value() {
        let available = u64::try_from(us / 604_800_000_000).unwrap_or(0);
        let verdict = if available >= weeks(most) {
            "is enough"
        } else if available >= weeks(least) {
            "is enough only if little goes wrong: decide now which context comes later"
        } else {
            "is too little: leave a context out, or move the date"
        };
        page.paragraph(&format!(
            "The first release is due in {} (declared), which {verdict}.",
            time(*us)
        ));
    }
    page.paragraph(
        "The order follows from what depends on what: first what the team controls least, then contexts after those that they use, the riskier of two first. The backend is served from the blueprint, so days are for clients, data, the outside world and proof; they are judgement, to be replaced after the second step by what it really took.",
    );
}

fn overview(page: &mut Page, increments: &[Increment]) {
    let mut drawing = "flowchart TB\n".to_owned();
    for (position, it) in increments.iter().enumerate() {
        let (least, most) = it.days;
        drawing.push_str(&format!(
            "    step{position}_[\"{}. {}<br>{least} to {most} days\"]\n",
            position + 1,
            mermaid::label(&it.title)
        ));
    }
    for position in 1..increments.len() {
        drawing.push_str(&format!("    step{}_ --> step{position}_\n", position - 1));
    }
    page.diagram("The steps in their order, in working days of one person.", &drawing);
}

fn one(page: &mut Page, number: usize, it: &Increment) {
    page.heading(2, &format!("{number}. {}", it.title));
    page.paragraph(&format!("{} It stands here because {}.", prose(&it.goal), prose(&it.because)));
    page.steps(it.steps.iter().map(|it| sentence(it)));
    page.paragraph(&format!("**Done when** {}.", prose(&it.gate)));
    page.paragraph(&format!("{} to {} days: {}.", it.days.0, it.days.1, prose(&it.sizing)));
}
