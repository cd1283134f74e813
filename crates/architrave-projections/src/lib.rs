//! Writes: a plan in, documents out. One room per document; documents share only the tools in this folder.
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod alert;
mod audience;
mod base64;
mod behaviour;
mod contracts;
mod data;
mod decided;
mod decisions;
mod delivery;
mod document;
mod example;
mod field_type;
mod filters;
mod json;
mod limits;
mod names;
mod openapi;
mod operation;
mod overview;
mod page;
mod quality;
mod reference;
mod refusals;
mod running;
mod schema;
mod site;
mod speech;
mod structure;
mod types;

pub use document::{Document, Material, Projection, Room};
pub use openapi::openapi;
pub use reference::{Page, pages, reference};
pub use site::{SITE_PATH, site};

/// Every document, in reading order.
pub static ALL: &[Projection] = &[
    overview::SUMMARY,
    overview::ARCHITECTURE,
    overview::GLOSSARY,
    overview::ASSUMPTIONS,
    overview::QUESTIONS,
    structure::CONTEXT,
    structure::CONTAINERS,
    structure::COMPONENTS,
    structure::DEPLOYMENT,
    structure::DATA_FLOW,
    structure::TECHNOLOGY,
    data::ERD,
    data::DICTIONARY,
    behaviour::COMMANDS,
    behaviour::STATES,
    behaviour::EVENTS,
    behaviour::SAGAS,
    openapi::PROJECTION,
    reference::PROJECTION,
    contracts::ASYNCAPI,
    contracts::SCHEMAS,
    contracts::SQL,
    contracts::POSTMAN,
    decisions::INDEX,
    decisions::TRADE_OFFS,
    decisions::RECORDS,
    quality::ACCESS,
    quality::THREATS,
    quality::GOVERNANCE,
    quality::CAPACITY,
    quality::COST,
    quality::SLOS,
    quality::RISKS,
    quality::COMPLIANCE,
    operation::ALERTS,
    operation::OPENSLO,
    operation::RUNBOOKS,
    operation::RECOVERY,
    delivery::IMPLEMENTATION,
    delivery::DEPLOYMENT,
    delivery::ROADMAP,
];

/// All documents of a system, in reading order; the first is the index of the others.
#[must_use]
pub fn documents(material: &Material<'_>) -> Vec<Document> {
    let mut documents: Vec<Document> = ALL.iter().flat_map(|it| (it.write)(material)).collect();
    documents.insert(0, overview::index(material, &documents));
    // Not every system has every document; a page may name one that this system has no need of.
    let paths = documents.iter().map(|it| it.path.clone()).collect();
    for page in documents.iter_mut().filter(|it| it.is_page()) {
        page.text = page::without_dead_links(&page.path, &page.text, &paths);
    }
    documents
}
