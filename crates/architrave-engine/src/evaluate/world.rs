//! Rows as one moment of a decision sees them: what has been loaded, under what has been changed so far.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use architrave_model::{EntityId, Value};
use uuid::Uuid;

use super::{Stop, column};
use crate::{Row, RowKey, Rows, ports::Need, prepared::Prepared};

/// Changes that have been decided but not stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overlay {
    /// Rows by key; `None`: gone for good.
    pub(crate) rows: BTreeMap<RowKey, Option<Row>>,
    /// Parts by (part's entity, row above).
    pub(crate) parts: BTreeMap<RowKey, Vec<Row>>,
}

/// A row with the moment it is seen at.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) entity: EntityId,
    pub(crate) row: Row,
    pub(crate) is_old: bool,
}

impl View {
    /// A row as it is now.
    pub(crate) fn new(entity: EntityId, row: Row) -> Self {
        Self { entity, row, is_old: false }
    }

    /// Its id.
    pub(crate) fn id(&self, prepared: &Prepared) -> Value {
        row_id(prepared, self.entity, &self.row).map_or(Value::Null, Value::Uuid)
    }
}

/// Where rows are looked up.
pub(crate) struct World<'a> {
    pub(crate) loaded: &'a Rows,
    pub(crate) changed: &'a Overlay,
    /// What was looked for and has not been loaded.
    pub(crate) needs: &'a RefCell<BTreeSet<Need>>,
}

impl<'a> World<'a> {
    /// The same, seen through other changes.
    pub(crate) fn over(&self, changed: &'a Overlay) -> Self {
        Self { loaded: self.loaded, changed, needs: self.needs }
    }

    /// Notes what is missing.
    pub(crate) fn need(&self, need: Need) -> Stop {
        self.needs.borrow_mut().insert(need);
        Stop::Pending
    }

    /// A living row.
    pub(crate) fn row(
        &self,
        prepared: &Prepared,
        entity: EntityId,
        id: Uuid,
    ) -> Result<Option<Row>, Stop> {
        let row = self.row_or_deleted(prepared, entity, id)?;
        Ok(row.filter(|row| !is_deleted(prepared, entity, row)))
    }

    /// A row, although it may be softly deleted.
    pub(crate) fn row_or_deleted(
        &self,
        prepared: &Prepared,
        entity: EntityId,
        id: Uuid,
    ) -> Result<Option<Row>, Stop> {
        let key = (entity, id);
        if let Some(found) = self.changed.rows.get(&key).or_else(|| self.loaded.rows.get(&key)) {
            return Ok(found.clone());
        }
        // Where deletion is soft, always the one need that answers both questions: "not there" must
        // not hide a deleted row from a later operation of the same batch.
        Err(self.need(if prepared.plan[entity].deleted_at.is_some() {
            Need::DeletedRow(entity, id)
        } else {
            Need::Row(entity, id)
        }))
    }

    /// The parts of a row, in order.
    pub(crate) fn parts(&self, part: EntityId, above: Uuid) -> Result<Vec<Row>, Stop> {
        let key = (part, above);
        if let Some(found) = self.changed.parts.get(&key).or_else(|| self.loaded.parts.get(&key)) {
            return Ok(found.clone());
        }
        Err(self.need(Need::Parts(part, above)))
    }
}

/// Whether a row is softly deleted.
pub(crate) fn is_deleted(prepared: &Prepared, entity: EntityId, row: &[Value]) -> bool {
    prepared.plan[entity].deleted_at.is_some_and(|it| !column(row, it).is_null())
}

/// A row's id.
pub(crate) fn row_id(prepared: &Prepared, entity: EntityId, row: &[Value]) -> Option<Uuid> {
    let columns = &prepared.plan[entity].columns;
    let at = columns.iter().position(|it| it.role == architrave_plan::ColumnRole::Id)?;
    match row.get(at) {
        Some(Value::Uuid(id)) => Some(*id),
        _ => None,
    }
}
