//! The API as an OpenAPI 3.1 document, complete and for everybody: what only some callers see is
//! described, but not required.

mod document;
mod headers;
mod operations;
mod parameters;
mod problems;
mod security;

use architrave_plan::Plan;

use crate::{Document, Material, Projection, Room};

/// `contracts/openapi.json`
pub(crate) const PROJECTION: Projection =
    Projection { name: "openapi", room: Room::Contracts, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    vec![Document {
        path: "contracts/openapi.json".to_owned(),
        title: "OpenAPI".to_owned(),
        summary:
            "Every operation of the HTTP API, as OpenAPI 3.1; the server serves the same bytes."
                .to_owned(),
        text: openapi(material.plan),
    }]
}

/// The document: JSON with stable order, the same bytes for the same plan.
#[must_use]
pub fn openapi(plan: &Plan) -> String {
    document::document(plan).to_pretty()
}
