//! Loads whole rows for decisions: decrypted, within the tenant, each statement's text made once.

use std::{collections::BTreeMap, sync::Arc};

use architrave_engine::{Fault, Row, Rows, ports::Need};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    ColumnId, ColumnRole, Plan, Table,
    sql::{Dialect, Statement as Text, raw},
};
use rusqlite::{Connection, OptionalExtension, params, types::ValueRef};
use uuid::Uuid;

use super::{
    bind::{Values, bind},
    codec,
    fault::OrFault,
    remember,
};
use crate::{shared::journal::Sealed, vault::Vault};

const DOING: &str = "rows cannot be loaded";

/// Texts of the statements that load, by entity.
pub(super) struct Loads {
    rows: Vec<[Text; 2]>,
    parts: Vec<Text>,
    referrers: BTreeMap<(EntityId, ColumnId), Text>,
}

impl Loads {
    pub(super) fn new(plan: &Plan) -> Self {
        let of = |it: &Table, deleted| raw::load(plan, Dialect::Sqlite, it.entity, deleted);
        let mut referrers = BTreeMap::new();
        for (entity, column, _) in plan.tables.iter().flat_map(|it| &it.referrers) {
            referrers
                .entry((*entity, *column))
                .or_insert_with(|| raw::referrers(plan, Dialect::Sqlite, *entity, *column));
        }
        Self {
            rows: plan.tables.iter().map(|it| [of(it, false), of(it, true)]).collect(),
            parts: plan
                .tables
                .iter()
                .map(|it| raw::load_parts(plan, Dialect::Sqlite, it.entity))
                .collect(),
            referrers,
        }
    }
}

/// One loading of rows.
pub(super) struct Loader<'a> {
    pub(super) connection: &'a Connection,
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) loads: &'a Loads,
    pub(super) tenant: Option<Uuid>,
    pub(super) now_us: i64,
}

