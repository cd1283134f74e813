//! Loading what a decision needs.

use architrave_model::Value;
use uuid::Uuid;

use super::store::{State, is_of_tenant};
use crate::{
    Row, Rows,
    evaluate::{column, is_deleted},
    ports::Need,
    prepared::Prepared,
};

/// Loads one need. Numbers of sequences are drawn from the draft: they are lost with it.
pub(super) fn load(
    prepared: &Prepared,
    draft: &mut State,
    tenant: Option<Uuid>,
    need: &Need,
    rows: &mut Rows,
) {
    match need {
        Need::Row(entity, id) => {
            let found = find(prepared, draft, tenant, *entity, *id);
            let living = found.filter(|it| !is_deleted(prepared, *entity, it));
            rows.rows.insert((*entity, *id), living);
        }
        Need::DeletedRow(entity, id) => {
            let found = find(prepared, draft, tenant, *entity, *id);
            rows.rows.insert((*entity, *id), found);
        }
        Need::Parts(part, above) => {
            rows.parts.insert((*part, *above), parts(prepared, draft, *part, *above));
        }
        Need::Referrers(entity, place, id) => {
            let ids = draft
                .table(*entity)
                .filter(|(_, row)| *column(row, *place) == Value::Uuid(*id))
                .map(|(id, _)| *id)
                .take(Rows::REFERRERS_MAX + 1)
                .collect();
            rows.referrers.insert((*entity, *place, *id), ids);
        }
        Need::Sequence { entity, column, period, count } => {
            let key = (tenant, *entity, column.0, period.clone());
            let last = draft.sequences.entry(key).or_default();
            let drawn = rows.sequences.entry((*entity, *column, period.clone())).or_default();
            for _ in 0..*count {
                *last += 1;
                drawn.push(*last);
            }
        }
        Need::Remembered(key) => {
            rows.remembered.insert(key.clone(), draft.remembered.get(key).cloned());
        }
        Need::Link(issuer, subject) => {
            let key = (tenant, issuer.clone(), subject.clone());
            let user = draft.links.get(&key).copied();
            rows.links.insert((issuer.clone(), subject.clone()), user);
        }
    }
}

fn find(
    prepared: &Prepared,
    state: &State,
    tenant: Option<Uuid>,
    entity: architrave_model::EntityId,
    id: Uuid,
) -> Option<Row> {
    let row = state.tables.get(&entity)?.get(&id)?;
    is_of_tenant(prepared, entity, row, tenant).then(|| Row::clone(row))
}

/// The parts of a row, in order.
pub(super) fn parts(
    prepared: &Prepared,
    state: &State,
    part: architrave_model::EntityId,
    above: Uuid,
) -> Vec<Row> {
    let table = &prepared.plan[part];
    let Some((parent, _)) = table.parent else { return Vec::new() };
    let mut found: Vec<Row> = state
        .table(part)
        .filter(|(_, row)| *column(row, parent) == Value::Uuid(above))
        .map(|(_, row)| Row::clone(row))
        .collect();
    found.sort_by_key(|row| table.position.map(|it| column(row, it).clone()));
    found
}
