//! What lists take: whatever some index serves.

use architrave_model::{Encryption, Entity, FieldType, System};

use crate::{
    Column, ColumnRole, ColumnType, FilterOperator, FilterPlan, ListPlan, Table,
    serve::implied::pinned,
};

/// Rows of a page unless the caller says: a screenful.
const LIMIT_DEFAULT: u32 = 50;
/// Most rows of a page: about 100 KB of JSON for rows of usual size.
const LIMIT_MAX: u32 = 200;

/// One per entity, same positions.
pub(super) fn lists(system: &System, tables: &[Table]) -> Vec<ListPlan> {
    system.entities.iter().zip(tables).map(|(entity, table)| list(system, entity, table)).collect()
}

fn list(system: &System, entity: &Entity, table: &Table) -> ListPlan {
    let is_key = |id| table.indexes.iter().flat_map(|it| &it.columns).any(|it| it.column == id);
    // A filter that a partial index states in its condition picks that index.
    let is_stated = |id| {
        let conditions = table.indexes.iter().filter_map(|it| it.condition.as_ref());
        conditions.flat_map(|it| pinned(table, it)).any(|it| it == id)
    };
    let offered: Vec<_> = table
        .column_ids()
        .filter(|(id, it)| {
            it.role == ColumnRole::Id || (is_askable(it) && (is_key(*id) || is_stated(*id)))
        })
        .collect();
    let filters = offered
        .iter()
        .map(|(id, it)| FilterPlan { column: *id, operators: operators(it) })
        .filter(|it| !it.operators.is_empty())
        .collect();
    let sorts = offered
        .iter()
        .filter(|(id, it)| it.encryption.is_none() && (id.0 == 0 || is_key(*id)))
        .map(|(id, _)| *id)
        .collect();
    ListPlan {
        filters,
        sorts,
        has_search: table.search.is_some(),
        expands: expands(system, entity, table),
        limit_default: LIMIT_DEFAULT,
        limit_max: LIMIT_MAX,
    }
}

/// Secrets are never asked for, and what cannot be read by SQL cannot be compared.
fn is_askable(column: &Column) -> bool {
    let is_seen = !matches!(
        column.role,
        ColumnRole::Tenant | ColumnRole::Parent | ColumnRole::Position | ColumnRole::DeletedAt
    );
    is_seen && !column.is_secret && column.encryption != Some(Encryption::Opaque)
}

/// `ne` narrows what another condition has found already (see [`crate::Plan::serve`]).
fn operators(column: &Column) -> Vec<FilterOperator> {
    use FilterOperator::{Eq, Gt, Gte, In, Lt, Lte, Ne, Null, Prefix};
    let operators: &[FilterOperator] = match &column.ty {
        _ if column.role == ColumnRole::Id || column.encryption.is_some() => &[Eq, In],
        ColumnType::Bool => &[Eq, Ne],
        ColumnType::Enum(_) | ColumnType::Uuid | ColumnType::Ref(_) => &[Eq, Ne, In],
        ColumnType::Int
        | ColumnType::Decimal { .. }
        | ColumnType::Money
        | ColumnType::Timestamp
        | ColumnType::Date
        | ColumnType::Duration => &[Eq, Ne, Lt, Lte, Gt, Gte, In],
        ColumnType::Text => &[Eq, Ne, Lt, Lte, Gt, Gte, In, Prefix],
        ColumnType::Json | ColumnType::List(_) | ColumnType::File => &[],
    };
    let is_nullable = column.is_nullable && column.encryption.is_none() && !operators.is_empty();
    let null = is_nullable.then_some(Null);
    operators.iter().copied().chain(null).collect()
}

/// References whose other side can be read on its own.
fn expands(system: &System, entity: &Entity, table: &Table) -> Vec<(String, crate::ColumnId)> {
    let fields = entity.fields.iter().enumerate();
    fields
        .filter(|(_, field)| !field.is_secret)
        .filter_map(|(position, field)| match field.ty {
            FieldType::Ref { entity: to, .. } if is_readable(&system[to]) => {
                Some((field.name.text.clone(), table.column_of(position, None)?))
            }
            _ => None,
        })
        .collect()
}

fn is_readable(entity: &Entity) -> bool {
    entity.access.read.is_some() && entity.owner.is_none()
}
