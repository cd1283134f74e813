//! Filling a database of PostgreSQL: without keys to other tables, indexes and row-level security, all of which come back
//! when it is full.

use std::collections::BTreeMap;

use architrave_engine::Fault;
use architrave_plan::{
    ColumnRole, Plan,
    sql::{postgres, quoted},
};
use bytes::Bytes;
use futures_util::SinkExt as _;
use uuid::Uuid;

use super::{
    copy::{self, StoredRow},
    moved::{Moved, position},
    note::{MOVING, Note},
    remote::Remote,
    sum::Sum,
    words,
};

impl Remote {
    /// Takes away what would slow the filling down or refuse what is whole only in the end. May be done again.
    pub(super) async fn loosen(&self, plan: &Plan) -> Result<(), Fault> {
        self.wall("DISABLE ROW LEVEL SECURITY").await?;
        for table in schema(plan)? {
            let name = table.qualified();
            let mut all = String::new();
            for key in &table.foreign_keys {
                let constraint = quoted(&key.name);
                all.push_str(&format!(
                    "ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {constraint};"
                ));
            }
            for index in &table.indexes {
                let index = format!("{}.{}", quoted(&table.schema), quoted(&index.name));
                all.push_str(&format!("DROP INDEX IF EXISTS {index};"));
            }
            self.execute(&all).await?;
        }
        Ok(())
    }

    /// Makes the indexes anew; those that are there stay.
    pub(super) async fn make_indexes(
        &self,
        plan: &Plan,
        mut each: impl FnMut(),
    ) -> Result<(), Fault> {
        for table in schema(plan)? {
            for index in &table.indexes {
                let name = format!("{}.{}", quoted(&table.schema), quoted(&index.name));
                let sql = "SELECT to_regclass($1) IS NULL";
                let row = self.session.client().query_one(sql, &[&name]).await;
                if row.map_err(|it| self.fault(&it))?.get(0) {
                    self.execute(&index.create).await?;
                }
                each();
            }
        }
        Ok(())
    }

    /// Makes the keys to other tables anew, which checks every row, and row-level security where there are policies.
    pub(super) async fn tighten(&self, plan: &Plan) -> Result<(), Fault> {
        for table in schema(plan)? {
            for key in &table.foreign_keys {
                let (name, constraint) = (table.qualified(), quoted(&key.name));
                let drop = format!("ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {constraint}");
                self.execute(&format!("{drop}; {}", key.add)).await?;
            }
        }
        self.wall("ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").await?;
        self.execute("ANALYZE").await
    }

    /// Takes down or puts up the wall around every table that has a policy: `COPY` goes into none that has one.
    async fn wall(&self, change: &str) -> Result<(), Fault> {
        let guarded = "SELECT DISTINCT polrelid::regclass::text FROM pg_policy";
        let tables = self.session.client().query(guarded, &[]).await;
        for table in tables.map_err(|it| self.fault(&it))? {
            let table: &str = self.column(&table, 0)?;
            self.execute(&format!("ALTER TABLE {table} {change}")).await?;
        }
        Ok(())
    }

