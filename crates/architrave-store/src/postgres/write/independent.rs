//! Which jobs may share a batch: those that could have come one after the other in any order, because none touches
//! what another changes.

use std::collections::BTreeSet;

use architrave_engine::{
    Row,
    ports::{Change, Need},
};
use architrave_model::{EntityId, Value};
use architrave_plan::Plan;
use uuid::Uuid;

use super::turn::Turn;
use crate::shared::stored::{row_id, value_at};

/// Something that one job changes and another may look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Row(EntityId, Uuid),
    /// The parts of a row: part's entity and the row above.
    Parts(EntityId, Uuid),
    Answer(Vec<u8>),
    /// (tenant, issuer, subject)
    Link(Option<Uuid>, String, String),
    ApiKey(String),
}

/// Marks the jobs that have to wait for the next batch.
pub(super) fn separate(plan: &Plan, turns: &mut [Turn]) {
    let (mut written, mut looked_at) = (BTreeSet::new(), BTreeSet::new());
    for turn in turns {
        let (looks, asks_who_refers) = looks(turn);
        let writes = writes(plan, turn);
        // Who asks which rows refer to one must see those of jobs that looked at it, and may refer to it now.
        let is_in_the_way = looks.iter().chain(&writes).any(|it| written.contains(it))
            || asks_who_refers.iter().any(|it| looked_at.contains(it));
        if is_in_the_way {
            turn.is_deferred = true;
            continue;
        }
        written.extend(writes);
        looked_at.extend(looks);
    }
}

fn looks(turn: &Turn) -> (BTreeSet<Thing>, BTreeSet<Thing>) {
    let (mut looks, mut asks_who_refers) = (BTreeSet::new(), BTreeSet::new());
    for (entity, id) in turn.rows.rows.keys() {
        looks.insert(Thing::Row(*entity, *id));
    }
    for (entity, id) in turn.rows.parts.keys() {
        looks.insert(Thing::Parts(*entity, *id));
    }
    for need in &turn.pending.known {
        match need {
            Need::Remembered(key) => {
                looks.insert(Thing::Answer(key.clone()));
            }
            Need::Link(issuer, subject) => {
                looks.insert(Thing::Link(turn.tenant, issuer.clone(), subject.clone()));
            }
            _ => {}
        }
    }
    if !turn.rows.referrers.is_empty() {
        let ids: BTreeSet<Uuid> = turn.rows.referrers.keys().map(|(_, _, id)| *id).collect();
        let of_rows = looks.iter().filter(|it| matches!(it, Thing::Row(_, id) if ids.contains(id)));
        asks_who_refers.extend(of_rows.cloned());
    }
    (looks, asks_who_refers)
}

fn writes(plan: &Plan, turn: &Turn) -> BTreeSet<Thing> {
    let mut all = BTreeSet::new();
    let Some(outcome) = &turn.outcome else { return all };
    let mut row = |entity: EntityId, row: &Row| {
        let table = &plan[entity];
        all.insert(Thing::Row(entity, row_id(table, row)));
        if let Some(Value::Uuid(above)) = table.parent.map(|(it, _)| value_at(row, it)) {
            all.insert(Thing::Parts(entity, *above));
        }
    };
    for change in &outcome.changes {
        match change {
            Change::Insert { entity, row: it } | Change::Delete { entity, row: it } => {
                row(*entity, it);
            }
            Change::Update { entity, after, .. } => row(*entity, after),
            Change::Link { .. } | Change::CreateApiKey(_) | Change::RevokeApiKey { .. } => {}
        }
    }
    for change in &outcome.changes {
        match change {
            Change::Link { issuer, subject, .. } => {
                all.insert(Thing::Link(turn.tenant, issuer.clone(), subject.clone()));
            }
            Change::CreateApiKey(key) => {
                all.insert(Thing::ApiKey(key.id.clone()));
            }
            Change::RevokeApiKey { id, .. } => {
                all.insert(Thing::ApiKey(id.clone()));
            }
            _ => {}
        }
    }
    all.extend(outcome.remember.as_ref().map(|it| Thing::Answer(it.key.clone())));
    all
}
