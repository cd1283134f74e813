//! The pages as one HTML file that opens without a network: style, script, search and the drawing of diagrams are in it.

mod frame;
mod markdown;
mod policy;
pub(crate) mod slug;

use std::collections::BTreeSet;

use crate::{Document, Room};

/// Where the site is written, below the output folder: relative links to files lead from there.
pub const SITE_PATH: &str = "index.html";

/// The site of a set of documents: every page, and links to every other file. Deterministic.
#[must_use]
pub fn site(title: &str, documents: &[Document]) -> String {
    let paths: BTreeSet<&str> = documents.iter().map(|it| it.path.as_str()).collect();
    let pages: Vec<Page<'_>> =
        documents.iter().filter(|it| it.is_page()).map(|it| Page::of(it, &paths)).collect();
    let files: Vec<&Document> = documents.iter().filter(|it| !it.is_page()).collect();
    frame::site(title, &pages, &files)
}

/// A page of the site.
struct Page<'d> {
    document: &'d Document,
    room: Option<Room>,
    /// Its id in the site, e.g. `data/erd`.
    id: String,
    /// Its text as HTML.
    html: String,
    has_diagrams: bool,
}

impl<'d> Page<'d> {
    fn of(document: &'d Document, paths: &BTreeSet<&str>) -> Self {
        let id = id_of(&document.path);
        let rendered =
            markdown::render(&document.text, &id, &|link| address(&document.path, link, paths));
        Self {
            document,
            room: room_of(document),
            id,
            html: rendered.html,
            has_diagrams: rendered.has_diagrams,
        }
    }
}

fn room_of(document: &Document) -> Option<Room> {
    let (room, _) = document.path.split_once('/')?;
    Room::ALL.into_iter().find(|it| it.name() == room)
}

fn id_of(path: &str) -> String {
    path.strip_suffix(".md").unwrap_or(path).to_owned()
}

/// Where a link of a page leads within the site; none for addresses that a document has no business with.
fn address(from: &str, link: &str, paths: &BTreeSet<&str>) -> Option<String> {
    if let Some((scheme, _)) = link.split_once(':')
        && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    {
        return ["https", "http", "mailto"].contains(&scheme).then(|| link.to_owned());
    }
    let (path, section) = link.split_once('#').map_or((link, None), |(path, it)| (path, Some(it)));
    let to = if path.is_empty() { from.to_owned() } else { resolved(from, path)? };
    if !(paths.contains(to.as_str()) && to.ends_with(".md")) {
        return Some(section.map_or(to.clone(), |it| format!("{to}#{it}")));
    }
    let id = id_of(&to);
    Some(section.map_or(format!("#{id}"), |it| format!("#{id}:{it}")))
}

/// The path that a relative link leads to; none above the output folder.
pub(crate) fn resolved(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_places_of_the_site_and_to_files_beside_it() {
        let paths = BTreeSet::from(["README.md", "data/erd.md", "contracts/openapi.json"]);
        let check = |from, link, expected: Option<&str>| {
            assert_eq!(address(from, link, &paths).as_deref(), expected, "{from} {link}");
        };
        check("README.md", "data/erd.md", Some("#data/erd"));
        check("README.md", "data/erd.md#sales", Some("#data/erd:sales"));
        check("data/erd.md", "#sales", Some("#data/erd:sales"));
        check("data/erd.md", "../README.md", Some("#README"));
        check("data/erd.md", "../contracts/openapi.json", Some("contracts/openapi.json"));
        check("README.md", "https://a.example/b", Some("https://a.example/b"));
        check("README.md", "javascript:alert(1)", None);
        check("README.md", "../../etc/passwd", None);
    }
}