impl Loader<'_> {
    /// Adds what a need asks for to `rows`. Sequences are drawn by whoever may write.
    pub(super) fn load(
        &self,
        need: &Need,
        rows: &mut Rows,
        sealed: &mut Sealed,
    ) -> Result<(), Fault> {
        match need {
            Need::Row(entity, id) => {
                let row = self.row(*entity, *id, false, sealed)?;
                rows.rows.insert((*entity, *id), row);
            }
            Need::DeletedRow(entity, id) => {
                let row = self.row(*entity, *id, true, sealed)?;
                rows.rows.insert((*entity, *id), row);
            }
            Need::Parts(entity, id) => {
                let text = self.loads.parts.get(entity.0 as usize);
                let parts = text.map(|it| self.many(*entity, *id, it, sealed)).transpose()?;
                rows.parts.insert((*entity, *id), parts.unwrap_or_default());
            }
            Need::Referrers(entity, column, id) => {
                let ids = self.referrers(*entity, *column, *id)?;
                rows.referrers.insert((*entity, *column, *id), ids);
            }
            Need::Remembered(key) => {
                let found = remember::find(self.connection, self.vault, key, self.now_us)?;
                rows.remembered.insert(key.clone(), found);
            }
            Need::Link(issuer, subject) => {
                let user = self.link(issuer, subject)?;
                rows.links.insert((issuer.clone(), subject.clone()), user);
            }
            Need::Sequence { .. } => {
                return Err(Fault::new(
                    "a number of a sequence was asked for outside of a write",
                    "",
                ));
            }
        }
        Ok(())
    }

    fn row(
        &self,
        entity: EntityId,
        id: Uuid,
        with_deleted: bool,
        sealed: &mut Sealed,
    ) -> Result<Option<Row>, Fault> {
        let Some([living, all]) = self.loads.rows.get(entity.0 as usize) else { return Ok(None) };
        let text = if with_deleted { all } else { living };
        Ok(self.many(entity, id, text, sealed)?.into_iter().next())
    }

    fn many(
        &self,
        entity: EntityId,
        id: Uuid,
        text: &Text,
        sealed: &mut Sealed,
    ) -> Result<Vec<Row>, Fault> {
        let table = &self.plan[entity];
        let mut statement = self.connection.prepare_cached(&text.text).or_fault(DOING)?;
        bind(&mut statement, text, &self.values(table, id, 1)).or_fault(DOING)?;
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next().or_fault(DOING)? {
            rows.push(Arc::new(self.decoded(table, row, sealed)?));
        }
        Ok(rows)
    }

    fn decoded(
        &self,
        table: &Table,
        row: &rusqlite::Row<'_>,
        sealed: &mut Sealed,
    ) -> Result<Vec<Value>, Fault> {
        let id_at = table.columns.iter().position(|it| it.role == ColumnRole::Id).unwrap_or(0);
        let id = match row.get_ref(id_at).or_fault(DOING)? {
            ValueRef::Blob(bytes) => Uuid::from_slice(bytes).unwrap_or_default(),
            _ => Uuid::nil(),
        };
        let tenant = table.tenant.and(self.tenant);
        let mut values = Vec::with_capacity(table.columns.len());
        for (position, column) in (0_u16..).zip(&table.columns) {
            let stored = row.get_ref(usize::from(position)).or_fault(DOING)?;
            values.push(match (&column.encryption, stored) {
                (Some(_), ValueRef::Blob(bytes)) => {
                    sealed.insert((table.entity, id, position), bytes.to_vec());
                    let place = codec::place(table, column, tenant, id);
                    codec::unsealed(self.vault, place, &column.ty, bytes)?
                }
                _ => codec::loaded(&column.ty, stored),
            });
        }
        Ok(values)
    }

    fn referrers(&self, entity: EntityId, column: ColumnId, id: Uuid) -> Result<Vec<Uuid>, Fault> {
        let made;
        let text = match self.loads.referrers.get(&(entity, column)) {
            Some(text) => text,
            None => {
                made = raw::referrers(self.plan, Dialect::Sqlite, entity, column);
                &made
            }
        };
        let limit = i64::try_from(Rows::REFERRERS_MAX + 1).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(&text.text).or_fault(DOING)?;
        bind(&mut statement, text, &self.values(&self.plan[entity], id, limit)).or_fault(DOING)?;
        let mut found = statement.raw_query();
        let mut ids = Vec::new();
        while let Some(row) = found.next().or_fault(DOING)? {
            let bytes: [u8; 16] = row.get(0).or_fault(DOING)?;
            ids.push(Uuid::from_bytes(bytes));
        }
        Ok(ids)
    }

    fn link(&self, issuer: &str, subject: &str) -> Result<Option<Uuid>, Fault> {
        find_link(self.connection, self.tenant, issuer, subject)
    }

    fn values<'a>(&'a self, table: &'a Table, id: Uuid, limit: i64) -> Values<'a> {
        Values {
            plan: self.plan,
            vault: self.vault,
            table,
            caller: None,
            tenant: self.tenant,
            now_us: self.now_us,
            id,
            filters: &[],
            cursor: &[],
            search: "",
            ids: b"[]",
            limit,
        }
    }
}

/// The user behind a person at an issuer.
pub(super) fn find_link(
    connection: &Connection,
    tenant: Option<Uuid>,
    issuer: &str,
    subject: &str,
) -> Result<Option<Uuid>, Fault> {
    let user: Option<[u8; 16]> = connection
        .prepare_cached(
            "SELECT user FROM _identity_link WHERE tenant = ?1 AND issuer = ?2 AND subject = ?3",
        )
        .and_then(|mut it| {
            it.query_row(params![tenant_key(tenant.as_ref()), issuer, subject], |row| row.get(0))
                .optional()
        })
        .or_fault("identity links cannot be read")?;
    Ok(user.map(Uuid::from_bytes))
}

/// A tenant as key of the store's own tables: no bytes where there is none.
pub(super) fn tenant_key(tenant: Option<&Uuid>) -> &[u8] {
    tenant.map_or(&[], |it| it.as_bytes().as_slice())
}