    /// Adds rows to a table.
    pub(super) async fn insert(
        &self,
        plan: &Plan,
        moved: &Moved,
        rows: &[StoredRow],
    ) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut columns: Vec<String> =
            moved.columns.iter().map(|it| quoted(&it.postgres)).collect();
        if let Some((_, Some(words))) = &moved.entity {
            columns.push(quoted(words));
        }
        let sql = format!("COPY {} ({}) FROM STDIN", moved.postgres, columns.join(", "));
        let mut lines = Vec::with_capacity(rows.len() * 256);
        for row in rows {
            let words = words::of_row(plan, moved, row);
            copy::append_line(&mut lines, moved, row, words.as_deref());
        }
        let failed = |it: tokio_postgres::Error| {
            let fault = self.fault(&it);
            Fault { what: format!("{}: {}", moved.name, fault.what), ..fault }
        };
        let sink = self.session.client().copy_in(&sql).await.map_err(failed)?;
        let mut sink = std::pin::pin!(sink);
        sink.send(Bytes::from(lines)).await.map_err(failed)?;
        let count = sink.finish().await.map_err(failed)?;
        if count == rows.len() as u64 {
            return Ok(());
        }
        Err(Fault::new(format!("{}: {count} of {} rows were taken", moved.name, rows.len()), ""))
    }

    /// Takes aggregates away, parts first: (tenant, id) of the roots.
    pub(super) async fn remove(
        &self,
        plan: &Plan,
        tables: &[Moved],
        root: &Moved,
        keys: &[(Uuid, Uuid)],
    ) -> Result<(), Fault> {
        let mut levels = vec![(root, ColumnRole::Id, keys.to_vec())];
        while let Some((moved, by, keys)) = levels.pop() {
            let gone = self.remove_level(plan, moved, by, &keys).await?;
            for part in parts_of(plan, tables, moved) {
                levels.push((part, ColumnRole::Parent, gone.clone()));
            }
        }
        Ok(())
    }

    /// Takes rows away by their own ids or by those of the rows above; answers their keys.
    async fn remove_level(
        &self,
        plan: &Plan,
        moved: &Moved,
        by: ColumnRole,
        keys: &[(Uuid, Uuid)],
    ) -> Result<Vec<(Uuid, Uuid)>, Fault> {
        let name = |role| {
            let column = position(plan, moved, role).and_then(|it| moved.columns.get(it));
            column.map(|it| quoted(&it.postgres))
        };
        let (Some(id), Some(by)) = (name(ColumnRole::Id), name(by)) else { return Ok(Vec::new()) };
        let (tenants, ids): (Vec<String>, Vec<String>) =
            keys.iter().map(|it| (it.0.to_string(), it.1.to_string())).unzip();
        let tenant = name(ColumnRole::Tenant);
        let within = tenant.as_ref().map_or(String::new(), |it| format!("t.{it} = k.tenant AND "));
        let shown = tenant.as_ref().map_or("k.tenant".to_owned(), |it| format!("t.{it}"));
        let sql = format!(
            "DELETE FROM {} t USING unnest($1::text[]::uuid[], $2::text[]::uuid[]) AS k (tenant, id) \
             WHERE {within}t.{by} = k.id RETURNING uuid_send({shown}), uuid_send(t.{id})",
            moved.postgres
        );
        let gone = self.session.client().query(&sql, &[&tenants, &ids]).await;
        let gone = gone.map_err(|it| self.fault(&it))?;
        let id = |row, at| {
            let bytes: &[u8] = self.column(row, at)?;
            Ok(Uuid::from_slice(bytes).unwrap_or_default())
        };
        gone.iter().map(|it| Ok((id(it, 0)?, id(it, 1)?))).collect()
    }

    /// Count and checksum of a table; of the journal's, behind a number and up to another. Within the transaction that
    /// is open.
    pub(super) async fn sum(
        &self,
        plan: &Plan,
        moved: &Moved,
        between: (i64, i64),
    ) -> Result<Sum, Fault> {
        let condition = moved.condition(between);
        let columns: Vec<String> = moved.columns.iter().map(copy::selected).collect();
        let sql = format!("SELECT {} FROM {} {condition}", columns.join(", "), moved.postgres);
        let mut sum = Sum::default();
        self.each(&sql, |row| {
            sum.add(&copy::received(moved, row, Some(plan))?);
            Ok(())
        })
        .await?;
        Ok(sum)
    }

    /// Notes something, or with no value takes the note away.
    pub(super) async fn set_meta(&self, name: &str, value: Option<&str>) -> Result<(), Fault> {
        let client = self.session.client();
        let set = "INSERT INTO architrave.meta (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let done = match value {
            Some(value) => client.execute(set, &[&name, &value]).await,
            None => client.execute("DELETE FROM architrave.meta WHERE name = $1", &[&name]).await,
        };
        done.map_err(|it| self.fault(&it))?;
        Ok(())
    }

    /// Notes how far the move is.
    pub(super) async fn write_note(&self, note: &Note) -> Result<(), Fault> {
        self.set_meta(MOVING, Some(&note.text())).await
    }

    /// Gives tables the numbers that the journal knows them by, those of tables that are gone included.
    pub(super) async fn set_numbers(&self, numbers: &[(String, i64)]) -> Result<(), Fault> {
        let sql = "WITH k AS (SELECT name, number::int FROM unnest($1::text[], $2::bigint[]) AS k (name, number)) \
             INSERT INTO architrave.\"table\" (name, number, constraints) SELECT name, number, '' FROM k \
             ON CONFLICT (name) DO UPDATE SET number = excluded.number";
        let (names, numbers): (Vec<String>, Vec<i64>) = numbers.iter().cloned().unzip();
        // Numbers are unique, also while they change.
        self.execute("UPDATE architrave.\"table\" SET number = -number WHERE number > 0").await?;
        let done = self.session.client().execute(sql, &[&names, &numbers]).await;
        done.map_err(|it| self.fault(&it))?;
        Ok(())
    }
}

fn schema(plan: &Plan) -> Result<Vec<postgres::TableSchema>, Fault> {
    postgres::tables(plan).map_err(|it| Fault::new(it.to_string(), ""))
}

/// Tables of the parts of a table's rows.
pub(super) fn parts_of<'a>(
    plan: &'a Plan,
    tables: &'a [Moved],
    above: &Moved,
) -> impl Iterator<Item = &'a Moved> {
    let parts: BTreeMap<_, _> = above
        .entity
        .as_ref()
        .map(|(entity, _)| plan[*entity].parts.iter().map(|it| (it.1, ())).collect())
        .unwrap_or_default();
    tables
        .iter()
        .filter(move |it| it.entity.as_ref().is_some_and(|(entity, _)| parts.contains_key(entity)))
}
