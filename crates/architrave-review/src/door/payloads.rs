//! What goes over the wire: rows as they are shown, bodies as they are taken, data of events.

use std::collections::BTreeMap;

use architrave_model::{
    EntityId, Field, FileKind, Scalar,
    graph::{self, ColumnKind, Graph, Known, Origin, Payload, PayloadField},
};
use architrave_plan::{
    EventData, InputKind, InputMember, InputShape, Plan, RepresentationMember, RepresentationSource,
};

use super::{names, tables::personal};

/// Parts stand in parts at most so deep; the reader refuses more.
const DEPTH_MAX: usize = 8;

/// Columns of all tables by (entity, path).
pub(super) struct Columns<'g>(BTreeMap<(u32, &'g str), &'g graph::Column>);

impl<'g> Columns<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let tables = (0_u32..).zip(&graph.tables);
        let all = tables.flat_map(|(entity, table)| {
            table.columns.iter().map(move |it| ((entity, it.name.as_str()), it))
        });
        Self(all.collect())
    }

    pub(super) fn get(&self, entity: EntityId, path: &str) -> Option<&'g graph::Column> {
        self.0.get(&(entity.0, path)).copied()
    }
}

/// Rows as they are shown: lists and single rows alike.
pub(super) fn shown(plan: &Plan, columns: &Columns<'_>, entity: EntityId) -> Payload {
    let members = plan.representations.get(entity.0 as usize).map(|it| it.members.as_slice());
    let mut fields = Vec::new();
    rows(plan, columns, entity, members.unwrap_or_default(), "", DEPTH_MAX, &mut fields);
    closed(Origin::declared(plan.system[entity].span), fields)
}

/// What an event says.
pub(super) fn told(
    plan: &Plan,
    columns: &Columns<'_>,
    entity: Option<EntityId>,
    data: &EventData,
    origin: Origin,
) -> Payload {
    let mut fields = Vec::new();
    match (data, entity) {
        (EventData::Row, Some(entity)) => return shown(plan, columns, entity),
        (EventData::Carries(members), Some(entity)) => {
            rows(plan, columns, entity, members, "", DEPTH_MAX, &mut fields);
        }
        (EventData::Own(members), _) => {
            fields.extend(members.iter().map(|it| PayloadField {
                path: it.name.clone(),
                origin,
                kind: kind(&it.kind),
                is_bounded: Known::built_in(true),
                personal: Known::Absent(origin),
                is_secret: Known::built_in(false),
                is_restricted: Known::built_in(false),
                ..PayloadField::default()
            }));
        }
        _ => {}
    }
    closed(origin, fields)
}

fn closed(origin: Origin, fields: Vec<PayloadField>) -> Payload {
    Payload { origin, fields, is_closed: Known::built_in(true), ..Payload::default() }
}

fn rows(
    plan: &Plan,
    columns: &Columns<'_>,
    entity: EntityId,
    members: &[RepresentationMember],
    prefix: &str,
    depth: usize,
    fields: &mut Vec<PayloadField>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for member in members {
        let path = format!("{prefix}{}", member.name);
        match &member.source {
            RepresentationSource::Column { column, .. } => {
                let stored = plan[entity].column(*column);
                let known = stored.and_then(|it| columns.get(entity, &it.path));
                fields.extend(known.map(|it| from_column(plan, entity, it, path)));
            }
            RepresentationSource::Object { members, .. } => {
                let prefix = format!("{path}.");
                rows(plan, columns, entity, members, &prefix, depth, fields);
            }
            RepresentationSource::Parts { entity } => {
                let prefix = format!("{path}.");
                let inner = plan.representations.get(entity.0 as usize);
                let inner = inner.map(|it| it.members.as_slice()).unwrap_or_default();
                rows(plan, columns, *entity, inner, &prefix, depth, fields);
            }
        }
    }
}

fn from_column(
    plan: &Plan,
    entity: EntityId,
    column: &graph::Column,
    path: String,
) -> PayloadField {
    let field = column.name.split('.').next().unwrap_or_default();
    let declared = &plan.system[entity];
    let restricted = declared.access.fields.iter().any(|it| {
        it.read.is_some() && declared.fields.get(it.field).is_some_and(|it| it.name.text == field)
    });
    PayloadField {
        path,
        origin: column.origin,
        type_text: column.type_text.clone(),
        kind: column.kind.clone(),
        is_bounded: Known::built_in(true),
        personal: column.personal.clone(),
        is_secret: column.is_secret.clone(),
        is_restricted: Known::Is(restricted, column.origin),
        is_read_only: Known::Is(column.is_client_writable.value() == Some(&false), column.origin),
        ..PayloadField::default()
    }
}

