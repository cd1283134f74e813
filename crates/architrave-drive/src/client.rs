//! A small HTTP client: one connection pool, time limits, answers read to the end and bounded.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{HeaderMap, Method, Request};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::DriveError;

/// Longest wait for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer; a page of 100 large rows stays far below.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Talks to one backend.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
}

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// `GET` unless said otherwise.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Bearer token.
    pub token: Option<String>,
    /// More headers.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Option<Bytes>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Call {
    /// Reads.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(method: Method, path: impl Into<String>, body: &Value) -> Self {
        let body = Some(Bytes::from(body.to_string()));
        Self { method, path: path.into(), body, ..Self::default() }
            .header("content-type", "application/json")
    }

    /// Sends JSON with `POST`.
    #[must_use]
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::json(Method::POST, path, body)
    }

    /// Deletes.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), ..Self::default() }
    }

    /// Signs in.
    #[must_use]
    pub fn token(mut self, token: Option<&str>) -> Self {
        self.token = token.map(str::to_owned);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Makes it safe to send again.
    #[must_use]
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        self.header("idempotency-key", key)
    }
}

impl Reply {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|it| it.to_str().ok())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// A client for `http://host:port`; nothing is sent yet.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let pool = Pool::builder(TokioExecutor::new()).build(connector);
        Self { pool, base: base.trim_end_matches('/').to_owned() }
    }

    /// `http://host:port`
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request once and reads the whole answer.
    ///
    /// # Errors
    /// Where there is no answer within a minute, or it is too large.
    pub async fn send(&self, call: &Call) -> Result<Reply, DriveError> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.path));
        if let Some(token) = &call.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let body = Full::new(call.body.clone().unwrap_or_default());
        let request = request.body(body).map_err(|error| self.failed(call, &error.to_string()))?;
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, async {
            let answer = self.pool.request(request).await.map_err(|error| chain(&error))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| error.to_string())?.to_bytes();
            Ok::<_, String>(Reply { status: head.status.as_u16(), headers: head.headers, body })
        });
        match answer.await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(reason)) => Err(self.failed(call, &reason)),
            Err(_) => Err(self.failed(call, "no answer within a minute")),
        }
    }

    /// Sends a request that may be repeated (it reads, or has an idempotency key) until it is answered
    /// with something else than 429, 503, 507 or a lost connection; waits as long as the backend asks for.
    ///
    /// # Errors
    /// Where `attempts_max` were not enough: the last failure. A last 429, 503 or 507 is returned as it is.
    pub async fn send_until_settled(
        &self,
        call: &Call,
        attempts_max: u32,
    ) -> Result<Reply, DriveError> {
        let mut pause = Duration::from_millis(50);
        let mut attempt = 1;
        loop {
            let reply = self.send(call).await;
            let in_flight =
                |it: &Reply| it.status == 409 && member(&it.json(), "code") == "request-in-flight";
            let is_settled = reply
                .as_ref()
                .is_ok_and(|it| !matches!(it.status, 429 | 503 | 507) && !in_flight(it));
            if is_settled || attempt >= attempts_max {
                return reply;
            }
            let asked = reply.ok().and_then(|it| it.header("retry-after")?.parse().ok());
            tokio::time::sleep(asked.map_or(pause, Duration::from_secs)).await;
            pause = (pause * 2).min(Duration::from_secs(2));
            attempt += 1;
        }
    }

    fn failed(&self, call: &Call, reason: &str) -> DriveError {
        let what = format!("{} {}{}: {reason}", call.method, self.base, call.path);
        DriveError::new(what, "is the backend running? start it with `architrave serve PATH --dev`")
    }
}

/// A member of an object; null where there is none.
#[must_use]
pub fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// An error with its causes, which hyper leaves out of the text.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        text = format!("{text}: {it}");
        cause = it.source();
    }
    text
}
