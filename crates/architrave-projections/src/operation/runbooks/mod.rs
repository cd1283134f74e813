//! `operation/runbooks.md` and a page per alert and failure: what it means, whom it hits, what to ask first, what to
//! do with what this system has, and how to know that it is over.

mod failures;
mod objectives;
mod site;
mod symptoms;
mod triggers;

pub(crate) use failures::{encrypted_fields, has_encrypted};

use crate::{
    Document, Material, Projection, Room,
    alert::watches,
    page::{Page, capital, code, link},
};

/// `operation/runbooks.md` and its pages.
pub(crate) const PROJECTION: Projection =
    Projection { name: "runbooks", room: Room::Operation, write };

pub(crate) const PATH: &str = "operation/runbooks.md";

/// What to do about one thing. All texts are Markdown.
#[derive(Debug, Clone, Default)]
pub(super) struct Runbook {
    /// File name without ending.
    pub(super) slug: String,
    pub(super) title: String,
    /// Names of the alerts that lead here; empty for failures that no alert names.
    pub(super) alerts: Vec<String>,
    /// What has happened, in one or two sentences.
    pub(super) means: String,
    /// Operations and roles that feel it.
    pub(super) hits: Vec<String>,
    /// (what it tells, language, query or command)
    pub(super) ask: Vec<(String, &'static str, String)>,
    /// In order.
    pub(super) do_this: Vec<String>,
    /// How to take back what was done; empty where nothing has to be.
    pub(super) undo: String,
    pub(super) over: String,
}

/// The path of a runbook.
pub(crate) fn path(slug: &str) -> String {
    format!("operation/runbooks/{slug}.md")
}

fn write(material: &Material<'_>) -> Vec<Document> {
    let of_alerts: Vec<Runbook> = objectives::runbooks(material)
        .into_iter()
        .chain(symptoms::runbooks(material))
        .chain(triggers::runbooks(material))
        .collect();
    let of_failures = failures::runbooks(material);
    let index = index(material, &of_alerts, &of_failures);
    let pages = of_alerts.iter().chain(&of_failures).map(|it| document(material, it));
    [index].into_iter().chain(pages).collect()
}

fn index(material: &Material<'_>, alerts: &[Runbook], failures: &[Runbook]) -> Document {
    let mut page = Page::new("Runbooks");
    page.paragraph(&format!(
        "A page for each alert of {} and for each failure that can be foreseen. {}",
        link("the rules", PATH, super::alerts::PATH),
        site::escalation(material)
    ));
    page.heading(2, "Alerts");
    let watches = watches(material);
    let rows: Vec<Vec<String>> = watches
        .iter()
        .flat_map(|it| &it.alerts)
        .map(|it| {
            let title = alerts.iter().find(|book| book.slug == it.runbook);
            let title = title.map_or(it.runbook.as_str(), |it| it.title.as_str());
            vec![
                code(&it.name),
                it.severity.name().to_owned(),
                link(title, PATH, &path(&it.runbook)),
            ]
        })
        .collect();
    page.table(&["Alert", "Reaches", "Runbook"], &rows);
    page.heading(2, "Failures");
    let row = |it: &Runbook| vec![link(&it.title, PATH, &path(&it.slug)), it.means.clone()];
    page.table(&["Failure", "What has happened"], &failures.iter().map(row).collect::<Vec<_>>());
    Document {
        path: PATH.to_owned(),
        title: "Runbooks".to_owned(),
        summary: "Every alert and every failure that can be foreseen, with the page that says what to do.".to_owned(),
        text: page.finish(),
    }
}

fn document(material: &Material<'_>, book: &Runbook) -> Document {
    let mut page = Page::new(&book.title);
    let mut means = book.means.clone();
    if !book.alerts.is_empty() {
        let names: Vec<String> = book.alerts.iter().map(|it| code(it)).collect();
        means = format!("**{}**: {means}", names.join(", "));
    }
    page.paragraph(&means);
    page.heading(2, "Whom it hits");
    page.list(&book.hits);
    page.heading(2, "Ask first");
    for (tells, language, text) in &book.ask {
        page.paragraph(tells);
        page.code(language, text);
    }
    page.heading(2, "Do");
    page.steps(&book.do_this);
    if !book.undo.is_empty() {
        page.heading(2, "Take it back");
        page.paragraph(&book.undo);
    }
    page.heading(2, "It is over when");
    page.paragraph(&book.over);
    page.heading(2, "Who else");
    page.paragraph(&site::escalation(material));
    Document {
        path: path(&book.slug),
        title: book.title.clone(),
        summary: capital(&book.means),
        text: page.finish(),
    }
}
