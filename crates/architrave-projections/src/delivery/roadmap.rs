//! `delivery/roadmap.md`: how the system grows, stage by stage, and what says that the next one is due.

use architrave_model::{
    capacity::{CostKind, Stage},
    civil::day_text,
    words::{percent, short_rate, times},
};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, capital, escape, link, mermaid, prose, sentence},
    quality::{of_kind, range},
};

/// `delivery/roadmap.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "roadmap", room: Room::Delivery, write };

const PATH: &str = "delivery/roadmap.md";
const TITLE: &str = "Scaling roadmap";

fn write(material: &Material<'_>) -> Vec<Document> {
    let stages = &material.assessment.stages;
    if stages.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new(TITLE);
    introduction(&mut page, material);
    overview(&mut page, material);
    for (position, stage) in stages.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|it| stages.get(it));
        one(&mut page, stage, before, stages.get(position + 1));
    }
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "The stages of growth, the load at which each breaks, and the measurement that says when to move on."
            .to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, material: &Material<'_>) {
    let stages = &material.assessment.stages;
    let Some(capacity) = &material.assessment.capacity else { return };
    let growth = material.assessment.graph.needs.growth_ppm_per_month.value();
    let growth = growth.map_or_else(
        || "No growth is declared, so no date is expected for any stage".to_owned(),
        |it| format!("The declared growth is {} a month", percent(u64::from(*it))),
    );
    let last = stages.iter().filter_map(|it| it.holds_until_milli_per_s).max();
    let last = last.map_or_else(String::new, |it| {
        format!(
            " The last stage whose limit can be worked out bears {}, {} times the declared peak of {}.",
            short_rate(it),
            times(factor(it, capacity.peak_milli_per_s)),
            short_rate(capacity.peak_milli_per_s)
        )
    });
    page.paragraph(&format!("{growth}.{last}"));
    if let Some(due) = stages.iter().find(|it| it.is_due_because.is_some()) {
        page.paragraph(&format!(
            "**{} ({}) is due whatever the load**: {}.",
            due.id,
            escape(&due.title),
            escape(due.is_due_because.as_deref().unwrap_or_default())
        ));
    }
    page.paragraph(&format!(
        "Each limit is where the first resource is {} busy, as {} works it out. Triggers stand below that by what the load grows while the move is made; they are alert rules that open a ticket and wake nobody.",
        percent(capacity.target_ppm),
        link("the capacity model", PATH, "quality/capacity.md")
    ));
}

fn factor(milli_per_s: u64, peak: u64) -> u64 {
    let product = u128::from(milli_per_s) * 1_000 / u128::from(peak.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

fn overview(page: &mut Page, material: &Material<'_>) {
    let stages = &material.assessment.stages;
    let mut drawing = "flowchart LR\n".to_owned();
    for stage in stages {
        let text = format!("{}: {}<br>", stage.id, mermaid::label(&stage.title));
        let until = stage.holds_until_milli_per_s.map_or_else(
            || "as far as can be said".to_owned(),
            |it| format!("up to {}", short_rate(it)),
        );
        drawing.push_str(&format!("    {}[\"{text}{until}\"]\n", mermaid::identifier(&stage.id)));
    }
    for pair in stages.windows(2) {
        let [from, to] = pair else { continue };
        let why = if to.is_due_because.is_some() {
            "the promise".to_owned()
        } else {
            from.breaks_first.clone()
        };
        drawing.push_str(&format!(
            "    {} -->|\"{}\"| {}\n",
            mermaid::identifier(&from.id),
            mermaid::label(&why),
            mermaid::identifier(&to.id)
        ));
    }
    page.diagram("The stages, the load that each bears, and what asks for the next.", &drawing);
    let rows: Vec<Vec<String>> =
        stages.iter().enumerate().map(|(at, it)| row(it, stages.get(at + 1))).collect();
    page.table(
        &[
            "Stage",
            "Nodes at its begin",
            "Bears",
            "What breaks first",
            "Move on",
            "Infrastructure a month",
        ],
        &rows,
    );
}

fn row(stage: &Stage, next: Option<&Stage>) -> Vec<String> {
    let move_on = match (next, stage.expected_day) {
        (None, _) => "the last stage".to_owned(),
        (Some(next), _) if next.is_due_because.is_some() => "now, for the promise".to_owned(),
        (Some(_), Some(day)) => format!("begin on {}", day_text(i64::from(day))),
        (Some(_), None) => "beyond the horizon".to_owned(),
    };
    vec![
        format!("{} {}", stage.id, escape(&stage.title)),
        stage.nodes.to_string(),
        stage.holds_until_milli_per_s.map_or_else(|| "not known".to_owned(), short_rate),
        capital(&escape(&stage.breaks_first)),
        move_on,
        stage
            .cost
            .as_ref()
            .map_or_else(String::new, |it| range(of_kind(it, CostKind::Infrastructure))),
    ]
}

fn one(page: &mut Page, stage: &Stage, before: Option<&Stage>, next: Option<&Stage>) {
    page.heading(2, &format!("{}: {}", stage.id, stage.title));
    page.paragraph(&prose(&stage.what));
    if let Some(because) = &stage.is_due_because {
        page.paragraph(&format!("**Due whatever the load**: {}.", escape(because)));
    }
    if let Some(limit) = stage.holds_until_milli_per_s {
        page.paragraph(&format!(
            "It bears {}. First to reach the target is {}.",
            short_rate(limit),
            escape(&stage.breaks_first)
        ));
    }
    if let (Some(before), Some(cost)) = (before.and_then(|it| it.cost.as_ref()), &stage.cost) {
        let kind = CostKind::Infrastructure;
        page.paragraph(&format!(
            "Coming here takes {} days. Machines then cost {} a month instead of {} (each stage at the load at which it begins).",
            stage.lead_time_days,
            range(of_kind(cost, kind)),
            range(of_kind(before, kind))
        ));
    }
    page.steps(stage.steps.iter().map(|it| sentence(it)));
    if !stage.gives_up.is_empty() {
        page.paragraph(&format!("What is given up: {}.", escape(&stage.gives_up)));
    }
    if let (Some(trigger), Some(next)) = (&stage.trigger, next) {
        page.paragraph(&format!("Begin the move to {} when {}:", next.id, escape(&trigger.title)));
        page.code("promql", &trigger.expression);
    }
}
