//! Indexes: what is declared, what is unique, and what references and parts need.

use architrave_model::{Entity, Expr, FieldType, IndexKey, IndexPath, System, UniqueScope};

use crate::{
    ColumnId, ColumnRole, ColumnType, IndexColumn, Table, TableIndex, expression_text,
    lock::{LockKind, Names, hash_hex},
};

/// All indexes of a table but its primary key: unique ones, declared ones, then those that we need.
pub(super) fn indexes(system: &System, table: &Table, names: &mut Names) -> Vec<TableIndex> {
    let entity = &system[table.entity];
    let mut all = Builder { system, table, names, indexes: Vec::new() };
    all.unique_fields(entity);
    for unique in &entity.uniques {
        let keys = all.keys(unique.on.iter().map(|path| (path, false)));
        all.unique(keys, unique.scope, unique.condition.as_ref());
    }
    for index in &entity.indexes {
        let keys = all
            .keys(index.on.iter().map(|IndexKey { path, is_descending }| (path, *is_descending)));
        all.declared(keys, index.condition.as_ref());
    }
    all.references();
    all.parts();
    all.indexes
}

struct Builder<'a> {
    system: &'a System,
    table: &'a Table,
    names: &'a mut Names,
    indexes: Vec<TableIndex>,
}

impl Builder<'_> {
    /// `unique` on fields, and numbers of sequences.
    fn unique_fields(&mut self, entity: &Entity) {
        for (position, field) in entity.fields.iter().enumerate() {
            let scope = match field.ty {
                FieldType::Sequence { .. } => Some(field.unique.unwrap_or(UniqueScope::Tenant)),
                _ => field.unique,
            };
            if let Some(scope) = scope {
                let keys = self.keys([(&IndexPath::Field(position, None), false)].into_iter());
                self.unique(keys, scope, None);
            }
            let FieldType::Value(value) = field.ty else { continue };
            for (member, inner) in self.system[value].fields.iter().enumerate() {
                if let Some(scope) = inner.unique {
                    let path = IndexPath::Field(position, Some(member));
                    let keys = self.keys([(&path, false)].into_iter());
                    self.unique(keys, scope, None);
                }
            }
        }
    }

    fn unique(&mut self, keys: Vec<IndexColumn>, scope: UniqueScope, condition: Option<&Expr>) {
        // Without a tenant column (no tenants, or the tenant itself) there is one scope only.
        let scope = if self.table.tenant.is_some() { scope } else { UniqueScope::Global };
        let kind = match scope {
            UniqueScope::Tenant => LockKind::Unique,
            UniqueScope::Global => LockKind::UniqueGlobal,
        };
        let tenant = self.table.tenant.filter(|_| scope == UniqueScope::Tenant);
        let paths = keys.iter().map(|it| self.path(it.column).to_owned()).collect();
        self.push(
            keys,
            tenant,
            Definition {
                kind,
                unique: Some((scope, paths)),
                condition,
                skips_deleted: self.table.deleted_at.is_some(),
                reason: "unique",
            },
        );
    }

    fn declared(&mut self, keys: Vec<IndexColumn>, condition: Option<&Expr>) {
        let skips_deleted = self.table.deleted_at.is_some();
        let keys = with_id(keys);
        self.push(
            keys,
            self.table.tenant,
            Definition { condition, skips_deleted, ..Definition::plain("declared") },
        );
    }

    /// One index per reference where none starts with it: deletions look for what refers to a row, and
    /// would otherwise read the whole table. Indexes that leave rows out do not count.
    fn references(&mut self) {
        let table = self.table;
        for key in &table.foreign_keys {
            if table.tenant.is_some() && !key.with_tenant {
                self.shared_reference(key.column);
                continue;
            }
            let starts: Vec<ColumnId> = table.tenant.into_iter().chain([key.column]).collect();
            let is_served = self.indexes.iter().any(|index| {
                let columns = index.columns.iter().map(|it| it.column);
                !index.is_partial() && columns.take(starts.len()).eq(starts.iter().copied())
            });
            if !is_served {
                let keys = with_id(vec![ascending(key.column)]);
                self.push(keys, table.tenant, Definition::plain("reference"));
            }
        }
    }

    /// A reference to a row that belongs to no tenant, or is the tenant: its key is looked for among the rows of all
    /// tenants, so that the tenant stands behind it.
    fn shared_reference(&mut self, column: ColumnId) {
        let is_served = self.indexes.iter().any(|it| {
            !it.is_partial() && it.columns.first().is_some_and(|first| first.column == column)
        });
        if !is_served {
            let keys = [Some(column), self.table.tenant].into_iter().flatten().map(ascending);
            self.push(with_id(keys.collect()), None, Definition::plain("reference"));
        }
    }

    /// Parts are read by the row above them, in their order.
    fn parts(&mut self) {
        let Some(((parent, _), position)) = self.table.parent.zip(self.table.position) else {
            return;
        };
        let keys = with_id(vec![ascending(parent), ascending(position)]);
        self.push(keys, self.table.tenant, Definition::plain("parts"));
    }

    /// The columns of some paths; a value object stands for all its members, parts have no columns.
    fn keys<'p>(&self, paths: impl Iterator<Item = (&'p IndexPath, bool)>) -> Vec<IndexColumn> {
        let mut keys: Vec<IndexColumn> = Vec::new();
        for (path, is_descending) in paths {
            for column in self.columns(path) {
                if !keys.iter().any(|it| it.column == column) {
                    keys.push(IndexColumn { column, is_descending });
                }
            }
        }
        keys
    }

    fn columns(&self, path: &IndexPath) -> Vec<ColumnId> {
        let table = self.table;
        match path {
            IndexPath::Id => vec![ColumnId(0)],
            IndexPath::CreatedAt => table.created_at.into_iter().collect(),
            IndexPath::UpdatedAt => table.updated_at.into_iter().collect(),
            IndexPath::Field(field, Some(member)) => table.column_of(*field, Some(*member)).into_iter().collect(),
            IndexPath::Field(field, None) => table
                .column_ids()
                .filter(|(_, it)| matches!(it.role, ColumnRole::Field { field: of, .. } if of == *field))
                .map(|(id, _)| id)
                .collect(),
        }
    }

    fn path(&self, column: ColumnId) -> &str {
        self.table.column(column).map_or("", |it| it.path.as_str())
    }

    fn push(
        &mut self,
        keys: Vec<IndexColumn>,
        tenant: Option<ColumnId>,
        definition: Definition<'_>,
    ) {
        let Some(place) = self.place(&keys, &definition) else { return };
        let owner = self.system.entity_path(self.table.entity);
        let words: Vec<&str> = keys
            .iter()
            .filter(|it| it.column != ColumnId(0) || keys.len() == 1)
            .filter_map(|it| self.table.column(it.column).map(|it| it.physical.as_str()))
            .collect();
        let suffix = if definition.unique.is_some() { "key" } else { "idx" };
        let wanted = format!("{}_{}_{suffix}", self.table.physical, words.join("_"));
        let physical = self.names.relation(&owner, definition.kind, &place, &wanted);
        if self.indexes.iter().any(|it| it.physical == physical) {
            return; // Declared twice: the same index.
        }
        let columns = tenant.map(ascending).into_iter().chain(keys).collect();
        let (unique, unique_paths) = definition.unique.unzip();
        self.indexes.push(TableIndex {
            physical,
            columns,
            unique,
            unique_paths: unique_paths.unwrap_or_default(),
            condition: definition.condition.cloned(),
            skips_deleted: definition.skips_deleted,
            reason: definition.reason,
        });
    }

    /// The whole definition in short: an index that is defined otherwise is another index.
    fn place(&self, keys: &[IndexColumn], definition: &Definition<'_>) -> Option<String> {
        let is_indexable = |it: &IndexColumn| {
            let column = self.table.column(it.column);
            column.is_some_and(|it| !matches!(it.ty, ColumnType::Json | ColumnType::List(_)))
        };
        if keys.is_empty() || !keys.iter().all(is_indexable) {
            return None;
        }
        let sign = |it: &IndexColumn| if it.is_descending { "-" } else { "" };
        let keys: Vec<String> =
            keys.iter().map(|it| format!("{}{}", sign(it), self.path(it.column))).collect();
        let condition =
            definition.condition.map(|it| hash_hex(&expression_text(self.system, it), 8));
        let rest: String = [definition.skips_deleted.then(|| "living".to_owned()), condition]
            .into_iter()
            .flatten()
            .map(|it| format!("|{it}"))
            .collect();
        Some(format!("[{}{rest}]", keys.join(",")))
    }
}

struct Definition<'a> {
    kind: LockKind,
    unique: Option<(UniqueScope, Vec<String>)>,
    condition: Option<&'a Expr>,
    skips_deleted: bool,
    reason: &'static str,
}

impl Definition<'_> {
    fn plain(reason: &'static str) -> Self {
        Self { kind: LockKind::Index, unique: None, condition: None, skips_deleted: false, reason }
    }
}

fn ascending(column: ColumnId) -> IndexColumn {
    IndexColumn { column, is_descending: false }
}

/// Appends `id` in the direction of the last key, so that the index can be read both ways.
fn with_id(mut keys: Vec<IndexColumn>) -> Vec<IndexColumn> {
    let is_descending = keys.last().is_some_and(|it| it.is_descending);
    if !keys.is_empty() && !keys.iter().any(|it| it.column == ColumnId(0)) {
        keys.push(IndexColumn { column: ColumnId(0), is_descending });
    }
    keys
}
