//! Pages of every example, and the site made of them: every link leads to a document and a section that is there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use architrave_model::SourceFile;
use architrave_plan::{Lock, derive};
use architrave_projections::{Document, Material, documents, site};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

const AS_OF_DAY: i32 = 20_778;

/// The documents of every example, by its name.
fn sets() -> &'static [(String, Vec<Document>)] {
    static SETS: LazyLock<Vec<(String, Vec<Document>)>> = LazyLock::new(read);
    &SETS
}

fn read() -> Vec<(String, Vec<Document>)> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut folders: Vec<_> =
        fs::read_dir(examples).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    let set = |folder: &Path| {
        let text = fs::read_to_string(folder.join("blueprint.hcl")).ok()?;
        let file = SourceFile { name: "blueprint.hcl".to_owned(), text };
        let plan = derive(architrave_blueprint::read(&[file]).0, &Lock::default()).plan;
        let accepts = plan.system.accepts.iter();
        let waivers: Vec<_> = accepts.filter_map(architrave_model::Accept::waiver).collect();
        let graph = architrave_review::graph_of(&plan, AS_OF_DAY);
        let given = architrave_review::Given { waivers: &waivers, ..Default::default() };
        let assessment = architrave_review::assess(&graph, &given);
        let documents = documents(&Material { plan: &plan, assessment: &assessment });
        Some((plan.system.name.text.clone(), documents))
    };
    folders.iter().filter_map(|it| set(it)).collect()
}

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);

/// Names of the sections of a page, as code hosts make them, and its links.
fn sections_and_links(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let (mut sections, mut links) = (BTreeSet::new(), Vec::new());
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, OPTIONS) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap());
                let more = (1..).map(|it| format!("{slug}-{it}"));
                let free =
                    std::iter::once(slug.clone()).chain(more).find(|it| !sections.contains(it));
                sections.insert(free.unwrap());
            }
            Event::Text(it) | Event::Code(it) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&it);
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
            _ => {}
        }
    }
    (sections, links)
}

fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase().replace(' ', "-");
    kept.chars().filter(|it| it.is_alphanumeric() || "-_".contains(*it)).collect()
}

/// The path that a relative link of a page leads to.
fn resolved(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{from}: {link} leads out of the folder"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_of_every_page_leads_to_a_document_and_a_section() {
    let mut wrong = Vec::new();
    for (name, documents) in sets() {
        let sections: BTreeMap<&str, BTreeSet<String>> =
            documents.iter().map(|it| (it.path.as_str(), sections_and_links(&it.text).0)).collect();
        for page in documents.iter().filter(|it| it.is_page()) {
            for link in sections_and_links(&page.text).1 {
                if link.starts_with("https://") {
                    continue;
                }
                let (path, section) = link.split_once('#').unwrap_or((&link, ""));
                let to =
                    if path.is_empty() { page.path.clone() } else { resolved(&page.path, path) };
                let leads = sections
                    .get(to.as_str())
                    .is_some_and(|it| section.is_empty() || it.contains(section));
                if !leads {
                    wrong.push(format!("{name}: {}: {link}", page.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn every_page_begins_with_its_title_and_has_a_path_and_a_title_of_its_own() {
    for (name, documents) in sets() {
        let (mut paths, mut titles) = (BTreeSet::new(), BTreeSet::new());
        for document in documents {
            let at = format!("{name}: {}", document.path);
            assert!(paths.insert(document.path.clone()), "{at} twice");
            // Files in a folder of their own are found from that folder's page, among their like.
            let is_listed = document.path.matches('/').count() < 2;
            let is_new = titles.insert(document.title.clone());
            assert!(is_new || !is_listed, "{at}: another has its title");
            if document.is_page() {
                assert!(document.summary.ends_with('.'), "{at}: its summary is a sentence");
                let mut events = Parser::new_ext(&document.text, OPTIONS);
                let is_heading = |it: &Event<'_>| matches!(it, Event::Start(Tag::Heading { .. }));
                assert!(events.any(|it| is_heading(&it)), "{at} has no title");
                let title = events.take_while(|it| !matches!(it, Event::End(TagEnd::Heading(_))));
                let title: String = title
                    .filter_map(|it| match it {
                        Event::Text(it) | Event::Code(it) => Some(it.to_string()),
                        _ => None,
                    })
                    .collect();
                assert_eq!(slug(&title), slug(&document.title), "{at}");
            }
        }
    }
}

/// Values of an attribute, in order.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|it| it.split('"').next()).collect()
}

#[test]
fn every_link_of_the_site_leads_to_a_place_in_it_or_a_file_beside_it() {
    for (name, documents) in sets() {
        let html = site(name, documents);
        // Kept for whoever wants to look at it.
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
        fs::write(kept, &html).unwrap();
        assert_eq!(html, site(name, documents), "the same bytes");
        let body = html.split_once("<body>").unwrap().1.split("<script").next().unwrap();
        let found = values(body, "id");
        let ids: BTreeSet<&str> = found.iter().copied().collect();
        assert_eq!(ids.len(), found.len(), "{name}: ids are unique");
        for href in values(body, "href") {
            let leads = match href.strip_prefix('#') {
                Some(id) => ids.contains(id),
                None => href.starts_with("https://") || documents.iter().any(|it| it.path == href),
            };
            assert!(leads, "{name}: {href}");
        }
        for page in documents.iter().filter(|it| it.is_page()) {
            assert!(ids.contains(page.path.trim_end_matches(".md")), "{name}: {}", page.path);
        }
    }
}

#[test]
fn the_site_asks_the_network_for_nothing() {
    let (name, documents) = &sets()[0];
    let html = site(name, documents);
    for asking in [" src=", "@import", "url(", "<link rel=\"stylesheet"] {
        let head = html.split("<main").next().unwrap();
        assert!(!head.contains(asking), "{asking}");
    }
    assert!(html.contains("default-src &#39;none&#39;"));
}
