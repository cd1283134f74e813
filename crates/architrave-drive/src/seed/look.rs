//! Looks up which rows a caller may refer to: those that they may read.

use std::sync::Arc;

use architrave_model::EntityId;
use architrave_plan::OperationKind;

use super::{
    Work,
    store::{POOL_MAX, Visible, slim},
};
use crate::{
    DriveError,
    client::{Call, member},
};

/// How often a page is asked for.
const ATTEMPTS_MAX: u32 = 200;

/// Rows of these entities that the caller sees, the oldest first: a later run finds the same ones.
pub(crate) async fn visible(
    work: &Arc<Work>,
    caller: usize,
    entities: impl IntoIterator<Item = EntityId>,
) -> Result<Visible, DriveError> {
    let mut visible = Visible::new();
    let Some(who) = work.callers.get(caller) else { return Ok(visible) };
    for entity in entities {
        let mut lists = work.plan.operations.iter();
        let list = lists.find(|it| it.kind == OperationKind::List && it.entity == Some(entity));
        let Some(list) = list.filter(|it| work.callers.who_may(&it.name).contains(&caller)) else {
            continue;
        };
        let mut next = Some(format!("{}?limit=100", list.path));
        let mut rows = Vec::new();
        while let Some(path) = next.filter(|_| rows.len() < POOL_MAX) {
            let call = Call::get(path).token(Some(&who.token));
            let page = work.client.send_until_settled(&call, ATTEMPTS_MAX).await?.json();
            rows.extend(member(&page, "items").as_array().into_iter().flatten().map(slim));
            next = member(&page, "next").as_str().map(str::to_owned);
        }
        visible.insert(entity, rows);
    }
    Ok(visible)
}
