//! The pages: whole, self-contained, with addresses that lead somewhere.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;

use architrave_projections::{Page, pages, reference};

/// Values of an attribute, in order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|it| it.split('"').next()).collect()
}

#[test]
fn the_reference_needs_no_network() {
    let html = reference(&common::plan());
    for forbidden in
        ["src=\"http", "url(http", "@import", "<link rel=\"stylesheet", " style=\"", " onclick="]
    {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn links_lead_somewhere_and_anchors_are_unique() {
    common::plans().iter().for_each(check_links);
}

fn check_links(plan: &architrave_plan::Plan) {
    let pages = pages(plan);
    let paths: BTreeSet<&str> = pages.iter().map(|it| it.path.as_str()).collect();
    let served = ["/v1/me", "/health/ready"];
    for page in pages.iter().filter(|it| it.content_type.starts_with("text/html")) {
        let ids = attributes(&page.body, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{}: an anchor is there twice", page.path);
        for link in attributes(&page.body, "href").into_iter().filter(|it| !it.starts_with("data:"))
        {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let is_page = path.is_empty() || paths.contains(path) || served.contains(&path);
            assert!(is_page, "{}: {link}", page.path);
            if path.is_empty() {
                assert!(unique.contains(anchor), "{}: {link}", page.path);
            }
        }
    }
}

#[test]
fn there_is_a_page_for_every_problem() {
    let pages = pages(&common::plan());
    for problem in architrave_plan::ALL_PROBLEMS {
        let path = format!("/problems/{}", problem.code);
        let page: Option<&Page> = pages.iter().find(|it| it.path == path);
        let page = page.unwrap_or_else(|| panic!("{path} is missing"));
        assert!(page.body.contains(problem.title), "{path}");
    }
    assert!(pages.iter().any(|it| it.path == "/problems/empty_order"), "guards have pages too");
}

#[test]
fn every_operation_is_in_the_reference() {
    let plan = common::plan();
    let html = reference(&plan);
    for operation in &plan.operations {
        let anchor = operation.name.replace('.', "-").to_lowercase();
        assert!(
            html.contains(&format!("<article class=\"operation\" id=\"{anchor}\"")),
            "{anchor}"
        );
    }
}

#[test]
fn styles_and_scripts_are_allowed_by_their_hash_alone() {
    let pages = pages(&common::plan());
    let page = pages.iter().find(|it| it.path == "/docs").unwrap();
    assert!(page.content_security.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!page.content_security.contains("unsafe"));
}
