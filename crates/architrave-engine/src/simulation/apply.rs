//! Applying what was decided, with the checks that a database makes.

use architrave_model::{EntityId, Expr, Value};
use uuid::Uuid;

use super::store::{State, is_of_tenant};
use crate::{
    Row, Rows,
    evaluate::{Overlay, Scope, View, World, column, is_deleted, row_id},
    ports::{Change, Conflict, Outcome},
    prepared::Prepared,
};

/// Applies all changes to a draft.
///
/// # Errors
/// The first change that the database would refuse. The draft is then to be thrown away.
pub(super) fn apply(
    prepared: &Prepared,
    draft: &mut State,
    tenant: Option<Uuid>,
    outcome: &Outcome,
) -> Result<(), Conflict> {
    for (at, change) in outcome.changes.iter().enumerate() {
        apply_one(prepared, draft, tenant, at, change)?;
    }
    // Foreign keys are looked at when all is done, as deferred ones are.
    for (at, change) in outcome.changes.iter().enumerate() {
        check_references(prepared, draft, at, change)?;
    }
    Ok(())
}

fn apply_one(
    prepared: &Prepared,
    draft: &mut State,
    tenant: Option<Uuid>,
    at: usize,
    change: &Change,
) -> Result<(), Conflict> {
    match change {
        Change::Insert { entity, row } | Change::Update { entity, after: row, .. } => {
            let Some(id) = row_id(prepared, *entity, row) else { return Ok(()) };
            if let Some(index) = taken(prepared, draft, *entity, id, row) {
                return Err(Conflict::Unique { change: at, entity: *entity, index });
            }
            draft.tables.entry(*entity).or_default().insert(id, Row::clone(row));
        }
        Change::Delete { entity, row } => {
            if let Some(id) = row_id(prepared, *entity, row) {
                draft.tables.entry(*entity).or_default().remove(&id);
            }
        }
        Change::Link { issuer, subject, user } => {
            let key = (tenant, issuer.clone(), subject.clone());
            if draft.links.contains_key(&key) {
                return Err(Conflict::Directory { change: at });
            }
            draft.links.insert(key, *user);
        }
        Change::CreateApiKey(record) => {
            if draft.keys.contains_key(&record.id) {
                return Err(Conflict::Directory { change: at });
            }
            draft.keys.insert(record.id.clone(), record.clone());
        }
        Change::RevokeApiKey { id, at_us } => {
            if let Some(record) = draft.keys.get_mut(id) {
                record.revoked_at_us.get_or_insert(*at_us);
            }
        }
    }
    Ok(())
}

/// A unique index whose values another row has.
fn taken(
    prepared: &Prepared,
    draft: &State,
    entity: EntityId,
    id: Uuid,
    row: &Row,
) -> Option<usize> {
    let table = &prepared.plan[entity];
    table.indexes.iter().enumerate().find_map(|(position, index)| {
        index.unique?;
        let key = |row: &Row| -> Option<Vec<Value>> {
            if index.skips_deleted && is_deleted(prepared, entity, row) {
                return None;
            }
            if let Some(condition) = &index.condition
                && !covers(prepared, entity, row, condition)
            {
                return None;
            }
            let values: Vec<Value> =
                index.columns.iter().map(|it| column(row, it.column).clone()).collect();
            // As in SQL, null is unlike everything.
            (!values.iter().any(Value::is_null)).then_some(values)
        };
        let mine = key(row)?;
        let mut others = draft.table(entity).filter(|(other, _)| **other != id);
        others.any(|(_, other)| key(other).as_ref() == Some(&mine)).then_some(position)
    })
}

fn covers(prepared: &Prepared, entity: EntityId, row: &Row, condition: &Expr) -> bool {
    let (rows, changed, needs) = (Rows::default(), Overlay::default(), Default::default());
    let world = World { loaded: &rows, changed: &changed, needs: &needs };
    let caller = super::read::nobody();
    let scope = Scope {
        prepared,
        caller: &caller,
        now_us: 0,
        world: &world,
        this: Some(View::new(entity, Row::clone(row))),
        old: None,
        input: &[],
    };
    scope.holds(condition) == Ok(true)
}

fn check_references(
    prepared: &Prepared,
    draft: &State,
    at: usize,
    change: &Change,
) -> Result<(), Conflict> {
    let conflict = Err(Conflict::ForeignKey { change: at });
    match change {
        Change::Insert { entity, row } | Change::Update { entity, after: row, .. } => {
            for key in &prepared.plan[*entity].foreign_keys {
                let Value::Uuid(id) = column(row, key.column) else { continue };
                let target = draft.tables.get(&key.to).and_then(|it| it.get(id));
                let tenant = super::store::tenant_of(prepared, *entity, row);
                let is_there = target.is_some_and(|it| {
                    !key.with_tenant || is_of_tenant(prepared, key.to, it, tenant)
                });
                // A later change may have taken the row itself away.
                let is_kept = row_id(prepared, *entity, row)
                    .is_some_and(|it| draft.table(*entity).any(|(id, _)| *id == it));
                if !is_there && is_kept {
                    return conflict;
                }
            }
        }
        Change::Delete { entity, row } => {
            let Some(id) = row_id(prepared, *entity, row) else { return Ok(()) };
            for (from, place, _) in &prepared.plan[*entity].referrers {
                if draft.table(*from).any(|(_, it)| *column(it, *place) == Value::Uuid(id)) {
                    return conflict;
                }
            }
        }
        _ => {}
    }
    Ok(())
}
