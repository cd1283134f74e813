//! Representations: how rows are shown.

use architrave_model::{Entity, Field, FieldType, System, ValueId};

use crate::{
    ColumnId, ColumnRole, JsonKind, Representation, RepresentationMember, RepresentationSource,
    Table,
};

/// One per entity, same positions.
pub(super) fn representations(system: &System, tables: &[Table]) -> Vec<Representation> {
    system
        .entities
        .iter()
        .zip(tables)
        .map(|(entity, table)| representation(system, entity, table))
        .collect()
}

fn representation(system: &System, entity: &Entity, table: &Table) -> Representation {
    let built_in = |role: ColumnRole| {
        let (column, found) = table.column_ids().find(|(_, it)| it.role == role)?;
        Some(RepresentationMember {
            name: found.path.clone(),
            field: None,
            source: column_source(table, column)?,
        })
    };
    let fields = entity.fields.iter().enumerate();
    let members = built_in(ColumnRole::Id)
        .into_iter()
        .chain(fields.filter_map(|(position, it)| member(system, table, position, it)))
        .chain(
            [ColumnRole::Version, ColumnRole::CreatedAt, ColumnRole::UpdatedAt]
                .into_iter()
                .filter_map(built_in),
        );
    Representation { entity: table.entity, members: members.collect() }
}

fn member(
    system: &System,
    table: &Table,
    position: usize,
    field: &Field,
) -> Option<RepresentationMember> {
    if field.is_secret {
        return None;
    }
    let source = match &field.ty {
        FieldType::Many { entity, .. } => RepresentationSource::Parts { entity: *entity },
        FieldType::Value(value) => object(system, table, position, field, *value),
        _ => column_source(table, table.column_of(position, None)?)?,
    };
    Some(RepresentationMember { name: field.name.text.clone(), field: Some(position), source })
}

fn object(
    system: &System,
    table: &Table,
    position: usize,
    field: &Field,
    value: ValueId,
) -> RepresentationSource {
    let inner = &system[value].fields;
    let column = |member: Option<usize>| table.column_of(position, member);
    let required = inner.iter().position(|it| !it.is_optional);
    // Without a required member nothing tells an absent object from an empty one; it is shown empty then.
    let presence = required.filter(|_| field.is_optional).and_then(|it| column(Some(it)));
    let members = inner
        .iter()
        .enumerate()
        .filter(|(_, it)| !it.is_secret)
        .filter_map(|(member, it)| {
            Some(RepresentationMember {
                name: it.name.text.clone(),
                field: None,
                source: column_source(table, column(Some(member))?)?,
            })
        })
        .collect();
    RepresentationSource::Object { presence, members }
}

fn column_source(table: &Table, column: ColumnId) -> Option<RepresentationSource> {
    let kind = JsonKind::of(&table.column(column)?.ty);
    Some(RepresentationSource::Column { column, kind })
}
