//! Tables as entities.

use std::collections::BTreeMap;

use architrave_model::graph::{Column, ColumnKind, Graph, Table};

use super::{
    columns, names,
    sketch::{Entity, Field, Shape, Sketch},
};

/// Tables that tools keep for themselves.
const BOOKKEEPING: &[&str] = &[
    "schema_migrations",
    "ar_internal_metadata",
    "_prisma_migrations",
    "flyway_schema_history",
    "knex_migrations",
    "knex_migrations_lock",
    "alembic_version",
    "spatial_ref_sys",
    "sqlite_sequence",
    "django_migrations",
    "django_content_type",
    "django_session",
    "django_admin_log",
    "__diesel_schema_migrations",
    "_sqlx_migrations",
    "goose_db_version",
    "databasechangelog",
    "databasechangeloglock",
    "migrations",
    "typeorm_metadata",
    "sequelizemeta",
    "__efmigrationshistory",
    "active_storage_blobs",
    "active_storage_attachments",
    "active_storage_variant_records",
    "sessions",
    "schema_version",
    "sysdiagrams",
    "sqlite_stat1",
];

/// Columns that every row has here anyway.
const BUILT_IN: &[(&str, &[&str])] = &[
    (
        "created_at",
        &[
            "created_at",
            "createdat",
            "created",
            "created_on",
            "createdon",
            "date_created",
            "inserted_at",
            "creation_date",
            "create_date",
            "create_time",
        ],
    ),
    (
        "updated_at",
        &[
            "updated_at",
            "updatedat",
            "updated",
            "updated_on",
            "updatedon",
            "date_updated",
            "modified_at",
            "modified",
            "last_update",
            "last_updated",
            "last_modified",
            "update_time",
        ],
    ),
];

/// Most entities and fields of a draft: nobody reads more.
const ENTITIES_MAX: usize = 2_000;
const FIELDS_MAX: usize = 400;

/// Adds the entities of all tables.
pub(super) fn sketch(graph: &Graph, sketch: &mut Sketch) {
    let mut kept: Vec<&Table> = Vec::new();
    for table in &graph.tables {
        let name = bare(&table.node.name);
        if BOOKKEEPING.contains(&name.to_lowercase().as_str()) || name.starts_with("sqlite_") {
            sketch.left_out.push(format!("{}: a tool keeps it for itself", table.node.name));
        } else if kept.len() >= ENTITIES_MAX {
            sketch
                .left_out
                .push(format!("{}: beyond the first {ENTITIES_MAX} tables", table.node.name));
        } else {
            kept.push(table);
        }
    }
    let positions: BTreeMap<&str, usize> =
        kept.iter().zip(0..).map(|(it, at)| (it.node.id.as_str(), at)).collect();
    let groups = groups(&kept);
    for (table, group) in kept.iter().zip(&groups) {
        let mut entity = Entity {
            source: table.node.name.clone(),
            raw: group.as_ref().map_or(bare(&table.node.name), |it| it.1.as_str()).to_owned(),
            group: group.as_ref().map_or_else(|| schema(&table.node.name), |it| it.0.clone()),
            ..Entity::default()
        };
        if let Some((group, _)) = group {
            let text = format!(
                "the context {}: tables share the beginning of their names",
                names::snake(group, "app")
            );
            if !sketch.guesses.contains(&text) {
                sketch.guesses.push(text);
            }
        }
        fill(table, &kept, &positions, &mut entity, &mut sketch.left_out);
        sketch.entities.push(entity);
    }
}

fn bare(name: &str) -> &str {
    name.rsplit(['.', '/']).next().unwrap_or(name)
}

/// `sales` of `sales.orders`; what has no schema of its own is the application's.
fn schema(name: &str) -> String {
    let path = name.rsplit('/').next().unwrap_or(name);
    match path.rsplit_once('.') {
        Some((schema, _)) if !matches!(schema, "public" | "main" | "dbo") => schema.to_owned(),
        _ => "app".to_owned(),
    }
}

