//! One logical transaction: load, decide, apply, journal, remember. Runs inside a savepoint of the writer.

use std::collections::BTreeMap;

use architrave_engine::{
    Fault, Row, Rows,
    ports::{Change, Conflict, Decide, Decision, Need, Outcome, Position, Written},
};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    ColumnId, Plan, SearchPlan, Table,
    sql::{Dialect, Parameter, Statement as Text, raw, search},
};
use rusqlite::{
    Connection, Error,
    ffi::{
        SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_TRIGGER,
        SQLITE_CONSTRAINT_UNIQUE,
    },
    params,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use uuid::Uuid;

use super::{
    codec,
    fault::{OrFault, fault},
    journal,
    loader::{Loader, Loads, tenant_key},
    remember, words,
};
use crate::{
    shared::{
        journal::{Numbers, Sealed},
        stored::plain_bytes,
    },
    vault::Vault,
};

/// Most times a decision may ask for more rows.
const ROUNDS_MAX: usize = 16;

/// Texts of statements that change rows, and what all logical transactions share.
pub(super) struct Workshop<'a> {
    pub(super) connection: &'a Connection,
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) numbers: &'a Numbers,
    pub(super) epoch: u32,
    loads: Loads,
    inserts: Vec<Text>,
    deletes: Vec<Text>,
    /// Texts that add a row's words; empty where nothing is searched.
    words: Vec<String>,
    updates: BTreeMap<(EntityId, Vec<ColumnId>), Text>,
}

/// Most different sets of changed columns whose statements are kept.
const UPDATES_MAX: usize = 1_024;

/// Why a change could not be applied.
enum Trouble {
    /// The database refused it: the decision says what the caller gets.
    Conflict(Conflict),
    /// The world failed.
    Fault(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Workshop<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        (plan, vault): (&'a Plan, &'a Vault),
        numbers: &'a Numbers,
        epoch: u32,
    ) -> Self {
        let entities = || plan.tables.iter().map(|it| it.entity);
        Self {
            connection,
            plan,
            vault,
            numbers,
            epoch,
            loads: Loads::new(plan),
            inserts: entities().map(|it| raw::insert(plan, Dialect::Sqlite, it)).collect(),
            deletes: entities().map(|it| raw::delete(plan, Dialect::Sqlite, it)).collect(),
            words: plan.tables.iter().map(|it| insert_words(plan, it)).collect(),
            updates: BTreeMap::new(),
        }
    }

    /// Runs a decision to its end. Where this fails the caller rolls the savepoint `job` back.
    pub(super) fn run(&mut self, decide: &mut dyn Decide, now_us: i64) -> Result<Written, Fault> {
        let tenant = decide.tenant();
        let mut sealed = Sealed::new();
        let outcome = self.decided(decide, tenant, now_us, &mut sealed)?;
        match self.apply(&outcome, tenant, now_us, &mut sealed) {
            Ok(position) => self.finish(outcome, position),
            Err(Trouble::Fault(fault)) => Err(fault),
            Err(Trouble::Conflict(conflict)) => {
                self.roll_back()?;
                let outcome = decide.conflicted(conflict);
                if !outcome.changes.is_empty() {
                    return Err(Fault::new("an answer to a conflict wants to change rows", ""));
                }
                self.finish(outcome, None)
            }
        }
    }

    fn decided(
        &mut self,
        decide: &mut dyn Decide,
        tenant: Option<Uuid>,
        now_us: i64,
        sealed: &mut Sealed,
    ) -> Result<Outcome, Fault> {
        let mut rows = Rows::default();
        let mut drew_numbers = false;
        for _ in 0..ROUNDS_MAX {
            let needs = match decide.decide(&rows, now_us) {
                Decision::Done(outcome) => {
                    if drew_numbers && outcome.changes.is_empty() {
                        // A refusal gives its numbers back.
                        self.roll_back()?;
                    }
                    return Ok(*outcome);
                }
                Decision::Need(needs) => needs,
            };
            for need in &needs {
                if let Need::Sequence { entity, column, period, count } = need {
                    let drawn = self.draw(tenant, (*entity, *column), period, *count)?;
                    rows.sequences.insert((*entity, *column, period.clone()), drawn);
                    drew_numbers = true;
                    continue;
                }
                let loader = Loader {
                    connection: self.connection,
                    plan: self.plan,
                    vault: self.vault,
                    loads: &self.loads,
                    tenant,
                    now_us,
                };
                loader.load(need, &mut rows, sealed)?;
            }
        }
        Err(Fault::new(format!("a decision asked for rows more than {ROUNDS_MAX} times"), ""))
    }

