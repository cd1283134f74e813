//! Prepared requests of one class, and how they are written.

use architrave_plan::{Idempotency, Method};

use super::Preparing;
use crate::random::Random;

/// How often a request can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// As often as one likes.
    Again,
    /// Once: it creates something unique, or takes a row out of a state.
    Once,
}

/// What tells a request from others of its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) path: Box<str>,
    pub(super) body: Option<Box<str>>,
}

/// Prepared requests of one class.
pub(super) struct Stock {
    method: &'static str,
    /// What follows the path in every request.
    head: Vec<u8>,
    needs_key: bool,
    keys: u64,
    batches: u64,
    pub(super) uses: Use,
    pub(super) requests: Vec<Prepared>,
}

impl Stock {
    pub(super) fn new(it: &Preparing<'_>, uses: Use, requests: Vec<Prepared>) -> Self {
        let token = it.work.callers.get(it.caller).map_or("", |it| it.token.as_str());
        let host = it.work.client.base().trim_start_matches("http://");
        let head = format!(
            " HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nuser-agent: architrave-load\r\n"
        );
        let method = match it.operation.method {
            Method::Get => "GET ",
            Method::Post => "POST ",
            Method::Patch => "PATCH ",
            Method::Delete => "DELETE ",
        };
        let needs_key = it.operation.idempotency == Idempotency::Required;
        let (keys, batches) = (0, 0);
        Self { method, head: head.into_bytes(), needs_key, keys, batches, uses, requests }
    }

    /// Number of the next lot that is made for this class, so that no two are alike.
    pub(super) fn next_batch(&mut self) -> u64 {
        self.batches += 1;
        self.batches
    }

    /// Writes the next request; false where none is left.
    pub(super) fn write_next(&mut self, random: &mut Random, out: &mut Vec<u8>) -> bool {
        let taken = if self.uses == Use::Once { self.requests.pop() } else { None };
        let Some(request) = taken.as_ref().or_else(|| random.pick(&self.requests)) else {
            return false;
        };
        out.extend_from_slice(self.method.as_bytes());
        out.extend_from_slice(request.path.as_bytes());
        out.extend_from_slice(&self.head);
        if self.needs_key {
            // Keys of different runs differ by the time of their first request's making.
            self.keys += 1;
            let key = format!("idempotency-key: load-{:x}-{}\r\n", random.next(), self.keys);
            out.extend_from_slice(key.as_bytes());
        }
        match &request.body {
            None => out.extend_from_slice(b"\r\n"),
            Some(body) => {
                out.extend_from_slice(b"content-type: application/json\r\ncontent-length: ");
                out.extend_from_slice(body.len().to_string().as_bytes());
                out.extend_from_slice(b"\r\n\r\n");
                out.extend_from_slice(body.as_bytes());
            }
        }
        true
    }
}

/// As the client that prepares has it.
pub(super) fn method(method: Method) -> hyper::Method {
    match method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Patch => hyper::Method::PATCH,
        Method::Delete => hyper::Method::DELETE,
    }
}
