//! The database follows the plan: what only adds is applied, what would lose data is refused with the
//! whole list. One transaction: after a refusal or a crash the database is as before.

use std::collections::{BTreeMap, BTreeSet};

use architrave_engine::Fault;
use architrave_model::{Default as FieldDefault, FieldType};
use architrave_plan::{
    ColumnRole, Plan,
    sql::{
        Dialect, computed, default_literal, quoted,
        schema::{ColumnSchema, IndexSchema, TableSchema, tables},
        search::ROW_NUMBER,
    },
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    fault::{OrFault, uncompilable},
    words,
};

const DOING: &str = "the database cannot be brought to this blueprint";

/// Brings the database to the plan.
pub(crate) fn evolve(connection: &Connection, plan: &Plan, now_us: i64) -> Result<(), Fault> {
    // A rebuilt table is dropped and renamed: keys to it must not be acted on meanwhile, and are checked
    // as a whole before the commit. Neither pragma works inside a transaction.
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;")
        .or_fault(DOING)?;
    connection.execute_batch("BEGIN IMMEDIATE").or_fault(DOING)?;
    let done = evolve_within(connection, plan, now_us)
        .and_then(|()| connection.execute_batch("COMMIT").or_fault(DOING));
    if done.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").or_fault(DOING)?;
    }
    connection
        .execute_batch("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON;")
        .or_fault(DOING)?;
    done
}

fn evolve_within(connection: &Connection, plan: &Plan, now_us: i64) -> Result<(), Fault> {
    let schema = tables(plan).map_err(|it| uncompilable(&it))?;
    let mut losses = Vec::new();
    drop_tables(connection, &schema, &mut losses)?;
    let mut was_rebuilt = false;
    for table in &schema {
        let work = Work { connection, plan, table, now_us };
        was_rebuilt |= work.columns(&mut losses)?;
    }
    // Indexes come after all columns, so that a refusal names everything at once.
    if losses.is_empty() {
        for table in &schema {
            Work { connection, plan, table, now_us }.indexes(&mut losses)?;
        }
    }
    if was_rebuilt && losses.is_empty() {
        let broken: Option<String> = connection
            .query_row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", [], |row| {
                row.get(0)
            })
            .optional()
            .or_fault(DOING)?;
        losses.extend(broken.map(|it| format!("rows of {it} refer to rows that do not exist")));
    }
    if losses.is_empty() {
        connection
            .execute("INSERT OR REPLACE INTO _meta (name, value) VALUES ('plan', ?1)", [&plan.hash])
            .or_fault(DOING)?;
        return Ok(());
    }
    let list: Vec<String> = losses.iter().map(|it| format!("\n  - {it}")).collect();
    Err(Fault::new(
        format!("this blueprint does not fit the stored data:{}", list.concat()),
        "nothing has been changed; keep what is listed in the blueprint, say with a `moved` block what was \
         only renamed, or name another data folder",
    ))
}

/// Tables that the plan no longer has go when they are empty.
fn drop_tables(
    connection: &Connection,
    schema: &[TableSchema],
    losses: &mut Vec<String>,
) -> Result<(), Fault> {
    let wanted: BTreeSet<&str> = schema.iter().map(|it| it.name.as_str()).collect();
    for name in names(connection, "SELECT DISTINCT in_table FROM _column", [])? {
        if wanted.contains(name.as_str()) {
            continue;
        }
        let rows = count(connection, &format!("SELECT COUNT(*) FROM {}", quoted(&name)))?;
        if rows > 0 {
            losses.push(format!("table {name} with {rows} rows is no longer in it"));
            continue;
        }
        connection.execute_batch(&format!("DROP TABLE {}", quoted(&name))).or_fault(DOING)?;
        connection.execute("DELETE FROM _column WHERE in_table = ?1", [&name]).or_fault(DOING)?;
    }
    Ok(())
}

struct Work<'a> {
    connection: &'a Connection,
    plan: &'a Plan,
    table: &'a TableSchema,
    now_us: i64,
}

