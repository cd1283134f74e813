//! The readable reference: self-contained pages that need no network, written from the plan.

mod curl;
mod entities;
mod events;
mod frame;
mod html;
mod members;
mod navigation;
mod operations;
mod overview;
mod policy;
mod problems;
mod start;

use architrave_plan::Plan;

use crate::{Document, Material, Projection, Room, openapi};

/// One page as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path, e.g. `/docs`.
    pub path: String,
    /// `Content-Type`
    pub content_type: &'static str,
    /// `Content-Security-Policy`: nothing but the page's own style and script; empty where none is needed.
    pub content_security: String,
    /// What is served, UTF-8.
    pub body: String,
}

/// `contracts/reference.html`: the same page as `/docs`.
pub(crate) const PROJECTION: Projection =
    Projection { name: "reference", room: Room::Contracts, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    vec![Document {
        path: "contracts/reference.html".to_owned(),
        title: "Reference of the API".to_owned(),
        summary: "The API for people who call it: every operation with its fields, refusals and examples.".to_owned(),
        text: reference(material.plan),
    }]
}

const HTML: &str = "text/html; charset=utf-8";

/// Everything that is served beside the API itself: the start page, the reference, the OpenAPI document
/// and one page per problem.
#[must_use]
pub fn pages(plan: &Plan) -> Vec<Page> {
    let page = |path: String, body: String| Page {
        path,
        content_type: HTML,
        content_security: policy::of_pages(),
        body,
    };
    let document = Page {
        path: "/openapi.json".to_owned(),
        content_type: "application/json",
        content_security: String::new(),
        body: openapi::openapi(plan),
    };
    let mut pages = vec![
        page("/".to_owned(), start::page(plan)),
        page("/docs".to_owned(), reference(plan)),
        document,
        page("/problems".to_owned(), problems::index(plan)),
    ];
    for (path, body) in problems::pages(plan) {
        pages.push(page(path, body));
    }
    pages
}

/// The reference as one HTML file.
#[must_use]
pub fn reference(plan: &Plan) -> String {
    let sections = [
        overview::section(plan),
        entities::sections(plan),
        events::section(plan),
        problems::section(plan),
    ];
    frame::reference(plan, &navigation::side(plan), &sections.concat())
}
