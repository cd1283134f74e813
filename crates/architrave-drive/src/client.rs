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

/// How often in a row a backend may be unavailable before we give up.
pub const UNAVAILABLE_ATTEMPTS_MAX: u32 = 30;
/// Longest pause, unless the backend asks for a longer one because a budget is used up.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Talks to one backend.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
    unavailable_attempts_max: u32,
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
        let base = base.trim_end_matches('/').to_owned();
        Self { pool, base, unavailable_attempts_max: UNAVAILABLE_ATTEMPTS_MAX }
    }

    /// With another patience than [`UNAVAILABLE_ATTEMPTS_MAX`].
    #[must_use]
    pub fn unavailable_attempts_max(self, attempts_max: u32) -> Self {
        Self { unavailable_attempts_max: attempts_max, ..self }
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
    /// with something else than 429, 503, 507 or a lost connection; waits as long as the backend asks for. A
    /// budget that is used up fills again, hence `attempts_max`; a backend that is gone or full may stay
    /// so, hence at most [`UNAVAILABLE_ATTEMPTS_MAX`] times in a row.
    ///
    /// # Errors
    /// Where that was not enough: the last failure. A last 429 or 409 is returned as it is.
    pub async fn send_until_settled(
        &self,
        call: &Call,
        attempts_max: u32,
    ) -> Result<Reply, DriveError> {
        let mut pause = Duration::from_millis(50);
        let mut unavailable = 0;
        for attempt in 1.. {
            let reply = self.send(call).await;
            let is_unavailable = reply.as_ref().map_or(true, |it| matches!(it.status, 503 | 507));
            unavailable = if is_unavailable { unavailable + 1 } else { 0 };
            let is_over = attempt >= attempts_max || unavailable >= self.unavailable_attempts_max;
            match &reply {
                Ok(it) if is_unavailable && is_over => return Err(self.gave_up(call, it)),
                Ok(it) if !is_unavailable && !is_busy(it) => return reply,
                _ if is_over => return reply,
                _ => {}
            }
            let asked = reply.ok().and_then(|it| it.header("retry-after")?.parse().ok());
            let asked = asked.map(Duration::from_secs);
            // A minute in all is enough to see whether somebody makes room.
            let asked = if is_unavailable { asked.map(|it| it.min(PAUSE_MAX)) } else { asked };
            tokio::time::sleep(asked.unwrap_or(pause)).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
        Err(self.failed(call, "too many attempts"))
    }

    fn gave_up(&self, call: &Call, reply: &Reply) -> DriveError {
        let problem = reply.json();
        let text = |name| member(&problem, name).as_str().unwrap_or_default().to_owned();
        let what = format!(
            "{} {}{}: {} ({}), {} times in a row",
            call.method,
            self.base,
            call.path,
            text("title"),
            reply.status,
            self.unavailable_attempts_max
        );
        let help = match text("code").as_str() {
            "storage-full" => {
                "make room on the backend's disk and start again: what is there stays"
            }
            _ => "look into the backend's log and start again: what is there stays",
        };
        DriveError::new(what, help)
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

/// Whether waiting is all that it takes.
fn is_busy(reply: &Reply) -> bool {
    let is_in_flight =
        || reply.status == 409 && member(&reply.json(), "code") == "request-in-flight";
    reply.status == 429 || is_in_flight()
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
    };

    use super::*;

    /// Answers so many requests with this, one connection each.
    fn backend(answers: Vec<&'static str>) -> (String, std::thread::JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let count = answers.len();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 4096]).unwrap();
                let head = "retry-after: 0\r\nconnection: close\r\ncontent-length:";
                let (status, body) = answer.split_once(' ').unwrap();
                write!(stream, "HTTP/1.1 {status} X\r\n{head} {}\r\n\r\n{body}", body.len())
                    .unwrap();
            }
            count
        });
        (base, served)
    }

    fn settle(base: &str) -> Result<Reply, DriveError> {
        let client = Client::new(base).unavailable_attempts_max(3);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.send_until_settled(&Call::get("/v1/me"), 9))
    }

    const FULL: &str =
        r#"507 {"title":"There is no room to store anything","code":"storage-full"}"#;

    #[test]
    fn a_backend_that_stays_full_is_given_up_in_words() {
        let (base, served) = backend(vec![FULL; 3]);
        let error = settle(&base).unwrap_err();
        assert_eq!(served.join().unwrap(), 3);
        for word in ["There is no room to store anything (507), 3 times in a row", "/v1/me"] {
            assert!(error.what.contains(word), "{error:?}");
        }
        assert!(error.help.contains("make room"), "{error:?}");
    }

    #[test]
    fn a_backend_that_comes_back_and_a_budget_that_fills_again_are_waited_for() {
        let (base, served) = backend(vec![FULL, "503 {}", "429 {}", FULL, "429 {}", "200 {}"]);
        assert_eq!(settle(&base).unwrap().status, 200);
        served.join().unwrap();
    }

    #[test]
    fn a_backend_that_is_gone_is_given_up() {
        let (base, served) = backend(Vec::new());
        served.join().unwrap();
        let error = settle(&base).unwrap_err();
        assert!(error.help.contains("is the backend running?"), "{error:?}");
    }
}
