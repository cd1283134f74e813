//! The line of one request: what an operator needs to find it again, nothing about people.

use architrave_engine::{Caller, Credentials};

use super::log::{Level, Log};
use crate::request::Trace;

/// What is known of a request when it has been answered. No path, query, header or body: they may hold
/// personal data or secrets.
#[derive(Debug)]
pub(crate) struct RequestLine<'a> {
    pub(crate) trace: &'a Trace,
    pub(crate) method: &'a str,
    /// The path's template, e.g. `/v1/orders/{id}`.
    pub(crate) route: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) status: u16,
    pub(crate) duration_us: u64,
    pub(crate) bytes: u64,
    pub(crate) caller: Option<&'a Caller>,
    pub(crate) problem: Option<&'a str>,
}

impl RequestLine<'_> {
    pub(crate) fn write(&self, log: &Log) {
        let level = if self.status >= 500 { Level::Error } else { Level::Info };
        let mut line = log.begin(level, "request");
        log.value(&mut line, "method", self.method);
        log.value(&mut line, "route", self.route);
        log.number(&mut line, "status", u64::from(self.status));
        log.number(&mut line, "duration_us", self.duration_us);
        log.number(&mut line, "bytes", self.bytes);
        if !self.operation.is_empty() {
            log.value(&mut line, "operation", self.operation);
        }
        if let Some(caller) = self.caller {
            log.value(&mut line, "caller", kind(caller));
            if let Some(tenant) = caller.tenant {
                let mut buffer = uuid::Uuid::encode_buffer();
                log.value(&mut line, "tenant", tenant.hyphenated().encode_lower(&mut buffer));
            }
        }
        if let Some(problem) = self.problem {
            log.value(&mut line, "problem", problem);
        }
        log.value(&mut line, "request_id", &self.trace.request_id);
        log.value(&mut line, "trace_id", self.trace.trace_id());
        log.end(line);
    }
}

fn kind(caller: &Caller) -> &'static str {
    match caller.credentials {
        Credentials::None => "anonymous",
        Credentials::Token { .. } => "person",
        Credentials::ApiKey { .. } => "api_key",
        Credentials::System => "system",
    }
}
