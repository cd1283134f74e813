//! Tables, columns and indexes.

use architrave_model::{Encryption, OnDelete, UniqueScope};

use super::tree::{Json, object};
use crate::{Column, ColumnId, ColumnRole, ColumnType, Plan, Table, TableIndex, expression_text};

pub(super) fn tables(plan: &Plan) -> Json<'_> {
    Json::Array(plan.tables.iter().map(|it| table(plan, it)).collect())
}

/// The path of a column, as callers write it.
pub(super) fn path(table: &Table, column: ColumnId) -> &str {
    table.column(column).map_or("", |it| it.path.as_str())
}

fn table<'p>(plan: &'p Plan, table: &'p Table) -> Json<'p> {
    let references = table.foreign_keys.iter().map(|it| {
        object(vec![
            ("column", Json::text(path(table, it.column))),
            ("to", Json::text(plan.system.entity_path(it.to))),
            ("on_delete", Json::text(on_delete(it.on_delete))),
        ])
    });
    let referrers = table.referrers.iter().map(|(from, column, what)| {
        let column = path(&plan[*from], *column);
        Json::text(format!("{}.{column}: {}", plan.system.entity_path(*from), on_delete(*what)))
    });
    let search = table.search.as_ref().map_or(Json::Null, |it| {
        let weights = it.columns.iter().map(|it| (path(table, it.column), Json::number(it.weight)));
        object(vec![("physical", Json::text(&it.physical)), ("weights", object(weights.collect()))])
    });
    let sequences =
        table.sequences.iter().map(|it| (path(table, it.column), Json::text(&it.template)));
    object(vec![
        ("entity", Json::text(plan.system.entity_path(table.entity))),
        ("physical", Json::text(&table.physical)),
        ("columns", Json::Array(table.columns.iter().map(|it| column(plan, it)).collect())),
        ("references", Json::Array(references.collect())),
        ("referrers", Json::Array(referrers.collect())),
        ("indexes", Json::Array(table.indexes.iter().map(|it| index(plan, table, it)).collect())),
        ("search", search),
        ("sequences", object(sequences.collect())),
        ("keep_deleted_us", table.keep_deleted_us.map_or(Json::Null, Json::Number)),
    ])
}

fn column<'p>(plan: &'p Plan, column: &'p Column) -> Json<'p> {
    let encryption = column.encryption.map(|it| match it {
        Encryption::Opaque => "opaque",
        Encryption::Lookup => "lookup",
    });
    let role = match column.role {
        ColumnRole::Id => "id",
        ColumnRole::Tenant => "tenant",
        ColumnRole::Parent => "parent",
        ColumnRole::Position => "position",
        ColumnRole::Version => "version",
        ColumnRole::CreatedAt => "created_at",
        ColumnRole::UpdatedAt => "updated_at",
        ColumnRole::DeletedAt => "deleted_at",
        ColumnRole::Field { .. } => "field",
    };
    object(vec![
        ("path", Json::text(&column.path)),
        ("physical", Json::text(&column.physical)),
        ("role", Json::text(role)),
        ("type", Json::text(column_type(plan, &column.ty))),
        ("nullable", Json::Bool(column.is_nullable)),
        ("encryption", Json::optional(encryption)),
        ("lookup", Json::optional(column.lookup.as_deref())),
        ("secret", Json::Bool(column.is_secret)),
        ("pii", Json::optional(column.pii.as_deref())),
    ])
}

fn index<'p>(plan: &'p Plan, table: &'p Table, index: &'p TableIndex) -> Json<'p> {
    let key = |it: &crate::IndexColumn| {
        let path = path(table, it.column);
        if it.is_descending { format!("desc({path})") } else { path.to_owned() }
    };
    let unique = index.unique.map(|it| match it {
        UniqueScope::Tenant => "tenant",
        UniqueScope::Global => "global",
    });
    let rows = index.skips_deleted.then_some("living");
    object(vec![
        ("physical", Json::text(&index.physical)),
        ("on", Json::texts(index.columns.iter().map(key))),
        ("unique", Json::optional(unique)),
        (
            "where",
            Json::optional(index.condition.as_ref().map(|it| expression_text(&plan.system, it))),
        ),
        ("rows", Json::optional(rows)),
        ("reason", Json::text(index.reason)),
    ])
}

fn column_type(plan: &Plan, ty: &ColumnType) -> String {
    match ty {
        ColumnType::Bool => "bool".to_owned(),
        ColumnType::Int => "int".to_owned(),
        ColumnType::Decimal { scale } => format!("decimal({scale})"),
        ColumnType::Money => "money".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Enum(values) => format!("enum({})", values.join(", ")),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::Ref(entity) => format!("ref({})", plan.system.entity_path(*entity)),
        ColumnType::Timestamp => "timestamp".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Duration => "duration".to_owned(),
        ColumnType::Json => "json".to_owned(),
        ColumnType::List(item) => format!("list({})", column_type(plan, item)),
        ColumnType::File => "file".to_owned(),
    }
}

fn on_delete(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Restrict => "restrict",
        OnDelete::SetNull => "set_null",
        OnDelete::Cascade => "cascade",
    }
}