/// A column as it was recorded.
struct Recorded {
    sql_type: String,
    is_nullable: bool,
    check: String,
    is_lookup: bool,
}

impl Work<'_> {
    /// Whether the table was rebuilt.
    fn columns(&self, losses: &mut Vec<String>) -> Result<bool, Fault> {
        let recorded = self.recorded()?;
        if recorded.is_empty() {
            self.create(&self.table.name)?;
            self.record()?;
            return Ok(false);
        }
        let losses_before = losses.len();
        let (is_same, must_rebuild) = self.compare(&recorded, losses)?;
        if losses.len() > losses_before || is_same {
            return Ok(false);
        }
        if must_rebuild {
            self.rebuild(&recorded)?;
        } else {
            for column in self.table.columns.iter().filter(|it| !recorded.contains_key(&it.name)) {
                let add = format!(
                    "ALTER TABLE {} ADD COLUMN {}",
                    quoted(&self.table.name),
                    column.definition()
                );
                self.connection.execute_batch(&add).or_fault(DOING)?;
            }
        }
        self.record()?;
        Ok(must_rebuild)
    }

    /// (nothing to do, more than new nullable columns to do)
    fn compare(
        &self,
        recorded: &BTreeMap<String, Recorded>,
        losses: &mut Vec<String>,
    ) -> Result<(bool, bool), Fault> {
        let name = &self.table.name;
        let (mut is_same, mut must_rebuild) = (true, false);
        for column in &self.table.columns {
            let Some(was) = recorded.get(&column.name) else {
                is_same = false;
                must_rebuild |= !column.is_nullable;
                // Counting reads the whole table: only where the number is needed.
                let rows = if self.filling(column).is_none() { self.count("")? } else { 0 };
                if rows > 0 {
                    losses.push(format!(
                        "{name}.{} is required and new, but {rows} rows have no value for it; give it a default or make it optional",
                        column.name
                    ));
                }
                continue;
            };
            if was.sql_type == column.sql_type
                && was.is_nullable == column.is_nullable
                && was.check == column.check
            {
                continue;
            }
            (is_same, must_rebuild) = (false, true);
            self.compare_column(column, was, losses)?;
        }
        let wanted: BTreeSet<&str> = self.table.columns.iter().map(|it| it.name.as_str()).collect();
        for gone in recorded.keys().filter(|it| !wanted.contains(it.as_str())) {
            (is_same, must_rebuild) = (false, true);
            let values = self.count(&format!("WHERE {} IS NOT NULL", quoted(gone)))?;
            // A lookup hash holds nothing that its value does not.
            if values > 0 && !recorded.get(gone).is_some_and(|it| it.is_lookup) {
                losses.push(format!("{name}.{gone} with {values} values is no longer in it"));
            }
        }
        let constraints: String = self
            .connection
            .query_row("SELECT constraints FROM _table WHERE name = ?1", [name], |row| row.get(0))
            .or_fault(DOING)?;
        if constraints != self.table.constraints.join("\n") {
            (is_same, must_rebuild) = (false, true);
        }
        Ok((is_same, must_rebuild))
    }

    fn compare_column(
        &self,
        column: &ColumnSchema,
        was: &Recorded,
        losses: &mut Vec<String>,
    ) -> Result<(), Fault> {
        let (table, name) = (&self.table.name, &column.name);
        if was.sql_type != column.sql_type {
            let values = self.count(&format!("WHERE {} IS NOT NULL", quoted(name)))?;
            if values > 0 {
                losses.push(format!(
                    "{table}.{name} is stored as {} in {values} rows and would be {}",
                    was.sql_type, column.sql_type
                ));
            }
            return Ok(());
        }
        if was.is_nullable && !column.is_nullable {
            let nulls = self.count(&format!("WHERE {} IS NULL", quoted(name)))?;
            if nulls > 0 && self.filling(column).is_none() {
                losses.push(format!(
                    "{table}.{name} becomes required, but {nulls} rows have no value"
                ));
            }
        }
        if was.check != column.check && !column.check.is_empty() {
            let misfits = self.count(&format!("WHERE NOT ({})", column.check))?;
            if misfits > 0 {
                losses.push(format!(
                    "{table}.{name} has {misfits} values that are no longer allowed"
                ));
            }
        }
        Ok(())
    }

    /// What a column holds in rows that were stored before it existed; none where nobody can say.
    fn filling(&self, column: &ColumnSchema) -> Option<String> {
        if column.is_nullable {
            return Some("NULL".to_owned());
        }
        let table = &self.plan[self.table.entity];
        let planned = table.columns.get(usize::from(column.column.0))?;
        if planned.encryption.is_some() {
            return None;
        }
        match planned.role {
            ColumnRole::Field { field, member } => {
                let entity = &self.plan.system[self.table.entity];
                let declared = entity.fields.get(field)?;
                let declared = match (&declared.ty, member) {
                    (FieldType::Value(value), Some(member)) => {
                        self.plan.system[*value].fields.get(member)?
                    }
                    _ => declared,
                };
                match (&declared.default, &declared.ty) {
                    (Some(FieldDefault::Value(value)), _) => {
                        default_literal(Dialect::Sqlite, value)
                    }
                    (Some(FieldDefault::Now), _) => Some(self.now_us.to_string()),
                    (_, FieldType::Computed { expr, .. }) => {
                        computed(self.plan, Dialect::Sqlite, "old", expr).ok()
                    }
                    (_, FieldType::List { .. }) => Some("'[]'".to_owned()),
                    _ => entity.lifecycle.as_ref().filter(|it| it.field == field).and_then(|it| {
                        default_literal(
                            Dialect::Sqlite,
                            &architrave_model::Value::Text(it.initial.clone()),
                        )
                    }),
                }
            }
            _ => None,
        }
    }

    /// SQLite cannot alter most of a table in place: it is copied once, row numbers included.
    fn rebuild(&self, recorded: &BTreeMap<String, Recorded>) -> Result<(), Fault> {
        let new_name = format!("_new_{}", self.table.name);
        self.create(&new_name)?;
        let (mut names, mut values) =
            (vec![quoted(ROW_NUMBER)], vec![format!("old.{}", quoted(ROW_NUMBER))]);
        for column in &self.table.columns {
            names.push(quoted(&column.name));
            let old = format!("old.{}", quoted(&column.name));
            let is_kept =
                recorded.get(&column.name).is_some_and(|it| it.sql_type == column.sql_type);
            let filling = self.filling(column).unwrap_or_else(|| "NULL".to_owned());
            values.push(match (is_kept, column.is_nullable) {
                (true, true) => old,
                (true, false) => format!("COALESCE({old}, {filling})"),
                (false, _) => filling,
            });
        }
        let (new, old) = (quoted(&new_name), quoted(&self.table.name));
        let batch = format!(
            "INSERT INTO {new} ({}) SELECT {} FROM {old} AS old; DROP TABLE {old}; ALTER TABLE {new} RENAME TO {old};",
            names.join(", "),
            values.join(", ")
        );
        self.connection.execute_batch(&batch).or_fault(DOING)
    }

    fn create(&self, name: &str) -> Result<(), Fault> {
        self.connection.execute_batch(&self.table.create(name)).or_fault(DOING)
    }

    fn record(&self) -> Result<(), Fault> {
        let name = &self.table.name;
        self.connection
            .execute("DELETE FROM _column WHERE in_table = ?1", [name])
            .or_fault(DOING)?;
        for column in &self.table.columns {
            self.connection
                .execute(
                    "INSERT INTO _column (in_table, name, sql_type, is_nullable, condition, is_lookup) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        name,
                        column.name,
                        column.sql_type,
                        column.is_nullable,
                        column.check,
                        column.is_lookup
                    ],
                )
                .or_fault(DOING)?;
        }
        // The number stays with the name: the journal refers to it.
        self.connection
            .execute(
                "INSERT INTO _table (name, number, constraints) \
                 VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM _table), ?2) \
                 ON CONFLICT (name) DO UPDATE SET constraints = excluded.constraints",
                params![name, self.table.constraints.join("\n")],
            )
            .or_fault(DOING)?;
        Ok(())
    }

    fn indexes(&self, losses: &mut Vec<String>) -> Result<(), Fault> {
        let mut existing = BTreeMap::new();
        let mut statement = self
            .connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL")
            .or_fault(DOING)?;
        let rows = statement
            .query_map([&self.table.name], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .or_fault(DOING)?;
        for row in rows {
            let (name, sql) = row.or_fault(DOING)?;
            existing.insert(name, sql);
        }
        for index in &self.table.indexes {
            match existing.remove(&index.name) {
                Some(sql) if sql == index.create => continue,
                Some(_) => self.drop_index(&index.name)?,
                None => {}
            }
            self.create_index(index, losses)?;
        }
        // An index that is no longer declared holds nothing of its own.
        for name in existing.keys() {
            self.drop_index(name)?;
        }
        self.search_index()
    }

    fn create_index(&self, index: &IndexSchema, losses: &mut Vec<String>) -> Result<(), Fault> {
        match self.connection.execute_batch(&index.create) {
            Err(error)
                if index.is_unique
                    && error.sqlite_error_code()
                        == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                losses.push(format!(
                    "rows of {} have equal values where {} wants them unique",
                    self.table.name, index.name
                ));
                Ok(())
            }
            other => other.or_fault(DOING),
        }
    }

    fn drop_index(&self, name: &str) -> Result<(), Fault> {
        self.connection.execute_batch(&format!("DROP INDEX {}", quoted(name))).or_fault(DOING)
    }

    /// The full-text index is made of the rows: a changed one is filled anew.
    fn search_index(&self) -> Result<(), Fault> {
        let entity = self.table.entity;
        let (Some(wanted), Some(search)) = (&self.table.search, &self.plan[entity].search) else {
            return Ok(());
        };
        let sql: Option<String> = self
            .connection
            .query_row("SELECT sql FROM sqlite_schema WHERE name = ?1", [&wanted.name], |row| {
                row.get(0)
            })
            .optional()
            .or_fault(DOING)?;
        match sql {
            Some(sql) if sql == wanted.create => return Ok(()),
            Some(_) => {
                let drop = format!("DROP TABLE {}", quoted(&wanted.name));
                self.connection.execute_batch(&drop).or_fault(DOING)?;
            }
            None => {}
        }
        words::create(self.connection, search, &wanted.create).or_fault(DOING)?;
        words::fill(self.connection, self.plan, entity)
    }

    fn recorded(&self) -> Result<BTreeMap<String, Recorded>, Fault> {
        let mut statement = self
            .connection
            .prepare("SELECT name, sql_type, is_nullable, condition, is_lookup FROM _column WHERE in_table = ?1")
            .or_fault(DOING)?;
        let rows = statement
            .query_map([&self.table.name], |row| {
                let recorded = Recorded {
                    sql_type: row.get(1)?,
                    is_nullable: row.get(2)?,
                    check: row.get(3)?,
                    is_lookup: row.get(4)?,
                };
                Ok((row.get::<_, String>(0)?, recorded))
            })
            .or_fault(DOING)?;
        rows.collect::<Result<_, _>>().or_fault(DOING)
    }

    fn count(&self, condition: &str) -> Result<i64, Fault> {
        count(
            self.connection,
            &format!("SELECT COUNT(*) FROM {} {condition}", quoted(&self.table.name)),
        )
    }
}

fn count(connection: &Connection, sql: &str) -> Result<i64, Fault> {
    connection.query_row(sql, [], |row| row.get(0)).or_fault(DOING)
}

fn names<P: rusqlite::Params>(
    connection: &Connection,
    sql: &str,
    params: P,
) -> Result<Vec<String>, Fault> {
    let mut statement = connection.prepare(sql).or_fault(DOING)?;
    let rows = statement.query_map(params, |row| row.get(0)).or_fault(DOING)?;
    rows.collect::<Result<_, _>>().or_fault(DOING)
}
