//! What changes rows of PostgreSQL: one row by its values, or many of the same shape with one statement that takes an
//! array for each column.

use architrave_model::EntityId;

use super::column::stored_type;
use crate::{
    ColumnId, ColumnRole, Plan, Table,
    sql::{
        Dialect, Parameter, Statement,
        builder::{Builder, Reach, all_of, table_name},
        quoted,
    },
};

/// How many rows a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rows {
    /// One; each parameter is a value.
    One,
    /// Any number; each parameter is an array with one value per row.
    Many,
}

/// A value that goes into a column.
struct Given {
    name: String,
    /// Type of the parameter.
    sql_type: String,
    /// What the parameter's value goes through on its way into the column; empty for nothing.
    cast: &'static str,
    parameter: Parameter,
}

impl Given {
    /// The value itself.
    fn value(&self, b: &mut Builder<'_>) -> String {
        let parameter = b.parameter(self.parameter);
        if self.cast.is_empty() {
            parameter
        } else {
            format!("{parameter}::{}{}", self.sql_type, self.cast)
        }
    }

    /// The value among those of many rows, by its position.
    fn among(&self, at: usize) -> String {
        format!("v.c{at}{}", self.cast)
    }
}

/// New rows, all columns, lookup hashes and words.
#[must_use]
pub fn insert(plan: &Plan, entity: EntityId, rows: Rows) -> Statement {
    let table = &plan[entity];
    let all: Vec<ColumnId> = table.column_ids().map(|(id, _)| id).collect();
    let given = given(table, &all);
    let names: Vec<&str> = given.iter().map(|it| it.name.as_str()).collect();
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let values = match rows {
        Rows::One => {
            let values: Vec<String> = given.iter().map(|it| it.value(&mut b)).collect();
            format!("VALUES ({})", values.join(", "))
        }
        Rows::Many => {
            let values: Vec<String> =
                given.iter().enumerate().map(|(at, it)| it.among(at)).collect();
            format!("SELECT {} FROM {}", values.join(", "), arrays(&mut b, &given))
        }
    };
    let into = table_name(plan, Dialect::Postgres, entity);
    b.finish(format!("INSERT INTO {into} ({}) {values}", names.join(", ")))
}

/// New values for some columns of rows, and their words where a searched column is among them. Where the table counts
/// versions a row must still have the one that was loaded.
#[must_use]
pub fn update(plan: &Plan, entity: EntityId, changed: &[ColumnId], rows: Rows) -> Statement {
    let table = &plan[entity];
    let given = given(table, changed);
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let into = table_name(plan, Dialect::Postgres, entity);
    let text = match rows {
        Rows::One => {
            let sets: Vec<String> =
                given.iter().map(|it| format!("{} = {}", it.name, it.value(&mut b))).collect();
            let same: Vec<String> =
                key(table).iter().map(|it| format!("{} = {}", it.name, it.value(&mut b))).collect();
            format!("UPDATE {into} SET {} WHERE {}", sets.join(", "), all_of(&same))
        }
        Rows::Many => {
            let mut all = key(table);
            let keys = all.len();
            all.extend(given);
            let sets: Vec<String> = all
                .iter()
                .enumerate()
                .skip(keys)
                .map(|(at, it)| format!("{} = {}", it.name, it.among(at)))
                .collect();
            let same = same_as_given(&all, keys);
            let from = arrays(&mut b, &all);
            format!("UPDATE {into} t SET {} FROM {from} WHERE {}", sets.join(", "), all_of(&same))
        }
    };
    b.finish(text)
}

/// Rows go for good. Where the table counts versions a row must still have the one that was loaded.
#[must_use]
pub fn delete(plan: &Plan, entity: EntityId, rows: Rows) -> Statement {
    let table = &plan[entity];
    let key = key(table);
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let from = table_name(plan, Dialect::Postgres, entity);
    let text = match rows {
        Rows::One => {
            let same: Vec<String> =
                key.iter().map(|it| format!("{} = {}", it.name, it.value(&mut b))).collect();
            format!("DELETE FROM {from} WHERE {}", all_of(&same))
        }
        Rows::Many => {
            let same = same_as_given(&key, key.len());
            let using = arrays(&mut b, &key);
            format!("DELETE FROM {from} t USING {using} WHERE {}", all_of(&same))
        }
    };
    b.finish(text)
}

