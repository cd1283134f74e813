//! `structure/technology.md`: what the system is built on, and until when its makers look after it.

use architrave_model::{Support, civil::day_text};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape},
};

/// `structure/technology.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "technology", room: Room::Structure, write };

const PATH: &str = "structure/technology.md";
const TITLE: &str = "Technology and its support";
/// An end that is nearer than this, in days, is to be planned for: half a year, as rule EVO-12 has it.
const SOON_DAYS: i32 = 180;
/// A date that was looked up longer ago than this, in days, is to be looked up again.
const STALE_DAYS: i32 = 180;

fn write(material: &Material<'_>) -> Vec<Document> {
    let assessment = material.assessment;
    if assessment.products.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new(TITLE);
    introduction(&mut page, material);
    let rows: Vec<Vec<String>> = assessment
        .products
        .iter()
        .map(|it| row(it, assessment.as_of_day, serves(material, it)))
        .collect();
    page.table(
        &[
            "Product",
            "Version",
            "Used for",
            "Looked after until",
            "Verdict",
            "Who says so",
            "Looked up",
        ],
        &rows,
    );
    outside(&mut page, material);
    stores(&mut page, material);
    vec![Document {
        path: PATH.to_owned(),
        title: TITLE.to_owned(),
        summary: "Every product below the system, until when it gets fixes, and who says so."
            .to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, material: &Material<'_>) {
    let assessment = material.assessment;
    page.paragraph(&format!(
        "{} is one process of Architrave, which serves the blueprint and holds no other code of its own. Support is judged as of {}.",
        escape(&material.plan.system.name.text),
        day_text(i64::from(assessment.as_of_day))
    ));
}

/// Whether it keeps the rows now, or will.
fn serves(material: &Material<'_>, support: &Support) -> String {
    let stores = &material.assessment.graph.stores;
    let now = stores.iter().find(|it| it.product.value() == Some(&support.product));
    match now {
        Some(store) => escape(&store.node.name),
        None => "the database that was decided for, in its newest version".to_owned(),
    }
}

fn row(it: &Support, today: i32, used_for: String) -> Vec<String> {
    let until = it.until_day.map_or_else(|| "not known".to_owned(), |day| day_text(i64::from(day)));
    vec![
        code(&it.product),
        escape(&it.version),
        used_for,
        until,
        verdict(it, today),
        escape(&it.source),
        escape(&it.checked),
    ]
}

fn verdict(it: &Support, today: i32) -> String {
    let is_stale = architrave_model::civil::day_of(&it.checked)
        .is_some_and(|day| today.saturating_sub(day) > STALE_DAYS);
    let stale = if is_stale { "; looked up too long ago" } else { "" };
    let verdict = match it.until_day {
        None => "no day is known".to_owned(),
        Some(day) if day < today => "**no fixes any more**".to_owned(),
        Some(day) if day - today <= SOON_DAYS => format!("**ends in {} days**", day - today),
        Some(day) => format!("supported for {} more months", (day - today) / 30),
    };
    format!("{verdict}{stale}")
}

/// Systems of others: nobody's table has their versions.
fn outside(page: &mut Page, material: &Material<'_>) {
    let system = &material.plan.system;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for integration in &system.integrations {
        let context = &system[integration.context].name.text;
        let name = format!("{context}.{}", integration.name.text);
        rows.push(vec![
            code(&name),
            format!("{} of its operations over HTTP", integration.operations.len()),
            "no version is declared: ask for its sunset policy".to_owned(),
        ]);
    }
    if rows.is_empty() {
        return;
    }
    page.heading(2, "Systems of others");
    page.table(&["System", "What is used", "Support"], &rows);
}

/// What is decided of the store differs from what serves: both stand in the table, and this says why.
fn stores(page: &mut Page, material: &Material<'_>) {
    let decisions = &material.assessment.decisions;
    let Some(decision) = decisions.iter().find(|it| it.id == "D-02") else { return };
    let is_served =
        material.assessment.graph.stores.iter().any(|it| {
            it.product.value().is_some_and(|it| decision.chosen.starts_with(it.as_str()))
        });
    if is_served {
        return;
    }
    let title = decision.options.iter().find(|it| it.name == decision.chosen);
    page.paragraph(&format!(
        "Rows are in SQLite now; decision {} is for {}. The way there is stage S2 of [the scaling roadmap](../delivery/roadmap.md).",
        escape(&decision.id),
        escape(title.map_or(decision.chosen.as_str(), |it| it.title.as_str()))
    ));
}
