//! How the system is, and what it knows.

use architrave_engine::Engine;
use http::StatusCode;
use serde_json::json;

use crate::answer::Parts;

/// `GET /admin/v1/status`
pub(crate) fn status(engine: &Engine) -> Parts {
    let (plan, store) = (engine.plan(), engine.store().status());
    let body = json!({
        "system": plan.system.name.text,
        "plan": plan.hash,
        "is_ready": store.is_ready,
        "reason": store.reason,
        "position": store.position.map(|it| it.to_string()),
        "writes_waiting": store.queue_length,
        "writes_waiting_max": store.queue_length_max,
        "commits": store.commits,
        "transactions": store.transactions,
        "database_bytes": store.database_bytes,
        "wal_bytes": store.wal_bytes,
    });
    Parts::json(StatusCode::OK, body.to_string())
}

/// `GET /admin/v1/roles`
pub(crate) fn roles(engine: &Engine) -> Parts {
    let identity = &engine.plan().system.identity;
    let for_keys = identity.api_key.as_ref().map_or(&[][..], |it| &it.roles);
    let items: Vec<_> = identity
        .roles
        .iter()
        .map(|it| json!({ "name": it, "is_for_api_keys": for_keys.contains(it) }))
        .collect();
    Parts::json(StatusCode::OK, json!({ "items": items }).to_string())
}
