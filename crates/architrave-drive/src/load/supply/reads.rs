//! Requests that read: rows that exist, lists that are served.

use architrave_plan::Operation;
use serde_json::Value;

use super::Prepared;
use crate::client::member;

/// One request for each row.
pub(super) fn reads(operation: &Operation, rows: &[Value]) -> Vec<Prepared> {
    let ids = rows.iter().filter_map(|it| member(it, "id").as_str());
    ids.map(|id| Prepared { path: operation.path.replace("{id}", id).into(), body: None }).collect()
}

/// The first page.
pub(super) fn lists(operation: &Operation) -> Vec<Prepared> {
    vec![Prepared { path: operation.path.as_str().into(), body: None }]
}
