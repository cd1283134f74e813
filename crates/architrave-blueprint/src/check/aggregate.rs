//! Aggregates: `many(Part)` makes the part belong to exactly one owner.

use architrave_model::{EntityId, FieldType, Owner, Span};

use crate::codes;
use crate::reader::Reader;
use crate::report::error;
use crate::resolve::casing;

/// Parts inside parts; deeper trees are loaded and locked as one, and no longer pay.
const DEPTH_MAX: usize = 4;

/// Finds each part's owner, and refuses second owners and circles.
pub(crate) fn read(reader: &mut Reader<'_>) {
    let parts: Vec<(EntityId, usize, EntityId, Span)> = reader
        .system
        .entity_ids()
        .flat_map(|id| {
            reader.system[id].fields.iter().enumerate().filter_map(move |(field, it)| match it.ty {
                FieldType::Many { entity, .. } => Some((id, field, entity, it.name.span)),
                _ => None,
            })
        })
        .collect();
    for (owner, field, part, span) in parts {
        own(reader, Owner { entity: owner, field }, part, span);
    }
    for id in reader.system.entity_ids() {
        check_part(reader, id);
    }
}

fn own(reader: &mut Reader<'_>, owner: Owner, part: EntityId, span: Span) {
    let name = reader.system[part].name.text.clone();
    if let Some(first) = reader.system[part].owner {
        let first = reader.system[first.entity].fields.get(first.field).map(|it| it.name.span);
        let title = format!("`{name}` belongs to two aggregates");
        let finding = error(codes::WRONG_AGGREGATE, span, title, "");
        reader.findings.push(
            match first {
                Some(first) => finding.because(first, "already a part here"),
                None => finding,
            }
            .help("keep one `many`, and point to the other with `ref`"),
        );
        return;
    }
    let mut above = Some(owner.entity);
    for _ in 0..=reader.system.entities.len() {
        let Some(entity) = above else { break };
        if entity == part {
            let title = format!("`{name}` would be a part of itself");
            let finding = error(codes::WRONG_AGGREGATE, span, title, "");
            reader.findings.push(finding.help("point to other rows with `ref`"));
            return;
        }
        above = reader.system[entity].owner.map(|it| it.entity);
    }
    reader.system[part].owner = Some(owner);
}

fn check_part(reader: &mut Reader<'_>, id: EntityId) {
    let Some(owner) = reader.system[id].owner else { return };
    let parent = reader.system[owner.entity].name.clone();
    let back = casing::snake(&parent.text);
    let clash = reader.system[id].fields.iter().find(|it| it.name.text == back);
    if let Some(clash) = clash {
        let title = format!("`{back}` is how a part finds its aggregate");
        reader.findings.push(
            error(codes::RESERVED_NAME, clash.name.span, title, "")
                .because(parent.span, "named after this")
                .help("leave the field out, or give it another name"),
        );
    }
    let mut depth = 0;
    let mut above = Some(owner);
    while let Some(owner) = above {
        depth += 1;
        above = reader.system[owner.entity].owner;
        if depth > DEPTH_MAX {
            let span = reader.system[id].name.span;
            let title = format!("parts lie more than {DEPTH_MAX} deep inside one another");
            reader.findings.push(
                error(codes::WRONG_AGGREGATE, span, title, "")
                    .help("begin a new aggregate with `ref`"),
            );
            return;
        }
    }
    let Some(block) = reader.blocks.entities.get(id.0 as usize) else { return };
    for kind in ["access", "command", "lifecycle", "event", "privacy", "search"] {
        let Some(child) = block.block(kind) else { continue };
        let title = format!("a part has no `{kind}` of its own");
        let why = "one aggregate: one access, one version, one transaction";
        reader.findings.push(
            error(codes::PART_OF_AGGREGATE, child.kind.span, title, why)
                .because(parent.span, "its aggregate")
                .help(format!("put it into `{}`", parent.text)),
        );
    }
    if reader.system.identity.user == Some(id) || reader.system.identity.tenant == Some(id) {
        let span = reader.system[id].name.span;
        let title = "people and tenants are aggregates of their own";
        reader.findings.push(
            error(codes::PART_OF_AGGREGATE, span, title, "")
                .because(parent.span, "this makes it a part")
                .help("point to it with `ref`"),
        );
    }
}
