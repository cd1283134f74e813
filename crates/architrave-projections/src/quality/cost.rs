//! `quality/cost.md`: what the system costs each month, what drives that, and whether it fits the budget.

use architrave_model::{
    capacity::{Cost, CostKind, CostLine},
    words::{self, dollars},
};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link, prose},
};

/// `quality/cost.md`
pub(crate) const PROJECTION: Projection = Projection { name: "cost", room: Room::Quality, write };

const PATH: &str = "quality/cost.md";
const TITLE: &str = "Cost";
/// So many lines are named as what the cost comes from.
const DRIVERS: usize = 3;
const KINDS: [(CostKind, &str); 3] = [
    (CostKind::Infrastructure, "infrastructure"),
    (CostKind::Operations, "operations"),
    (CostKind::Development, "development"),
];

fn write(material: &Material<'_>) -> Vec<Document> {
    let Some(cost) = &material.assessment.cost else { return Vec::new() };
    let mut page = Page::new(TITLE);
    page.paragraph(&verdict(material, cost));
    drivers(&mut page, cost);
    lines(&mut page, cost);
    stages(&mut page, material);
    prices(&mut page, cost);
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "Machines and people by month as ranges, what drives them, and whether the budget holds."
            .to_owned(),
        text: page.finish(),
    }]
}

/// What lines of a kind cost, at the least and at the most.
pub(crate) fn of_kind(cost: &Cost, kind: CostKind) -> (u64, u64) {
    let mine = cost.lines.iter().filter(|it| it.kind == kind);
    mine.fold((0, 0), |(least, most), it| {
        (least.saturating_add(it.micro_usd.0), most.saturating_add(it.micro_usd.1))
    })
}

/// A range in whole dollars: cents would promise what nobody knows.
pub(crate) fn range((least, most): (u64, u64)) -> String {
    let whole =
        |micro: u64| dollars(micro / 1_000_000 * 1_000_000).trim_end_matches(".00").to_owned();
    if least / 1_000_000 == most / 1_000_000 {
        whole(least)
    } else {
        format!("{}–{}", whole(least), whole(most))
    }
}

/// What machines cost, and whether the budget bears them.
pub(crate) fn verdict(material: &Material<'_>, cost: &Cost) -> String {
    let infrastructure = of_kind(cost, CostKind::Infrastructure);
    let declared = material.assessment.graph.needs.budget_per_month.value();
    let mut text = format!(
        "At the declared load the machines of {} cost **{} a month**.",
        escape(&material.plan.system.name.text),
        range(infrastructure)
    );
    if let (Some((amount, currency)), Some(budget)) = (declared, cost.budget_micro_usd) {
        let written = format!(
            "{} {} a month (declared)",
            words::grouped(u64::try_from(*amount).unwrap_or(0) / 100),
            escape(currency)
        );
        let holds = if infrastructure.1 <= budget {
            "is enough even at the upper end"
        } else if infrastructure.0 <= budget {
            "is enough at the lower end only"
        } else {
            "is not enough"
        };
        text.push_str(&format!(" The budget of {written} {holds}; it is read as what machines may cost, people are paid from elsewhere."));
    }
    text.push_str(&due(material, cost));
    text
}

/// What is decided and not there yet costs more: whoever reads of a budget must not overlook it.
fn due(material: &Material<'_>, cost: &Cost) -> String {
    let stages = &material.assessment.stages;
    let next = stages.iter().find(|it| it.is_due_because.is_some());
    let Some((stage, then)) = next.and_then(|it| Some((it, it.cost.as_ref()?))) else {
        return String::new();
    };
    let machines = of_kind(then, CostKind::Infrastructure);
    let holds = match cost.budget_micro_usd {
        Some(budget) if machines.0 > budget => ", which the budget does not bear",
        Some(budget) if machines.1 > budget => ", which the budget bears at the lower end only",
        _ => "",
    };
    format!(
        " The next stage, {} ({}), is due whatever the load; its machines cost **{} a month**{holds}.",
        escape(&stage.id),
        prose(&stage.title),
        range(machines)
    )
}

fn drivers(page: &mut Page, cost: &Cost) {
    let drivers: Vec<String> = cost
        .lines
        .iter()
        .take(DRIVERS)
        .map(|it| format!("{} ({})", escape(&it.what), range(it.micro_usd)))
        .collect();
    page.paragraph(&format!(
        "With the people who change and run it, it is {} a month. What it comes from, the dearest first: {}.",
        range(cost.micro_usd),
        drivers.join(", ")
    ));
}

fn lines(page: &mut Page, cost: &Cost) {
    page.heading(2, "What it is made of");
    let row = |kind: &str, it: &CostLine| {
        vec![kind.to_owned(), escape(&it.what), range(it.micro_usd), escape(&it.because)]
    };
    let rows: Vec<Vec<String>> = KINDS
        .iter()
        .flat_map(|(kind, name)| {
            cost.lines.iter().filter(move |it| it.kind == *kind).map(move |it| row(name, it))
        })
        .collect();
    page.table(&["Kind", "What", "A month", "How it comes about"], &rows);
    page.paragraph("Ranges: list prices differ by a fifth from provider to provider, what people need for the same work by a half (assumed).");
}

fn stages(page: &mut Page, material: &Material<'_>) {
    let stages: Vec<_> =
        material.assessment.stages.iter().filter_map(|it| Some((it, it.cost.as_ref()?))).collect();
    if stages.len() < 2 {
        return;
    }
    page.heading(2, "What growth costs");
    page.paragraph(&format!(
        "Each stage of {} at the load at which it begins, by month. The people who develop stay the same.",
        link("the roadmap", PATH, "delivery/roadmap.md")
    ));
    let rows: Vec<Vec<String>> = stages
        .iter()
        .map(|(stage, cost)| {
            vec![
                format!("{} {}", stage.id, escape(&stage.title)),
                stage.nodes.to_string(),
                range(of_kind(cost, CostKind::Infrastructure)),
                range(of_kind(cost, CostKind::Operations)),
                within(of_kind(cost, CostKind::Infrastructure), cost.budget_micro_usd),
            ]
        })
        .collect();
    page.table(&["Stage", "Nodes", "Infrastructure", "Operations", "Budget"], &rows);
}

/// Whether machines are within a budget.
fn within((least, most): (u64, u64), budget: Option<u64>) -> String {
    match budget {
        None => "none is declared".to_owned(),
        Some(budget) if most <= budget => "within".to_owned(),
        Some(budget) if least <= budget => "within at the lower end only".to_owned(),
        Some(_) => "**over**".to_owned(),
    }
}

fn prices(page: &mut Page, cost: &Cost) {
    page.heading(2, "Prices");
    let rows: Vec<Vec<String>> = cost
        .prices
        .iter()
        .map(|it| {
            let own = if it.is_own { " (your file)" } else { "" };
            let stale = if it.is_stale { " **too old: look it up again**" } else { "" };
            vec![
                code(&it.id),
                escape(&it.value),
                escape(&it.per),
                format!("{}{own}", escape(&it.source)),
                format!("{}{stale}", escape(&it.checked)),
            ]
        })
        .collect();
    page.table(&["Id", "Value", "Per", "Who says so", "Looked up"], &rows);
    page.paragraph(
        "To replace a price, write its line into a file of your own and pass it with `--prices`.",
    );
}
