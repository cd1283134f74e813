//! `README.md`: every document of the set with what a reader learns from it.

use architrave_model::civil::day_text;

use crate::{
    Document, Material, Room,
    page::{Page, code, escape, link, prose},
};

const PATH: &str = "README.md";

/// Files in a folder of their own are listed by that folder's page: schemas, and runbooks, of which there are many.
pub(crate) fn is_listed(document: &Document) -> bool {
    document.path.matches('/').count() == 1
}

/// The page that all others are found from.
pub(crate) fn index(material: &Material<'_>, documents: &[Document]) -> Document {
    let system = &material.plan.system;
    let title = format!("{}: architecture", system.name.text);
    let mut page = Page::new(&title);
    page.paragraph(&escape(&system.doc));
    page.paragraph(&format!(
        "Who has two minutes reads {}; who is to change it, {}; who calls it, {}.",
        link("the executive summary", PATH, "overview/summary.md"),
        link("the architecture", PATH, "overview/architecture.md"),
        link("the reference of the API", PATH, "contracts/reference.html"),
    ));
    for room in Room::ALL {
        let prefix = format!("{}/", room.name());
        let inside: Vec<&Document> =
            documents.iter().filter(|it| it.path.starts_with(&prefix) && is_listed(it)).collect();
        if inside.is_empty() {
            continue;
        }
        page.heading(2, room.title());
        let row = |it: &&Document| vec![link(&it.title, PATH, &it.path), prose(&it.summary)];
        page.table(&["Document", "What it tells"], &inside.iter().map(row).collect::<Vec<_>>());
    }
    page.heading(2, "Where all this comes from");
    page.paragraph(&format!(
        "Every page and file here is written by `architrave docs` from the blueprint and its plan {}, judged as of {}. \
         What is to be said differently is said there: pages that are edited by hand are noticed and not written over.",
        code(&material.plan.hash),
        day_text(i64::from(material.assessment.as_of_day)),
    ));
    Document {
        path: PATH.to_owned(),
        title,
        summary: "Every document of the set with what a reader learns from it.".to_owned(),
        text: page.finish(),
    }
}
