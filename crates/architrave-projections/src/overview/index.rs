//! `README.md`: every document of the set with what a reader learns from it.

use crate::{
    Document, Material, Room,
    page::{Page, escape, link},
};

const PATH: &str = "README.md";

/// Files in a folder of their own are listed by that folder's page.
fn is_listed(document: &Document) -> bool {
    document.is_page() || document.path.matches('/').count() == 1
}

/// The page that all others are found from.
pub(crate) fn index(material: &Material<'_>, documents: &[Document]) -> Document {
    let system = &material.plan.system;
    let title = format!("{}: architecture", system.name.text);
    let mut page = Page::new(&title);
    for room in Room::ALL {
        let prefix = format!("{}/", room.name());
        let inside: Vec<&Document> =
            documents.iter().filter(|it| it.path.starts_with(&prefix) && is_listed(it)).collect();
        if inside.is_empty() {
            continue;
        }
        page.heading(2, room.title());
        let row = |it: &&Document| vec![link(&it.title, PATH, &it.path), escape(&it.summary)];
        page.table(&["Document", "What it tells"], &inside.iter().map(row).collect::<Vec<_>>());
    }
    Document {
        path: PATH.to_owned(),
        title,
        summary: "Every document of the set with what a reader learns from it.".to_owned(),
        text: page.finish(),
    }
}
