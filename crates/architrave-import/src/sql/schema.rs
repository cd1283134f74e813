//! The tables as the statements so far have left them.

use std::collections::BTreeMap;

use architrave_model::graph::{ForeignKey, IndexSpec, Known, Table};

use super::dialect::Dialect;
use crate::shared::limits;

/// What the statements of one database have made.
#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) dialect: Dialect,
    /// Where tables without a schema go; none where the product has no such thing.
    pub(super) default_schema: Option<String>,
    /// By qualified name, as the product tells names apart.
    pub(super) tables: BTreeMap<String, Made>,
    /// Texts of enumeration types, by name in lower case without schema.
    pub(super) enumerations: BTreeMap<String, Vec<String>>,
    /// Types behind domains, by name in lower case without schema.
    pub(super) domains: BTreeMap<String, String>,
    /// Tables that are only parts of a partitioned one.
    pub(super) partitions: Vec<String>,
    /// Names that a file uses for tables of its own that another file has defined otherwise.
    aliases: BTreeMap<String, String>,
    count: usize,
}

/// A table and what the graph has no place for.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) table: Table,
    /// Position in the order of making.
    pub(super) position: usize,
    /// File in which it was made.
    pub(super) file: u32,
    /// Names of its foreign keys, same positions.
    pub(super) foreign_key_names: Vec<String>,
    /// Columns that a check without a `NOT VALID` keeps from being null, by the name of the check.
    pub(super) not_null_checks: BTreeMap<String, String>,
}

impl Schema {
    pub(super) fn new(dialect: Dialect) -> Self {
        let default_schema = dialect.default_schema().map(str::to_owned);
        Self { dialect, default_schema, ..Self::default() }
    }

    /// A new file begins: names mean again what they mean to everybody.
    pub(super) fn begin_file(&mut self) {
        self.aliases.clear();
        self.default_schema = self.dialect.default_schema().map(str::to_owned);
    }

    /// Name as shown, e.g. `public.orders`.
    pub(super) fn qualified(&self, parts: &[String]) -> String {
        let own: Vec<&str> = parts.iter().map(String::as_str).rev().take(2).collect();
        match (own.as_slice(), &self.default_schema) {
            ([table], Some(schema)) => format!("{schema}.{table}"),
            // The schema of every SQLite database.
            ([table, "main"], None) => (*table).to_owned(),
            ([table, schema], _) => format!("{schema}.{table}"),
            ([table], None) => (*table).to_owned(),
            _ => String::new(),
        }
    }

    /// PostgreSQL tells `"Users"` from `users`; to the others they are the same table.
    fn folded(&self, name: &str) -> String {
        if self.dialect == Dialect::PostgreSql { name.to_owned() } else { name.to_lowercase() }
    }

    /// The key under which a table is kept.
    pub(super) fn key(&self, parts: &[String]) -> String {
        let key = self.folded(&self.qualified(parts));
        self.aliases.get(&key).cloned().unwrap_or(key)
    }

    /// Id of a table, whether or not it is known.
    pub(super) fn id(&self, parts: &[String]) -> String {
        match self.tables.get(&self.key(parts)) {
            Some(made) => made.table.node.id.clone(),
            None => format!("table:{}", self.qualified(parts)),
        }
    }

    pub(super) fn table(&mut self, parts: &[String]) -> Option<&mut Made> {
        let key = self.key(parts);
        self.tables.get_mut(&key)
    }

    /// Adds a table. Where another file has made one of the same name with other columns, it is another
    /// database's: it gets the folder of its file before its name.
    pub(super) fn add(&mut self, mut table: Table, columns: Vec<String>, file: (u32, &str)) {
        let (file, folder) = file;
        let key = self.folded(&table.node.name);
        let mut place = key.clone();
        if let Some(before) = self.tables.get(&key).filter(|it| it.file != file) {
            if same_names(names_of(&before.table), columns) {
                return;
            }
            table.node.name = format!("{folder}/{}", table.node.name);
            table.node.id = format!("table:{}", table.node.name);
            place = self.folded(&table.node.name);
            self.aliases.insert(key, place.clone());
        }
        if self.tables.len() >= limits::ELEMENTS_MAX {
            return;
        }
        self.count += 1;
        let made = Made {
            table,
            position: self.count,
            file,
            foreign_key_names: Vec::new(),
            not_null_checks: BTreeMap::new(),
        };
        self.tables.insert(place, made);
    }