    fn roll_back(&self) -> Result<(), Fault> {
        let doing = "a refused change cannot be undone";
        self.connection
            .prepare_cached("ROLLBACK TO job")
            .and_then(|mut it| it.execute([]))
            .or_fault(doing)?;
        Ok(())
    }

    fn finish(&self, outcome: Outcome, position: Option<Position>) -> Result<Written, Fault> {
        if let Some(remembered) = &outcome.remember {
            remember::keep(self.connection, self.vault, remembered, position)?;
        }
        Ok(Written { answer: outcome.answer, position })
    }

    fn draw(
        &self,
        tenant: Option<Uuid>,
        (entity, column): (EntityId, ColumnId),
        period: &str,
        count: u32,
    ) -> Result<Vec<i64>, Fault> {
        let table = &self.plan[entity];
        let name = table.columns.get(usize::from(column.0)).map(|it| it.physical.as_str());
        let last: i64 = self
            .connection
            .prepare_cached(
                "INSERT INTO _sequence (tenant, in_table, name, period, n) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT DO UPDATE SET n = n + ?5 RETURNING n",
            )
            .and_then(|mut it| {
                let key = tenant_key(tenant.as_ref());
                it.query_row(params![key, table.physical, name, period, count], |row| row.get(0))
            })
            .or_fault("a number cannot be drawn")?;
        Ok((last - i64::from(count) + 1..=last).collect())
    }

    fn apply(
        &mut self,
        outcome: &Outcome,
        tenant: Option<Uuid>,
        now_us: i64,
        sealed: &mut Sealed,
    ) -> Result<Option<Position>, Trouble> {
        for (position, change) in outcome.changes.iter().enumerate() {
            self.change(change, tenant, sealed).map_err(|error| match error {
                Failed::Sql(error) => self.trouble(position, change, &error),
                Failed::Fault(fault) => Trouble::Fault(fault),
            })?;
        }
        let Some(record) = &outcome.journal else {
            if outcome.changes.is_empty() {
                return Ok(None);
            }
            // Every state change leaves with its record, or not at all.
            return Err(Trouble::Fault(Fault::new("a change came without its journal record", "")));
        };
        let seq = journal::append(
            self.connection,
            (self.plan, self.numbers),
            tenant,
            now_us,
            record,
            sealed,
        )
        .map_err(|it| fault("the journal cannot be written", &it))?;
        let idx = u16::try_from(record.events.len().saturating_sub(1)).unwrap_or(u16::MAX);
        Ok(Some(Position { epoch: self.epoch, seq: seq.unsigned_abs(), idx }))
    }