/// A body as it is taken; `fields` are those that the shape's positions mean.
pub(super) fn taken(
    plan: &Plan,
    shape: &InputShape,
    declared: &[Field],
    origin: Origin,
) -> Payload {
    let mut fields = Vec::new();
    let mut taker = Taker { plan, fields: &mut fields };
    taker.members(shape, declared, "", true, DEPTH_MAX);
    closed(origin, fields)
}

struct Taker<'p, 'f> {
    plan: &'p Plan,
    fields: &'f mut Vec<PayloadField>,
}

impl Taker<'_, '_> {
    /// `is_required`: whether what the members stand in must be there.
    fn members(
        &mut self,
        shape: &InputShape,
        declared: &[Field],
        prefix: &str,
        is_required: bool,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for member in &shape.members {
            let path = format!("{prefix}{}", member.name);
            let inside = format!("{path}.");
            match &member.kind {
                InputKind::Object { value, shape } => {
                    let declared = &self.plan.system[*value].fields;
                    let is_required = is_required && member.is_required;
                    self.members(shape, declared, &inside, is_required, depth);
                }
                InputKind::Parts(entity) => {
                    // Whoever sends parts sends all that a part needs.
                    if let Some(shape) = self.plan.creates.get(entity.0 as usize) {
                        let declared = &self.plan.system[*entity].fields;
                        self.members(shape, declared, &inside, true, depth);
                    }
                }
                _ => {
                    let is_required = is_required && member.is_required;
                    let field = declared.get(member.field);
                    self.fields.push(from_member(member, field, path, is_required));
                }
            }
        }
    }
}

fn from_member(
    member: &InputMember,
    field: Option<&Field>,
    path: String,
    is_required: bool,
) -> PayloadField {
    let origin = field.map_or_else(Origin::built_in, |it| Origin::declared(it.span));
    PayloadField {
        path,
        origin,
        kind: kind(&member.kind),
        values: match &member.kind {
            InputKind::Scalar(Scalar::Enum(values)) => values.clone(),
            _ => Vec::new(),
        },
        is_required: Known::Is(is_required, origin),
        // Every type of the language has a largest value.
        is_bounded: Known::built_in(true),
        personal: personal(field.and_then(|it| it.pii.as_ref()), origin),
        is_secret: Known::Is(member.is_secret, origin),
        is_restricted: Known::Is(member.has_write_rule, origin),
        is_read_only: Known::built_in(false),
        takes_any_file: match &member.kind {
            InputKind::Scalar(Scalar::File { kind, .. }) => {
                Known::Is(*kind == FileKind::Any, origin)
            }
            _ => Known::Absent(origin),
        },
        ..PayloadField::default()
    }
}

fn kind(kind: &InputKind) -> Known<ColumnKind> {
    Known::built_in(match kind {
        InputKind::Ref(_) => ColumnKind::Reference,
        InputKind::List { .. } | InputKind::Parts(_) => ColumnKind::List,
        InputKind::Object { .. } => ColumnKind::Json,
        InputKind::Scalar(scalar) => match scalar {
            Scalar::String { .. }
            | Scalar::Text
            | Scalar::Email
            | Scalar::Phone
            | Scalar::Url
            | Scalar::Slug
            | Scalar::Country
            | Scalar::Locale => ColumnKind::Text,
            Scalar::Int => ColumnKind::Integer,
            Scalar::Decimal { .. } => ColumnKind::Decimal,
            Scalar::Money => ColumnKind::Money,
            Scalar::Bool => ColumnKind::Boolean,
            Scalar::Uuid => ColumnKind::Uuid,
            Scalar::Timestamp => ColumnKind::Instant,
            Scalar::Date => ColumnKind::Date,
            Scalar::Duration => ColumnKind::Duration,
            Scalar::Enum(_) => ColumnKind::Enumeration,
            Scalar::Json => ColumnKind::Json,
            Scalar::File { .. } => ColumnKind::File,
        },
    })
}

/// Id of the table of an entity, where there is one.
pub(super) fn table_id(plan: &Plan, entity: Option<EntityId>) -> Option<String> {
    entity.map(|it| names::table(&plan.system, it))
}