    /// Gives a table another name; references to it follow.
    pub(super) fn rename(&mut self, from: &[String], to: &[String]) {
        let Some(mut made) = self.tables.remove(&self.key(from)) else { return };
        // A new name without schema stays in the old one's.
        let schema = made.table.node.name.rsplit_once('.').map(|it| it.0.to_owned());
        let name = match (to, schema) {
            ([table], Some(schema)) => format!("{schema}.{table}"),
            _ => self.qualified(to),
        };
        let id = format!("table:{name}");
        let before = std::mem::replace(&mut made.table.node.id, id.clone());
        made.table.node.name.clone_from(&name);
        self.tables.insert(self.folded(&name), made);
        for other in self.tables.values_mut() {
            for key in other.table.foreign_keys.iter_mut().filter(|it| it.to == before) {
                key.to.clone_from(&id);
            }
        }
    }

    /// Removes an index wherever it is; the name of its table.
    pub(super) fn drop_index(&mut self, name: &str) -> Option<String> {
        let is_it = |it: &IndexSpec| it.name.eq_ignore_ascii_case(name);
        let made = self.tables.values_mut().find(|it| it.table.indexes.iter().any(is_it))?;
        made.table.indexes.retain(|it| !is_it(it));
        Some(made.table.node.name.clone())
    }

    pub(super) fn rename_index(&mut self, from: &str, to: &str) {
        let indexes = self.tables.values_mut().flat_map(|it| &mut it.table.indexes);
        for index in indexes.filter(|it| it.name.eq_ignore_ascii_case(from)) {
            to.clone_into(&mut index.name);
        }
    }

    /// Adds a text to the columns of an enumeration type.
    pub(super) fn extend_enumeration(&mut self, name: &str, value: &str) {
        for column in self.tables.values_mut().flat_map(|it| &mut it.table.columns) {
            let of_type = column.type_text.rsplit('.').next().unwrap_or_default();
            if of_type.trim_matches('"').eq_ignore_ascii_case(name) {
                column.values.push(value.to_owned());
            }
        }
    }

    /// The tables in the order in which they were made, with what only the whole tells.
    pub(super) fn finish(mut self) -> Vec<Table> {
        let keys: BTreeMap<String, Vec<String>> = self
            .tables
            .values()
            .filter_map(|it| {
                let columns = it.table.primary_key.value()?.clone();
                Some((it.table.node.id.clone(), columns))
            })
            .collect();
        for partition in std::mem::take(&mut self.partitions) {
            self.tables.remove(&partition);
        }
        let is_mysql = self.dialect == Dialect::MySql;
        let mut made: Vec<Made> = self.tables.into_values().collect();
        made.sort_by_key(|it| it.position);
        let mut tables: Vec<Table> = made.into_iter().map(|it| it.table).collect();
        for table in &mut tables {
            spell_alike(table);
            finish_table(table, &keys, is_mysql);
        }
        tables
    }
}

impl Made {
    /// Adds a foreign key; one that is there already is not added twice.
    pub(super) fn add_foreign_key(&mut self, name: Option<String>, key: ForeignKey) {
        let is_there =
            self.table.foreign_keys.iter().any(|it| it.columns == key.columns && it.to == key.to);
        if is_there {
            return;
        }
        let default = || {
            let table = self.table.node.name.rsplit('.').next().unwrap_or_default();
            format!("{table}_{}_fkey", key.columns.join("_"))
        };
        self.foreign_key_names.push(name.unwrap_or_else(default));
        self.table.foreign_keys.push(key);
    }

    /// Adds an index; one of the same name is not added twice.
    pub(super) fn add_index(&mut self, mut index: IndexSpec, suffix: &str) {
        if index.name.is_empty() {
            let table = self.table.node.name.rsplit('.').next().unwrap_or_default();
            let columns: Vec<&str> = index.columns.iter().map(|it| it.0.as_str()).collect();
            index.name = format!("{table}_{}_{suffix}", columns.join("_"));
        }
        let is_there = |it: &IndexSpec| it.name.eq_ignore_ascii_case(&index.name);
        if self.table.indexes.len() >= limits::INDEXES_MAX {
            return;
        }
        if !self.table.indexes.iter().any(is_there) {
            self.table.indexes.push(index);
        }
    }

    /// Removes what a constraint of this name says.
    pub(super) fn drop_constraint(&mut self, name: &str) {
        let is_it = |it: &String| it.eq_ignore_ascii_case(name);
        if let Some(position) = self.foreign_key_names.iter().position(is_it) {
            self.foreign_key_names.remove(position);
            self.table.foreign_keys.remove(position);
        }
        self.table.indexes.retain(|it| !it.name.eq_ignore_ascii_case(name));
        self.not_null_checks.remove(&name.to_lowercase());
    }

