//! Writes: a plan in, documents out. One room per document; documents share only the tools in this folder.
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod alert;
mod audience;
mod behaviour;
mod contracts;
mod data;
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
mod speech;
mod types;

pub use document::{Document, Material, Projection, Room};
pub use openapi::openapi;
pub use reference::{Page, pages, reference};

/// Every document, in reading order.
pub static ALL: &[Projection] = &[
    data::ERD,
    data::DICTIONARY,
    behaviour::COMMANDS,
    behaviour::STATES,
    behaviour::EVENTS,
    behaviour::SAGAS,
    openapi::PROJECTION,
    reference::PROJECTION,
    contracts::SQL,
    quality::ACCESS,
    operation::ALERTS,
];

/// All documents of a system, in reading order; the first is the index of the others.
#[must_use]
pub fn documents(material: &Material<'_>) -> Vec<Document> {
    let mut documents: Vec<Document> = ALL.iter().flat_map(|it| (it.write)(material)).collect();
    documents.insert(0, overview::index(material, &documents));
    documents
}
