//! Renames: gives the names in the lock to the new paths of `moved` blocks.

use architrave_model::{Code, Finding, MovedPath, Severity, System};

use crate::Lock;

/// A `moved` block whose old path has no names.
pub const MOVED_FROM_UNKNOWN: Code = Code("AR0610");

/// Applies all `moved` blocks, in order.
pub(super) fn apply(system: &System, lock: &mut Lock) -> Vec<Finding> {
    let mut notes = Vec::new();
    for moved in &system.moved {
        let is_applied = match moved.to {
            MovedPath::Entity(id) => lock.move_entity(&moved.from.text, &system.entity_path(id)),
            MovedPath::Field(id, field) => {
                let name = system[id].fields.get(field).map_or("", |it| it.name.text.as_str());
                lock.move_field(&moved.from.text, &system.entity_path(id), name)
            }
            MovedPath::Unknown => true,
        };
        if !is_applied {
            let title = format!("nothing is stored under `{}` yet", moved.from.text);
            let note = Finding::new(
                MOVED_FROM_UNKNOWN,
                Severity::Note,
                moved.from.span,
                title,
                "not in architrave.lock, so there is nothing to rename",
            );
            notes.push(
                note.help("keep the block if another copy of the system still has the old name"),
            );
        }
    }
    notes
}