    /// Removes a column and what stands on it.
    pub(super) fn drop_column(&mut self, name: &str) {
        let is_it = |it: &String| it.eq_ignore_ascii_case(name);
        self.table.columns.retain(|it| !is_it(&it.name));
        self.table.indexes.retain(|it| !it.columns.iter().any(|(column, _)| is_it(column)));
        let mut position = 0;
        while let Some(key) = self.table.foreign_keys.get(position) {
            if key.columns.iter().any(is_it) {
                self.table.foreign_keys.remove(position);
                self.foreign_key_names.remove(position);
            } else {
                position += 1;
            }
        }
    }

    /// Gives a column another name wherever the table uses it.
    pub(super) fn rename_column(&mut self, from: &str, to: &str) {
        let rename = |it: &mut String| {
            if it.eq_ignore_ascii_case(from) {
                to.clone_into(it);
            }
        };
        self.table.columns.iter_mut().for_each(|it| rename(&mut it.name));
        self.table
            .indexes
            .iter_mut()
            .flat_map(|it| &mut it.columns)
            .for_each(|it| rename(&mut it.0));
        self.table.foreign_keys.iter_mut().flat_map(|it| &mut it.columns).for_each(rename);
        if let Known::Is(columns, _) = &mut self.table.primary_key {
            columns.iter_mut().for_each(rename);
        }
    }
}

/// Whether two definitions have the same columns, so that they are taken for the same table.
pub(super) fn same_columns(one: &Table, other: &Table) -> bool {
    same_names(names_of(one), names_of(other))
}

fn names_of(table: &Table) -> Vec<String> {
    table.columns.iter().map(|it| it.name.clone()).collect()
}

fn same_names(mut one: Vec<String>, mut other: Vec<String>) -> bool {
    for names in [&mut one, &mut other] {
        names.iter_mut().for_each(|it| *it = it.to_lowercase());
        names.sort_unstable();
    }
    one == other
}

/// Writes columns everywhere as the table writes them: `customerid` is `CustomerId` to most products.
fn spell_alike(table: &mut Table) {
    let names = names_of(table);
    let spell = |it: &mut String| {
        if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(it)) {
            it.clone_from(name);
        }
    };
    table.indexes.iter_mut().flat_map(|it| &mut it.columns).for_each(|it| spell(&mut it.0));
    table.foreign_keys.iter_mut().flat_map(|it| &mut it.columns).for_each(spell);
    if let Known::Is(columns, _) = &mut table.primary_key {
        columns.iter_mut().for_each(spell);
    }
}

/// What follows from the whole table: single uniqueness, columns that a reference without columns means, and
/// the indexes that MySQL adds for foreign keys.
fn finish_table(table: &mut Table, keys: &BTreeMap<String, Vec<String>>, is_mysql: bool) {
    let unique: Vec<(String, architrave_model::graph::Origin)> = table
        .indexes
        .iter()
        .filter(|it| it.is_unique && it.condition.is_none())
        .filter_map(|it| match it.columns.as_slice() {
            [(column, _)] => Some((column.to_lowercase(), it.origin)),
            _ => None,
        })
        .collect();
    let key = match table.primary_key.value() {
        Some(columns) if columns.len() == 1 => columns.first().map(|it| it.to_lowercase()),
        _ => None,
    };
    for column in &mut table.columns {
        let name = column.name.to_lowercase();
        let origin = unique.iter().find(|it| it.0 == name).map(|it| it.1);
        let is_key = key.as_ref() == Some(&name);
        column.is_unique = match origin {
            Some(origin) => Known::Is(true, origin),
            None => Known::Is(is_key, column.origin),
        };
    }
    for reference in &mut table.foreign_keys {
        if reference.to_columns.is_empty()
            && let Some(columns) = keys.get(&reference.to)
        {
            reference.to_columns.clone_from(columns);
        }
    }
    if is_mysql {
        for reference in table.foreign_keys.clone() {
            let is_served = table.indexes.iter().any(|index| {
                index
                    .columns
                    .iter()
                    .map(|it| &it.0)
                    .take(reference.columns.len())
                    .eq(&reference.columns)
            }) || table
                .primary_key
                .value()
                .is_some_and(|it| it.starts_with(&reference.columns));
            if !is_served {
                table.indexes.push(IndexSpec {
                    origin: reference.origin,
                    columns: reference.columns.iter().map(|it| (it.clone(), false)).collect(),
                    ..IndexSpec::default()
                });
            }
        }
    }
}
