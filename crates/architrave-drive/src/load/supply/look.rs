//! Looks up rows that exist, as the callers see them.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use architrave_model::EntityId;
use architrave_plan::OperationKind;
use serde_json::Value;

use crate::{
    DriveError,
    client::{Call, member},
    seed::Work,
};

/// Most rows of an entity that requests pick from: many enough that a backend is not asked for the same few rows,
/// few enough to be read at once.
const ROWS_MAX: usize = 5_000;
/// How often a page is asked for.
const ATTEMPTS_MAX: u32 = 20;

/// Rows that were looked up so far, by entity and caller.
#[derive(Default)]
pub(super) struct Seen(BTreeMap<(EntityId, usize), Vec<Value>>);

impl Seen {
    /// Rows of an entity that the caller sees, whole.
    pub(super) async fn rows(
        &mut self,
        work: &Arc<Work>,
        entity: EntityId,
        caller: usize,
    ) -> Result<&[Value], DriveError> {
        Ok(match self.0.entry((entity, caller)) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) => it.insert(look(work, entity, caller).await?),
        })
    }
}

async fn look(work: &Work, entity: EntityId, caller: usize) -> Result<Vec<Value>, DriveError> {
    let mut lists = work.plan.operations.iter();
    let list = lists.find(|it| it.kind == OperationKind::List && it.entity == Some(entity));
    let (Some(list), Some(who)) = (list, work.callers.get(caller)) else { return Ok(Vec::new()) };
    let mut next = Some(format!("{}?limit=100", list.path));
    let mut rows = Vec::new();
    while let Some(path) = next.filter(|_| rows.len() < ROWS_MAX) {
        let call = Call::get(path).token(Some(&who.token));
        let mut page = work.client.send_until_settled(&call, ATTEMPTS_MAX).await?.json();
        next = member(&page, "next").as_str().map(str::to_owned);
        if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
            rows.extend(items);
        }
    }
    rows.truncate(ROWS_MAX);
    Ok(rows)
}