/// Which of many rows are still as they were loaded, and keeps them so until the transaction ends: their ids, in an
/// order that all transactions take them in. None where the table counts no versions.
#[must_use]
pub fn unchanged(plan: &Plan, entity: EntityId) -> Option<Statement> {
    let table = &plan[entity];
    table.version?;
    let key = key(table);
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let same = same_as_given(&key, key.len());
    let from = arrays(&mut b, &key);
    let id = b.id_column(entity, "t");
    let text = format!(
        "SELECT {id} FROM {} JOIN {from} ON {} ORDER BY {id} FOR SHARE OF t",
        b.from(entity, "t"),
        all_of(&same)
    );
    Some(b.finish(text))
}

/// Takes a row ([`Parameter::Id`]) for this transaction alone, before it is asked which rows refer to it: whoever adds
/// one looks at this row first. Answers whether it is there.
#[must_use]
pub fn lock(plan: &Plan, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, Dialect::Postgres, Reach::Single);
    let mut conditions = b.walls(entity, "t", true);
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.id_column(entity, "t")));
    let text = format!(
        "SELECT 1 FROM {} WHERE {} FOR UPDATE OF t",
        b.from(entity, "t"),
        all_of(&conditions)
    );
    b.finish(text)
}

/// Columns with their lookup hashes; the words where one of them is searched.
fn given(table: &Table, columns: &[ColumnId]) -> Vec<Given> {
    let mut all = Vec::new();
    for (id, column) in columns.iter().filter_map(|it| Some((*it, table.column(*it)?))) {
        let at = usize::from(id.0);
        all.push(Given {
            name: quoted(&column.physical),
            sql_type: stored_type(column),
            cast: "",
            parameter: Parameter::Value(at),
        });
        all.extend(column.lookup.as_ref().map(|it| Given {
            name: quoted(it),
            sql_type: "bytea".to_owned(),
            cast: "",
            parameter: Parameter::Lookup(at),
        }));
    }
    let search = table.search.as_ref();
    let search = search.filter(|it| it.columns.iter().any(|it| columns.contains(&it.column)));
    all.extend(search.map(|it| Given {
        name: quoted(&it.physical),
        sql_type: "text".to_owned(),
        cast: "::tsvector",
        parameter: Parameter::Words,
    }));
    all
}

/// What names a row: tenant and id, and the version that it must have.
fn key(table: &Table) -> Vec<Given> {
    let id = table.column_ids().find(|(_, it)| it.role == ColumnRole::Id).map(|(id, _)| id);
    let all = [
        (table.tenant, Parameter::Tenant),
        (id, Parameter::Id),
        (table.version, Parameter::Version),
    ];
    let all = all.into_iter().filter_map(|(id, parameter)| Some((table.column(id?)?, parameter)));
    all.map(|(column, parameter)| Given {
        name: quoted(&column.physical),
        sql_type: stored_type(column),
        cast: "",
        parameter,
    })
    .collect()
}

/// `unnest($1::uuid[], …) v(c0, …)`
fn arrays(b: &mut Builder<'_>, all: &[Given]) -> String {
    let arrays: Vec<String> =
        all.iter().map(|it| format!("{}::{}[]", b.parameter(it.parameter), it.sql_type)).collect();
    let names: Vec<String> = (0..all.len()).map(|it| format!("c{it}")).collect();
    format!("unnest({}) v({})", arrays.join(", "), names.join(", "))
}

fn same_as_given(all: &[Given], keys: usize) -> Vec<String> {
    let keys = all.iter().take(keys).enumerate();
    keys.map(|(at, it)| format!("t.{} = v.c{at}", it.name)).collect()
}
