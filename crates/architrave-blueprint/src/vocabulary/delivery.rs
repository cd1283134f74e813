//! What happens after a change: sagas, schedules, projections, webhooks, integrations, notifications.

use super::Attributes::Settings;
use super::LabelRule::{Name, None};
use super::{BlockRule, NOT_ZERO, Setting, Shape, many, may, must, once};
use crate::resolve::casing::Casing::{Pascal, Snake};

pub(super) static SAGA: BlockRule = many(
    "saga",
    Name(Pascal),
    Settings(&[must("on", Shape::Path), may("deadline", Shape::Duration(NOT_ZERO))]),
    &[&STEP, &ON_FAILURE],
);

static STEP: BlockRule = many(
    "step",
    Name(Snake),
    Settings(&[
        may("for_each", Shape::Expression),
        must("run", Shape::Path),
        may("target", Shape::Expression),
        may("input", Shape::Record),
        may("compensate", Shape::Path),
        may("pivot", Shape::Bool),
        may("no_undo", Shape::Text),
        may("probe", Shape::Path),
        may("timeout", Shape::Duration(NOT_ZERO)),
    ]),
    &[],
);

static ON_FAILURE: BlockRule = once(
    "on_failure",
    None,
    Settings(&[
        must("run", Shape::Path),
        may("target", Shape::Expression),
        may("input", Shape::Record),
    ]),
    &[],
);

static READ_ONLY_ACCESS: BlockRule =
    once("access", None, Settings(&[may("read", Shape::Expression)]), &[]);

pub(super) static PROJECTION: BlockRule = many(
    "projection",
    Name(Pascal),
    Settings(&[
        must("from", Shape::PathOrList),
        must("key", Shape::Record),
        must("set", Shape::Record),
    ]),
    &[&READ_ONLY_ACCESS],
);

/// A second: a schedule that runs more often is a loop.
const SECOND_US: i64 = 1_000_000;

pub(super) static SCHEDULE: BlockRule = many(
    "schedule",
    Name(Snake),
    Settings(&[
        must("every", Shape::Duration(SECOND_US)),
        may("for_each", Shape::Expression),
        must("run", Shape::Path),
        may("input", Shape::Record),
    ]),
    &[],
);

static RETRY: [Setting; 4] = [
    must("attempts", Shape::Count(1, 100)),
    may("backoff", Shape::Word(&["constant", "exponential"])),
    may("first", Shape::Duration(NOT_ZERO)),
    may("max", Shape::Duration(NOT_ZERO)),
];

pub(super) static WEBHOOK: BlockRule = many(
    "webhook",
    Name(Snake),
    Settings(&[
        must("events", Shape::PathOrList),
        may("subscribe", Shape::Expression),
        may("signing", Shape::Word(&["hmac-sha256", "ed25519"])),
        may("retry", Shape::Object(&RETRY)),
    ]),
    &[],
);

static CIRCUIT_BREAKER: [Setting; 3] = [
    must("failures", Shape::Percent),
    must("window", Shape::Duration(NOT_ZERO)),
    must("open_for", Shape::Duration(NOT_ZERO)),
];

static BULKHEAD: [Setting; 2] =
    [must("concurrent", Shape::Count(1, 10_000)), may("queue", Shape::Count(0, 100_000))];

pub(super) static INTEGRATION: BlockRule = many(
    "integration",
    Name(Snake),
    Settings(&[
        may("base_url", Shape::Secretive),
        may("auth", Shape::Call(&["bearer", "basic", "header"])),
        may("timeout", Shape::Duration(NOT_ZERO)),
        may("retry", Shape::Object(&RETRY)),
        may("circuit_breaker", Shape::Object(&CIRCUIT_BREAKER)),
        may("bulkhead", Shape::Object(&BULKHEAD)),
        may("availability", Shape::Percent),
        may("latency", Shape::Object(&super::system::LATENCY)),
        may("region", Shape::Text),
        may("processing_agreement", Shape::Text),
    ]),
    &[&OPERATION, &CALLBACK],
);

static OPERATION: BlockRule = many(
    "operation",
    Name(Snake),
    Settings(&[
        may("input", Shape::Fields),
        must("request", Shape::Call(&["get", "post", "put", "patch", "delete"])),
        may("output", Shape::Record),
        may("idempotency_key", Shape::Expression),
    ]),
    &[&ERROR],
);

static ERROR: BlockRule =
    many("error", Name(Snake), Settings(&[must("when", Shape::Expression)]), &[]);

static CALLBACK: BlockRule = many(
    "callback",
    Name(Snake),
    Settings(&[
        must("verify", Shape::Call(&["hmac_sha256"])),
        may("when", Shape::Expression),
        may("dedupe", Shape::Expression),
        must("emit", Shape::Path),
        may("payload", Shape::Record),
    ]),
    &[],
);

pub(super) static CHANNEL: BlockRule = many(
    "channel",
    Name(Snake),
    Settings(&[
        must("provider", Shape::Call(&["smtp", "webpush"])),
        may("from", Shape::Text),
        may("region", Shape::Text),
        may("processing_agreement", Shape::Text),
    ]),
    &[],
);

pub(super) static NOTIFICATION: BlockRule = many(
    "notification",
    Name(Snake),
    Settings(&[
        must("on", Shape::Path),
        must("to", Shape::Expression),
        must("via", Shape::PathOrList),
        may("subject", Shape::Expression),
        must("text", Shape::Expression),
    ]),
    &[],
);
