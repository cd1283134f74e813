//! `event`: what is told to the outside, carried from the aggregate or with members of its own.

use architrave_model::{EventField, EventId, EventPayload};

use crate::codes;
use crate::expression::field_ty;
use crate::fields::{FieldReader, Home, of_object};
use crate::reader::Reader;
use crate::report::error;
use crate::syntax::ast::{Block, Expression};

/// Members that every event has.
const BUILT_IN: [&str; 4] = ["id", "version", "time", "actor"];

/// Reads all events.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (position, block) in reader.blocks.events.clone().into_iter().enumerate() {
        let id = EventId(u32::try_from(position).unwrap_or(u32::MAX));
        match (block.setting("carries"), block.setting("payload")) {
            (Some(carries), Some(payload)) => {
                let title = "an event either carries fields or has members of its own";
                reader.findings.push(
                    error(codes::EVENT_SHAPE, payload.span, title, "")
                        .because(carries.span, "carried from the aggregate")
                        .help("keep one of the two"),
                );
                carried(reader, id, carries);
            }
            (Some(carries), None) => carried(reader, id, carries),
            (None, payload) => own(reader, id, payload, block),
        }
    }
}

fn carried(reader: &mut Reader<'_>, id: EventId, carries: &Expression) {
    let Some(entity) = reader.system[id].entity else {
        reader.findings.push(
            error(
                codes::EVENT_SHAPE,
                carries.span,
                "an event of a context has no row to carry fields of",
                "",
            )
            .help("write `payload = { name = type }`, or move the event into an entity"),
        );
        return;
    };
    let mut positions: Vec<usize> = Vec::new();
    for item in carries.items().unwrap_or_default() {
        let Some(path) = item.path() else { continue };
        let name = crate::view::joined(&path);
        if BUILT_IN.contains(&name.text.as_str()) {
            let title = format!("every event carries `{}` anyway", name.text);
            let finding = error(codes::RESERVED_NAME, name.span, title, "");
            reader.findings.push(finding.help("leave it out"));
            continue;
        }
        let Some(position) = reader.field(entity, &name) else { continue };
        if positions.contains(&position) {
            let title = format!("`{}` stands here twice", name.text);
            reader
                .findings
                .push(error(codes::DECLARED_TWICE, name.span, title, "").help("leave one out"));
            continue;
        }
        check_secret(reader, entity, position, name.span);
        positions.push(position);
    }
    let fields = &reader.system[entity].fields;
    let members = positions
        .iter()
        .filter_map(|position| {
            let field = fields.get(*position)?;
            Some(EventField {
                name: field.name.text.clone(),
                ty: field_ty(field),
                field: Some(*position),
            })
        })
        .collect();
    let event = &mut reader.system[id];
    event.fields = members;
    event.payload = EventPayload::Carries(positions);
}

fn check_secret(
    reader: &mut Reader<'_>,
    entity: architrave_model::EntityId,
    position: usize,
    at: architrave_model::Span,
) {
    let Some(field) = reader.system[entity].fields.get(position) else { return };
    if !field.is_secret {
        return;
    }
    let title = format!("`{}` is secret, but an event tells everyone", field.name.text);
    reader.findings.push(
        error(codes::SECRET_SHOWN, at, title, "")
            .because(field.name.span, "declared secret here")
            .help("leave it out of the event"),
    );
}

fn own(reader: &mut Reader<'_>, id: EventId, payload: Option<&Expression>, block: &Block) {
    let context = reader.system[id].context;
    let mut fields = FieldReader {
        system: &reader.system,
        names: &reader.names,
        context,
        home: Home::Payload,
        findings: Vec::new(),
    };
    let read = fields.read(&of_object(payload));
    reader.findings.extend(fields.findings);
    for field in &read {
        if BUILT_IN.contains(&field.name.text.as_str()) {
            let title = format!("every event has `{}` anyway", field.name.text);
            reader.findings.push(
                error(codes::RESERVED_NAME, field.name.span, title, "")
                    .help("give the member another name"),
            );
        }
    }
    if reader.system[id].entity.is_none() && payload.is_none() {
        let title = format!("`{}` says nothing", block.name().text);
        reader.findings.push(
            error(codes::EMPTY, block.name().span, title, "")
                .help("add `payload = { name = type }`"),
        );
    }
    let members = read
        .iter()
        .map(|it| EventField { name: it.name.text.clone(), ty: field_ty(it), field: None })
        .collect();
    let event = &mut reader.system[id];
    event.fields = members;
    event.payload = EventPayload::Own(read);
}
