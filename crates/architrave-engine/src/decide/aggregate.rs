//! Aggregates in memory: a row with its parts, loaded, compared and taken apart again.

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::{EntityId, Value};
use architrave_plan::{ColumnId, ColumnRole};
use uuid::Uuid;

use crate::{
    Row, RowKey,
    evaluate::{Overlay, Stop, View, World, column},
    ports::{Change, JournalEvent},
    prepared::Prepared,
};

/// A row with its parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregate {
    pub(crate) entity: EntityId,
    pub(crate) id: Uuid,
    pub(crate) row: Row,
    /// In the order of [`architrave_plan::Table::parts`].
    pub(crate) parts: Vec<(EntityId, Vec<Aggregate>)>,
}

impl Aggregate {
    /// Loads the parts of a row that is there already.
    pub(crate) fn of(
        prepared: &Prepared,
        world: &World<'_>,
        entity: EntityId,
        id: Uuid,
        row: Row,
    ) -> Result<Self, Stop> {
        let mut parts = Vec::new();
        let mut stop = None;
        for (_, part) in &prepared.plan[entity].parts {
            match Self::list(prepared, world, *part, id) {
                Ok(list) => parts.push((*part, list)),
                Err(it) => stop = Some(it),
            }
        }
        stop.map_or(Ok(Self { entity, id, row, parts }), Err)
    }

    fn list(
        prepared: &Prepared,
        world: &World<'_>,
        part: EntityId,
        above: Uuid,
    ) -> Result<Vec<Self>, Stop> {
        let rows = world.parts(part, above)?;
        let load = |row: Row| {
            let id = crate::evaluate::row_id(prepared, part, &row).unwrap_or_default();
            Self::of(prepared, world, part, id, row)
        };
        // All of them before the first stop, so that one round loads every list of the next level.
        let loaded: Vec<Result<Self, Stop>> = rows.into_iter().map(load).collect();
        loaded.into_iter().collect()
    }

    pub(crate) fn view(&self) -> View {
        View::new(self.entity, Arc::clone(&self.row))
    }

    /// The same before a change.
    pub(crate) fn old_view(&self) -> View {
        View { is_old: true, ..self.view() }
    }

    pub(crate) fn version(&self, prepared: &Prepared) -> u64 {
        let place = prepared.plan[self.entity].version;
        match place.map(|it| column(&self.row, it)) {
            Some(Value::Int(it)) => u64::try_from(*it).unwrap_or_default(),
            _ => 0,
        }
    }

    pub(crate) fn set(&mut self, place: ColumnId, value: Value) {
        if let Some(slot) = Arc::make_mut(&mut self.row).get_mut(usize::from(place.0)) {
            *slot = value;
        }
    }

    /// Notes that it has been changed: the next version, at this time.
    pub(crate) fn touch(&mut self, prepared: &Prepared, now_us: i64) {
        let table = &prepared.plan[self.entity];
        let next = i64::try_from(self.version(prepared)).unwrap_or(i64::MAX).saturating_add(1);
        if let Some(place) = table.version {
            self.set(place, Value::Int(next));
        }
        if let Some(place) = table.updated_at {
            self.set(place, Value::Timestamp(now_us));
        }
    }

    /// Puts the whole aggregate where later look-ups find it.
    pub(crate) fn put(&self, overlay: &mut Overlay) {
        overlay.rows.insert((self.entity, self.id), Some(Arc::clone(&self.row)));
        for (part, list) in &self.parts {
            let rows = list.iter().map(|it| Arc::clone(&it.row)).collect();
            overlay.parts.insert((*part, self.id), rows);
            list.iter().for_each(|it| it.put(overlay));
        }
    }

    /// Takes the whole aggregate away.
    pub(crate) fn take(&self, overlay: &mut Overlay) {
        for (part, list) in &self.parts {
            overlay.parts.insert((*part, self.id), Vec::new());
            list.iter().for_each(|it| it.take(overlay));
        }
        overlay.rows.insert((self.entity, self.id), None);
    }

    /// The changes that lead from one state to another: parts that go (the innermost first), the row,
    /// parts that stay or come.
    pub(crate) fn changes(before: Option<&Self>, after: &Self) -> Vec<Change> {
        let mut known: BTreeMap<RowKey, &Row> = BTreeMap::new();
        if let Some(before) = before {
            before.each(&mut |it| {
                known.insert((it.entity, it.id), &it.row);
            });
        }
        let mut kept = std::collections::BTreeSet::new();
        after.each(&mut |it| {
            kept.insert((it.entity, it.id));
        });
        let mut changes = Vec::new();
        if let Some(before) = before {
            before.deletions(&mut changes, &|it| !kept.contains(&(it.entity, it.id)));
        }
        after.each(&mut |it| match known.get(&(it.entity, it.id)) {
            Some(before) if **before == it.row => {}
            Some(before) => changes.push(Change::Update {
                entity: it.entity,
                before: Arc::clone(before),
                after: Arc::clone(&it.row),
            }),
            None => changes.push(Change::Insert { entity: it.entity, row: Arc::clone(&it.row) }),
        });
        changes
    }

    /// The changes that delete it: parts first.
    pub(crate) fn deletions(&self, changes: &mut Vec<Change>, goes: &dyn Fn(&Self) -> bool) {
        for (_, list) in self.parts.iter().rev() {
            list.iter().for_each(|it| it.deletions(changes, goes));
        }
        if goes(self) {
            changes.push(Change::Delete { entity: self.entity, row: Arc::clone(&self.row) });
        }
    }

    /// Itself, then its parts.
    pub(crate) fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        for (_, list) in &self.parts {
            list.iter().for_each(|it| it.each(visit));
        }
    }

    /// The journal's image of it.
    pub(crate) fn event(&self, prepared: &Prepared, event: &str) -> JournalEvent {
        let mut parts: BTreeMap<EntityId, Vec<Row>> = BTreeMap::new();
        for (part, list) in &self.parts {
            parts.entry(*part).or_default();
            for it in list {
                it.each(&mut |it| parts.entry(it.entity).or_default().push(Arc::clone(&it.row)));
            }
        }
        JournalEvent {
            entity: self.entity,
            id: self.id,
            version: self.version(prepared),
            event: event.to_owned(),
            row: Arc::clone(&self.row),
            parts: parts.into_iter().collect(),
            own: None,
        }
    }
}

/// An empty row of a table with its built-in values.
pub(crate) fn new_row(
    prepared: &Prepared,
    entity: EntityId,
    id: Uuid,
    tenant: Option<Uuid>,
    above: Option<(Uuid, usize)>,
    now_us: i64,
) -> Vec<Value> {
    let built_in = |role: ColumnRole| match role {
        ColumnRole::Id => Value::Uuid(id),
        ColumnRole::Tenant => tenant.map_or(Value::Null, Value::Uuid),
        ColumnRole::Parent => above.map_or(Value::Null, |(it, _)| Value::Uuid(it)),
        ColumnRole::Position => above.map_or(Value::Null, |(_, at)| position(at)),
        ColumnRole::Version => Value::Int(1),
        ColumnRole::CreatedAt | ColumnRole::UpdatedAt => Value::Timestamp(now_us),
        ColumnRole::DeletedAt | ColumnRole::Field { .. } => Value::Null,
    };
    prepared.plan[entity].columns.iter().map(|it| built_in(it.role)).collect()
}

/// A place in a list of parts.
pub(crate) fn position(at: usize) -> Value {
    Value::Int(i64::try_from(at).unwrap_or(i64::MAX))
}