/// Context and remaining name of each table, where nearly all names begin with one of several words, as those
/// of Django do: `shop_order` is `order` of `shop`.
fn groups(tables: &[&Table]) -> Vec<Option<(String, String)>> {
    let split = |it: &&Table| -> Option<(String, String)> {
        let (first, rest) = bare(&it.node.name).split_once('_')?;
        (!first.is_empty() && !rest.is_empty()).then(|| (first.to_lowercase(), rest.to_owned()))
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (first, _) in tables.iter().filter_map(split) {
        *counts.entry(first).or_default() += 1;
    }
    counts.retain(|_, count| *count >= 2);
    let clustered: usize = counts.values().sum();
    let is_clustered = counts.len() >= 2 && clustered * 10 >= tables.len() * 9;
    let has_schemas = tables.iter().any(|it| schema(&it.node.name) != "app");
    tables
        .iter()
        .map(|it| split(it).filter(|it| is_clustered && !has_schemas && counts.contains_key(&it.0)))
        .collect()
}

fn fill(
    table: &Table,
    tables: &[&Table],
    positions: &BTreeMap<&str, usize>,
    entity: &mut Entity,
    left_out: &mut Vec<String>,
) {
    let key: Vec<String> = table.primary_key.value().cloned().unwrap_or_default();
    for column in &table.columns {
        let mut leave =
            |reason: &str| left_out.push(format!("{}.{}: {reason}", table.node.name, column.name));
        if entity.fields.len() >= FIELDS_MAX {
            leave("beyond the first 400 columns");
        } else if let Some(field) = reference(column, table, tables, positions) {
            entity.fields.push(field);
        } else if is_own_key(column, &key) {
            entity.built_in.insert(column.name.clone(), "id");
            leave("every row has an `id` (a UUID) here");
        } else if let Some(name) = built_in(column) {
            entity.built_in.insert(column.name.clone(), name);
            leave(&format!("every row has `{name}` here"));
        } else if is_deletion_mark(column) {
            entity.has_soft_delete = true;
            leave("`soft_delete` takes its place");
        } else {
            let is_key =
                table.indexes.iter().any(|it| it.columns.iter().any(|it| it.0 == column.name));
            match columns::field(column, is_key || key.contains(&column.name)) {
                Ok(field) => entity.fields.push(field),
                Err(reason) => leave(&reason),
            }
        }
    }
    if key.len() > 1 {
        entity.uniques.push(key);
    }
    indexes(table, entity, left_out);
}

/// A single column that refers to another table, declared or by its name.
fn reference(
    column: &Column,
    table: &Table,
    tables: &[&Table],
    positions: &BTreeMap<&str, usize>,
) -> Option<Field> {
    let declared =
        table.foreign_keys.iter().find(|it| it.columns.as_slice() == [column.name.as_str()]);
    let stem = stem(&column.name);
    let (to, cascades, guesses) = match declared {
        Some(key) => (*positions.get(key.to.as_str())?, key.cascades, Vec::new()),
        None => {
            let called = names::words(stem?).join("_");
            let mut named = tables.iter().zip(0..).filter(|(it, _)| {
                let name = names::singular_name(bare(&it.node.name));
                column.name.to_lowercase().ends_with("id") && name == called
            });
            let ((to, at), None) = (named.next()?, named.next()) else { return None };
            // A table's own key is no reference to the table.
            if to.node.id == table.node.id {
                return None;
            }
            (at, false, vec![format!("a reference to {} by its name", to.node.name)])
        }
    };
    Some(Field {
        source: column.name.clone(),
        raw: stem.unwrap_or(&column.name).to_owned(),
        shape: Shape::Reference { to, cascades },
        is_optional: column.is_nullable.value() != Some(&false),
        is_unique: column.is_unique.value() == Some(&true),
        guesses,
        ..Field::default()
    })
}

/// `customer` of `customer_id` and `customerId`.
fn stem(name: &str) -> Option<&str> {
    let stems = ["_id", "Id", "ID", "_uuid", "_fk"].iter().filter_map(|it| name.strip_suffix(it));
    stems.map(|it| it.trim_end_matches('_')).find(|it| !it.is_empty())
}

/// Whether the column is the row's own key and nothing but a key.
fn is_own_key(column: &Column, key: &[String]) -> bool {
    let is_name =
        matches!(column.name.to_lowercase().as_str(), "id" | "_id" | "uuid" | "guid" | "rowid");
    let is_number = matches!(
        column.kind.value(),
        Some(
            ColumnKind::Integer
                | ColumnKind::SmallInteger
                | ColumnKind::Uuid
                | ColumnKind::UuidOrdered
                | ColumnKind::Decimal
        )
    );
    key == [column.name.as_str()] && (is_name || is_number) || is_name && key.is_empty()
}

fn built_in(column: &Column) -> Option<&'static str> {
    let lower = column.name.to_lowercase();
    let is_time = matches!(
        column.kind.value(),
        Some(ColumnKind::Instant | ColumnKind::LocalTime | ColumnKind::Date)
    ) || column.type_text.starts_with("datetime")
        || column.type_text.starts_with("timestamp");
    let is_number =
        matches!(column.kind.value(), Some(ColumnKind::Integer | ColumnKind::SmallInteger));
    if is_number
        && matches!(lower.as_str(), "version" | "lock_version" | "row_version" | "rowversion")
    {
        return Some("version");
    }
    let found = BUILT_IN.iter().find(|it| it.1.contains(&lower.as_str()));
    found.filter(|_| is_time || lower.ends_with("_at")).map(|it| it.0)
}

fn is_deletion_mark(column: &Column) -> bool {
    matches!(
        column.name.to_lowercase().as_str(),
        "deleted_at" | "deletedat" | "discarded_at" | "is_deleted" | "isdeleted"
    )
}

fn indexes(table: &Table, entity: &mut Entity, left_out: &mut Vec<String>) {
    for index in &table.indexes {
        let known = |name: &String| table.columns.iter().any(|it| it.name == *name);
        let columns: Vec<String> = index.columns.iter().map(|it| it.0.clone()).collect();
        if index.condition.is_some() || !columns.iter().all(known) {
            left_out.push(format!(
                "index {} of {}: it stands on an expression or on some rows only",
                index.name, table.node.name
            ));
        } else if index.is_full_text {
            entity.search.extend(columns);
        } else if index.is_unique && columns.len() > 1 {
            entity.uniques.push(columns);
        } else if !index.is_unique && index.is_declared {
            entity.indexes.push(index.columns.clone());
        }
    }
}
