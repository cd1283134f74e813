//! API keys: made, listed, revoked.

use architrave_engine::{
    Failure,
    ports::{ApiKeyRecord, Position},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{
    desk::{AdminDesk, AdminRequest},
    form::Form,
};
use crate::{
    answer::{Parts, insert_text, names},
    identity::NewApiKey,
};

/// How long a key lives unless the administrator says, in days.
const LIFE_DAYS: i64 = 90;
/// Longest life, in days.
const LIFE_DAYS_MAX: i64 = 3_660;
/// A day in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// Makes a key. Its text is in this answer and nowhere else.
pub(crate) async fn create(desk: &AdminDesk, request: &AdminRequest) -> Result<Parts, Failure> {
    let known = ["name", "tenant", "user", "roles", "scopes", "expires_in_days"];
    let mut form = Form::read(&request.body, &known)?;
    form.require("name");
    let name = form.text("name", 1..=120).unwrap_or_default();
    let (tenant, user) = (form.id("tenant"), form.id("user"));
    let (roles, scopes) = (form.texts("roles"), form.texts("scopes"));
    let days = form.number("expires_in_days", 1..=LIFE_DAYS_MAX).unwrap_or(LIFE_DAYS);
    form.finish()?;
    let now_us = desk.engine.clock().now_us();
    let key = NewApiKey::make(&desk.environment, &**desk.engine.dice());
    let record = ApiKeyRecord {
        id: key.id,
        uuid: desk.engine.dice().id(now_us),
        name,
        secret_sha256: key.secret_sha256,
        tenant,
        user,
        roles,
        scopes,
        created_at_us: now_us,
        expires_at_us: Some(now_us + days * DAY_US),
        revoked_at_us: None,
    };
    let mut body = show(&record);
    if let Some(object) = body.as_object_mut() {
        object.insert("key".to_owned(), json!(key.text));
    }
    let position = desk.engine.create_api_key(record).await?;
    let mut parts = Parts::json(StatusCode::CREATED, body.to_string());
    place(&mut parts.headers, position);
    Ok(parts)
}

/// Keys, newest first; of one tenant with `?tenant=`.
pub(crate) async fn list(desk: &AdminDesk, request: &AdminRequest) -> Result<Parts, Failure> {
    let [tenant] = request.ids(["tenant"])?;
    let keys = desk.engine.store().api_keys(tenant).wait().await?;
    let items: Vec<_> = keys.iter().map(show).collect();
    Ok(Parts::json(StatusCode::OK, json!({ "items": items }).to_string()))
}

/// Revokes a key; effective at once on this node.
pub(crate) async fn revoke(desk: &AdminDesk, id: &str) -> Result<Parts, Failure> {
    let position = desk.engine.revoke_api_key(id).await?;
    desk.identity.forget_api_key(id);
    let mut parts = Parts::empty(StatusCode::NO_CONTENT);
    place(&mut parts.headers, position);
    Ok(parts)
}

fn place(headers: &mut HeaderMap, position: Position) {
    insert_text(headers, &names::POSITION, &position.to_string());
}

/// A key as the administrator sees it: never its secret.
fn show(key: &ApiKeyRecord) -> serde_json::Value {
    let time = |us: i64| jiff::Timestamp::from_microsecond(us).map(|it| it.to_string()).ok();
    json!({
        "id": key.id,
        "name": key.name,
        "tenant": key.tenant,
        "user": key.user,
        "roles": key.roles,
        "scopes": key.scopes,
        "created_at": time(key.created_at_us),
        "expires_at": key.expires_at_us.and_then(time),
        "revoked_at": key.revoked_at_us.and_then(time),
    })
}
