//! `decisions/NNNN-name.md`: the decision records as they stand. Their texts are kept, never written here: what a person
//! accepted stays byte for byte.

use architrave_model::decision::Record;

use crate::{Document, Material, Projection, Room};

/// `decisions/0001-topology.md` and so on.
pub(crate) const PROJECTION: Projection =
    Projection { name: "decision-records", room: Room::Decisions, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    material.assessment.records.iter().map(document).collect()
}

fn document(record: &Record) -> Document {
    Document {
        path: format!("{}/{}", Room::Decisions.name(), record.path),
        title: record.title.clone(),
        summary: format!("Decision record {:04}, {}.", record.number, record.status.name()),
        text: record.text.clone(),
    }
}
