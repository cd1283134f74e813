//! Holding writes while the store is moved elsewhere.

use architrave_engine::{Engine, Failure};
use http::StatusCode;
use serde_json::json;

use super::{desk::AdminRequest, form::Form};
use crate::answer::Parts;

/// Longest hold that ends by itself, in seconds.
const HOLD_S_MAX: i64 = 3_600;

/// `POST /admin/v1/hold`: writes are refused as transient for so many seconds, or without a number until the server
/// stops. Answers when all that were accepted before are durable.
pub(crate) async fn begin(engine: &Engine, request: &AdminRequest) -> Result<Parts, Failure> {
    let mut form = Form::read(&request.body, &["seconds"])?;
    let seconds = form.number("seconds", 1..=HOLD_S_MAX);
    form.finish()?;
    let now_us = engine.clock().now_us();
    let until_us = seconds.map_or(i64::MAX, |it| now_us.saturating_add(it * 1_000_000));
    engine.store().hold_writes(until_us).await?;
    let position = engine.store().status().position.map(|it| it.to_string());
    let body = json!({ "is_held": true, "seconds": seconds, "position": position });
    Ok(Parts::json(StatusCode::OK, body.to_string()))
}

/// `DELETE /admin/v1/hold`: writes are taken again.
pub(crate) async fn end(engine: &Engine) -> Result<Parts, Failure> {
    engine.store().hold_writes(0).await?;
    Ok(Parts::empty(StatusCode::NO_CONTENT))
}