    fn change(
        &mut self,
        change: &Change,
        tenant: Option<Uuid>,
        sealed: &mut Sealed,
    ) -> Result<(), Failed> {
        match change {
            Change::Insert { entity, row } => self.insert(*entity, row, tenant, sealed),
            Change::Update { entity, before, after } => {
                self.update(*entity, (before, after), tenant, sealed)
            }
            Change::Delete { entity, row } => self.delete(*entity, row, tenant),
            Change::Link { issuer, subject, user } => {
                self.connection
                    .prepare_cached(
                        "INSERT INTO _identity_link (tenant, issuer, subject, user) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![tenant_key(tenant.as_ref()), issuer, subject, user.as_bytes()])?;
                Ok(())
            }
            Change::CreateApiKey(key) => Ok(super::directory::insert_key(self.connection, key)?),
            Change::RevokeApiKey { id, at_us } => {
                self.connection.execute(
                    "UPDATE _api_key SET revoked_at_us = ?2 WHERE id = ?1 AND revoked_at_us IS NULL",
                    params![id, at_us],
                )?;
                Ok(())
            }
        }
    }

    fn insert(
        &self,
        entity: EntityId,
        row: &Row,
        tenant: Option<Uuid>,
        sealed: &mut Sealed,
    ) -> Result<(), Failed> {
        let table = &self.plan[entity];
        let Some(text) = self.inserts.get(entity.0 as usize) else { return Ok(()) };
        let id = codec::row_id(table, row);
        let all: Vec<ColumnId> = (0..).take(table.columns.len()).map(ColumnId).collect();
        self.seal(table, &all, row, (tenant, id), sealed)?;
        self.execute(text, table, row, (tenant, id, None), sealed)?;
        if let Some(search) = &table.search {
            let number = self.connection.last_insert_rowid();
            self.add_words(entity, search, (tenant, number), row)?;
        }
        Ok(())
    }

    fn update(
        &mut self,
        entity: EntityId,
        (before, after): (&Row, &Row),
        tenant: Option<Uuid>,
        sealed: &mut Sealed,
    ) -> Result<(), Failed> {
        let plan = self.plan;
        let table = &plan[entity];
        let id = codec::row_id(table, after);
        let changed: Vec<ColumnId> = (0..)
            .zip(before.iter().zip(after.iter()))
            .filter(|(_, (before, after))| before != after)
            .map(|(position, _)| ColumnId(position))
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        self.seal(table, &changed, after, (tenant, id), sealed)?;
        let is_searched = table
            .search
            .as_ref()
            .filter(|it| it.columns.iter().any(|it| changed.contains(&it.column)));
        if self.updates.len() > UPDATES_MAX {
            self.updates.clear();
        }
        let key = (entity, changed);
        let text = match self.updates.get(&key) {
            Some(text) => text.clone(),
            None => {
                let text = raw::update(plan, Dialect::Sqlite, entity, &key.1);
                self.updates.insert(key, text.clone());
                text
            }
        };
        let version = version_of(table, before);
        let count = self.execute(&text, table, after, (tenant, id, version), sealed)?;
        if count != 1 {
            return Err(vanished(table, id));
        }
        if let Some(search) = is_searched {
            let number = self.number(table, tenant, id)?;
            words::remove(self.connection, search, number)?;
            self.add_words(entity, search, (tenant, number), after)?;
        }
        Ok(())
    }

    fn add_words(
        &self,
        entity: EntityId,
        search: &SearchPlan,
        (tenant, number): (Option<Uuid>, i64),
        row: &Row,
    ) -> Result<(), Failed> {
        let Some(insert) = self.words.get(entity.0 as usize) else { return Ok(()) };
        let tenant = self.plan[entity].tenant.and(tenant);
        words::add(self.connection, (insert, search), tenant, number, row)?;
        Ok(())
    }

    fn delete(&self, entity: EntityId, row: &Row, tenant: Option<Uuid>) -> Result<(), Failed> {
        let table = &self.plan[entity];
        let Some(text) = self.deletes.get(entity.0 as usize) else { return Ok(()) };
        let id = codec::row_id(table, row);
        if let Some(search) = &table.search {
            words::remove(self.connection, search, self.number(table, tenant, id)?)?;
        }
        let version = version_of(table, row);
        let count = self.execute(text, table, row, (tenant, id, version), &Sealed::new())?;
        if count == 1 { Ok(()) } else { Err(vanished(table, id)) }
    }

    /// The row's number, which ties it to its words.
    fn number(&self, table: &Table, tenant: Option<Uuid>, id: Uuid) -> Result<i64, Failed> {
        let text = raw::row_number(self.plan, table.entity);
        let mut statement = self.connection.prepare_cached(&text.text)?;
        for (position, parameter) in (1..).zip(&text.parameters) {
            let bytes = match parameter {
                Parameter::Tenant => tenant.as_ref().unwrap_or(&Uuid::nil()).as_bytes().to_vec(),
                _ => id.as_bytes().to_vec(),
            };
            statement.raw_bind_parameter(position, bytes)?;
        }
        let mut rows = statement.raw_query();
        match rows.next()? {
            Some(row) => Ok(row.get(0)?),
            None => Err(vanished(table, id)),
        }
    }

    /// Encrypts the given columns of a row.
    fn seal(
        &self,
        table: &Table,
        columns: &[ColumnId],
        row: &[Value],
        (tenant, id): (Option<Uuid>, Uuid),
        sealed: &mut Sealed,
    ) -> Result<(), Failed> {
        for at in columns {
            let Some(column) = table.columns.get(usize::from(at.0)) else { continue };
            if column.encryption.is_none() {
                continue;
            }
            let key = (table.entity, id, at.0);
            let value = codec::value_at(row, *at);
            if value.is_null() {
                sealed.remove(&key);
                continue;
            }
            let plain = plain_bytes(self.plan, &column.ty, value);
            let place = codec::place(table, column, table.tenant.and(tenant), id);
            sealed.insert(key, self.vault.seal(place, &plain).map_err(Failed::Fault)?);
        }
        Ok(())
    }

    fn execute(
        &self,
        text: &Text,
        table: &Table,
        row: &[Value],
        (tenant, id, version): (Option<Uuid>, Uuid, Option<i64>),
        sealed: &Sealed,
    ) -> Result<usize, Failed> {
        let mut statement = self.connection.prepare_cached(&text.text)?;
        for (position, parameter) in (1..).zip(&text.parameters) {
            let null = ToSqlOutput::Borrowed(ValueRef::Null);
            let bound = match parameter {
                Parameter::Id => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
                Parameter::Tenant => match &tenant {
                    Some(tenant) => ToSqlOutput::Borrowed(ValueRef::Blob(tenant.as_bytes())),
                    None => null,
                },
                Parameter::Version => version.map_or(null, ToSqlOutput::from),
                Parameter::Value(at) => self.value(table, *at, row, id, sealed),
                Parameter::Lookup(at) => self.lookup(table, *at, row),
                _ => null,
            };
            statement.raw_bind_parameter(position, bound)?;
        }
        Ok(statement.raw_execute()?)
    }

    fn value<'v>(
        &self,
        table: &Table,
        at: usize,
        row: &'v [Value],
        id: Uuid,
        sealed: &'v Sealed,
    ) -> ToSqlOutput<'v> {
        let null = ToSqlOutput::Borrowed(ValueRef::Null);
        let (Some(column), Some(value)) = (table.columns.get(at), row.get(at)) else { return null };
        if column.encryption.is_none() {
            return codec::stored(self.plan, &column.ty, value);
        }
        let position = u16::try_from(at).unwrap_or(u16::MAX);
        sealed
            .get(&(table.entity, id, position))
            .map_or(null, |it| ToSqlOutput::Borrowed(ValueRef::Blob(it)))
    }

    fn lookup(&self, table: &Table, at: usize, row: &[Value]) -> ToSqlOutput<'static> {
        let (Some(column), Some(value)) = (table.columns.get(at), row.get(at)) else {
            return ToSqlOutput::Borrowed(ValueRef::Null);
        };
        if value.is_null() {
            return ToSqlOutput::Borrowed(ValueRef::Null);
        }
        let plain = plain_bytes(self.plan, &column.ty, value);
        let hash = self.vault.lookup(&table.physical, &column.physical, &plain);
        ToSqlOutput::Owned(Owned::Blob(hash.to_vec()))
    }

    /// What a refusal of the database means.
    fn trouble(&self, position: usize, change: &Change, error: &Error) -> Trouble {
        let Error::SqliteFailure(code, Some(message)) = error else {
            return Trouble::Fault(fault("a change cannot be stored", error));
        };
        let entity = match change {
            Change::Insert { entity, .. }
            | Change::Update { entity, .. }
            | Change::Delete { entity, .. } => *entity,
            _ if code.code == rusqlite::ErrorCode::ConstraintViolation => {
                return Trouble::Conflict(Conflict::Directory { change: position });
            }
            _ => return Trouble::Fault(fault("a change cannot be stored", error)),
        };
        match code.extended_code {
            SQLITE_CONSTRAINT_FOREIGNKEY | SQLITE_CONSTRAINT_TRIGGER => {
                Trouble::Conflict(Conflict::ForeignKey { change: position })
            }
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY => {
                match violated(&self.plan[entity], message) {
                    Some(index) => {
                        Trouble::Conflict(Conflict::Unique { change: position, entity, index })
                    }
                    None => Trouble::Fault(fault("a row with this id exists already", error)),
                }
            }
            _ => Trouble::Fault(fault("a change cannot be stored", error)),
        }
    }
}

