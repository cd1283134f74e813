//! Tables: one per entity, with references both ways.

use architrave_model::{Entity, EntityId, FieldType, IndexPath, OnDelete, System};

use super::{column, index};
use crate::{
    ColumnRole, ForeignKey, SearchColumn, SearchPlan, SequencePlan, Table,
    lock::{LockKind, Names, snake_case},
};

/// One table per entity, same positions.
pub(super) fn tables(system: &System, names: &mut Names) -> Vec<Table> {
    // All tables first, so that adding an index never changes the name of a table.
    let physical: Vec<String> =
        system.entity_ids().map(|id| physical_name(system, id, names)).collect();
    system
        .entity_ids()
        .zip(physical)
        .map(|(id, physical)| table(system, id, physical, names))
        .collect()
}

/// Fills in who refers to whom.
pub(super) fn link(system: &System, tables: &mut [Table]) {
    let mut references: Vec<_> = tables
        .iter()
        .flat_map(|table| {
            table.foreign_keys.iter().map(|it| (it.to, (table.entity, it.column, it.on_delete)))
        })
        .collect();
    // A tenant goes only when nothing belongs to it any more. No foreign key of the database: every row
    // would pay for a check that its own session has made already.
    if let Some(tenant) = system.identity.tenant {
        let roots = tables.iter().filter(|it| it.parent.is_none());
        let owned = roots.filter_map(|it| Some((it.entity, it.tenant?, OnDelete::Restrict)));
        references.extend(owned.map(|it| (tenant, it)));
    }
    for (to, reference) in references {
        if let Some(table) = tables.get_mut(to.0 as usize) {
            table.referrers.push(reference);
        }
    }
}

fn physical_name(system: &System, id: EntityId, names: &mut Names) -> String {
    let context = &system[system[id].context].name.text;
    let wanted = format!("{context}_{}", snake_case(&system[id].name.text));
    names.relation(&system.entity_path(id), LockKind::Table, "", &wanted)
}

fn table(system: &System, id: EntityId, physical: String, names: &mut Names) -> Table {
    let entity = &system[id];
    let columns = column::columns(system, id, names);
    let find = |role| column::find(&columns, role);
    let parent = entity.owner.map(|it| it.entity);
    let mut table = Table {
        entity: id,
        tenant: find(ColumnRole::Tenant),
        parent: find(ColumnRole::Parent).zip(parent),
        position: find(ColumnRole::Position),
        version: find(ColumnRole::Version),
        created_at: find(ColumnRole::CreatedAt),
        updated_at: find(ColumnRole::UpdatedAt),
        deleted_at: find(ColumnRole::DeletedAt),
        keep_deleted_us: entity.soft_delete.as_ref().map(|it| it.keep_for_us),
        parts: parts(entity),
        foreign_keys: Vec::new(),
        referrers: Vec::new(),
        indexes: Vec::new(),
        search: None,
        sequences: Vec::new(),
        physical,
        columns,
    };
    if table.deleted_at.is_none() {
        table.keep_deleted_us = None;
    }
    table.foreign_keys = foreign_keys(system, entity, &table);
    table.sequences = sequences(entity, &table);
    table.indexes = index::indexes(system, &table, names);
    table.search = search(system, entity, &table, names);
    table
}

fn parts(entity: &Entity) -> Vec<(usize, EntityId)> {
    let many = |(position, ty): (usize, &FieldType)| match ty {
        FieldType::Many { entity, .. } => Some((position, *entity)),
        _ => None,
    };
    entity.fields.iter().map(|it| &it.ty).enumerate().filter_map(many).collect()
}

fn foreign_keys(system: &System, entity: &Entity, table: &Table) -> Vec<ForeignKey> {
    let key = |(position, ty): (usize, &FieldType)| match ty {
        FieldType::Ref { entity: to, on_delete } => Some(ForeignKey {
            column: table.column_of(position, None)?,
            to: *to,
            on_delete: *on_delete,
            with_tenant: table.tenant.is_some() && system.is_tenanted(*to),
        }),
        _ => None,
    };
    entity.fields.iter().map(|it| &it.ty).enumerate().filter_map(key).collect()
}

fn sequences(entity: &Entity, table: &Table) -> Vec<SequencePlan> {
    let sequence = |(position, ty): (usize, &FieldType)| match ty {
        FieldType::Sequence { template } => Some(SequencePlan {
            column: table.column_of(position, None)?,
            template: template.clone(),
        }),
        _ => None,
    };
    entity.fields.iter().map(|it| &it.ty).enumerate().filter_map(sequence).collect()
}

fn search(
    system: &System,
    entity: &Entity,
    table: &Table,
    names: &mut Names,
) -> Option<SearchPlan> {
    let mut columns: Vec<SearchColumn> = entity
        .search
        .as_ref()?
        .on
        .iter()
        .filter_map(|field| match field.path {
            IndexPath::Field(position, member) => Some(SearchColumn {
                column: table.column_of(position, member)?,
                weight: field.weight,
            }),
            IndexPath::Id | IndexPath::CreatedAt | IndexPath::UpdatedAt => None,
        })
        .collect();
    columns.sort_by_key(|it| std::cmp::Reverse(it.weight));
    if columns.is_empty() {
        return None;
    }
    // Two underscores: full-text tables come with tables of their own behind their name, which no
    // entity's table may meet.
    let wanted = format!("{}__search", table.physical);
    let owner = system.entity_path(table.entity);
    Some(SearchPlan { physical: names.relation(&owner, LockKind::Search, "", &wanted), columns })
}