enum Failed {
    Sql(Error),
    Fault(Fault),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

fn insert_words(plan: &Plan, table: &Table) -> String {
    let search = table.search.as_ref();
    search.map(|it| search::insert_words(plan, table.entity, it)).unwrap_or_default()
}

fn vanished(table: &Table, id: Uuid) -> Failed {
    Failed::Fault(Fault::new(
        format!("row {id} of {} is not as it was loaded", table.physical),
        "another program may be writing to the database; stop it",
    ))
}

fn version_of(table: &Table, row: &[Value]) -> Option<i64> {
    match table.version.map(|it| codec::value_at(row, it)) {
        Some(Value::Int(version)) => Some(*version),
        _ => None,
    }
}

/// The unique index that SQLite means: it names the columns, `UNIQUE constraint failed: t.a, t.b`.
fn violated(table: &Table, message: &str) -> Option<usize> {
    let (_, list) = message.split_once(": ")?;
    let prefix = format!("{}.", table.physical);
    let failed: Vec<&str> =
        list.split(", ").map(|it| it.strip_prefix(&prefix).unwrap_or(it)).collect();
    table.indexes.iter().position(|index| {
        let names = index.columns.iter().filter_map(|it| {
            let column = table.columns.get(usize::from(it.column.0))?;
            Some(column.lookup.as_ref().unwrap_or(&column.physical).as_str())
        });
        index.unique.is_some() && names.collect::<Vec<_>>() == failed
    })
}
