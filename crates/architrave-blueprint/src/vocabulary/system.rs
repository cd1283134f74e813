//! Blocks at the top of a file: the system, what it must withstand, who calls it, how it evolves.

use super::Attributes::Settings;
use super::LabelRule::{Name, None, Text, Word};
use super::context::CONTEXT;
use super::{BlockRule, NOT_ZERO, SOME_MAX, Setting, Shape, many, may, must, once};
use crate::resolve::casing::Casing::{Pascal, Snake};

/// What a file may hold.
pub(crate) static FILE: BlockRule = once(
    "file",
    None,
    Settings(&[]),
    &[
        &SYSTEM,
        &WORKLOAD,
        &SLO,
        &RECOVERY,
        &COMPLIANCE,
        &CONSTRAINTS,
        &IDENTITY,
        &LIMITS,
        &CONTEXT,
        &MOVED,
        &REMOVED,
        &ACCEPT,
    ],
);

static SYSTEM: BlockRule = once(
    "system",
    Name(Pascal),
    Settings(&[
        must("edition", Shape::Word(&["2026"])),
        may("currency", Shape::Currency),
        may("regions", Shape::Texts),
    ]),
    &[],
);

static WORKLOAD: BlockRule = once(
    "workload",
    None,
    Settings(&[
        may("tenants", Shape::Count(1, SOME_MAX)),
        may("users", Shape::Count(1, SOME_MAX)),
        may("from", Shape::Texts),
        may("peak", Shape::PerSecond),
        may("read_share", Shape::Percent),
        may("growth", Shape::Growth),
        may("horizon", Shape::Duration(NOT_ZERO)),
        may("spike", Shape::Count(1, 10_000)),
        may("peak_to_mean", Shape::Count(1, 10_000)),
        may("busy", Shape::Percent),
        may("largest_tenant", Shape::Percent),
        may("isolation", Shape::Word(&["row", "schema", "database"])),
        may("staleness", Shape::Duration(0)),
        may("client_kinds", Shape::Count(1, 1_000)),
    ]),
    &[],
);

pub(super) static LATENCY: [Setting; 5] = [
    may("p50", Shape::Duration(NOT_ZERO)),
    may("p90", Shape::Duration(NOT_ZERO)),
    may("p95", Shape::Duration(NOT_ZERO)),
    may("p99", Shape::Duration(NOT_ZERO)),
    may("p999", Shape::Duration(NOT_ZERO)),
];

static SLO: BlockRule = many(
    "slo",
    Name(Snake),
    Settings(&[
        may("covers", Shape::PathList),
        may("availability", Shape::Percent),
        may("latency", Shape::Object(&LATENCY)),
        may("window", Shape::Duration(NOT_ZERO)),
    ]),
    &[],
);

static RECOVERY: BlockRule = once(
    "recovery",
    None,
    Settings(&[
        may("rpo", Shape::Duration(0)),
        may("rto", Shape::Duration(0)),
        may("backup", Shape::Duration(0)),
    ]),
    &[],
);

static COMPLIANCE: BlockRule = once(
    "compliance",
    None,
    Settings(&[
        may("regimes", Shape::Texts),
        may("audit_retention", Shape::Duration(NOT_ZERO)),
        may("residency", Shape::Texts),
        may("history", Shape::Word(&["none", "log", "temporal"])),
    ]),
    &[],
);

static CONSTRAINTS: BlockRule = once(
    "constraints",
    None,
    Settings(&[
        may("team", Shape::Count(1, 100_000)),
        may("release_teams", Shape::Count(1, 10_000)),
        may("domain", Shape::Word(&["new", "changing", "stable"])),
        may("first_release", Shape::Duration(NOT_ZERO)),
        may("uses", Shape::Texts),
        may("avoids", Shape::Texts),
        may("on_call", Shape::Word(&["none", "business_hours", "extended_hours", "always"])),
        may("budget", Shape::Budget),
    ]),
    &[],
);

static IDENTITY: BlockRule = once(
    "identity",
    None,
    Settings(&[
        must("user", Shape::Path),
        may("tenant", Shape::Path),
        must("roles", Shape::Texts),
        may("tenant_from", Shape::Calls(&["claim", "host"])),
        may("provision", Shape::Record),
    ]),
    &[&LOGIN],
);

// Its settings differ by the label; `check::identity` says which belongs to which.
static LOGIN: BlockRule = many(
    "login",
    Word(&["oidc", "api_key"]),
    Settings(&[
        may("issuer", Shape::Secretive),
        may("audience", Shape::Secretive),
        may("roles", Shape::Expression),
        may("profile", Shape::Word(&["rfc9068", "generic"])),
    ]),
    &[],
);

static LIMITS: BlockRule = once(
    "limits",
    None,
    Settings(&[
        may("anonymous", Shape::Call(&["rate"])),
        may("signed_in", Shape::Call(&["rate"])),
        may("max_body", Shape::Size),
        may("cors", Shape::Texts),
    ]),
    &[],
);

static MOVED: BlockRule = many(
    "moved",
    None,
    Settings(&[must("from", Shape::Path), must("to", Shape::Path), may("sunset", Shape::Date)]),
    &[],
);

static REMOVED: BlockRule = many(
    "removed",
    None,
    Settings(&[must("from", Shape::Path), must("reason", Shape::Text), may("sunset", Shape::Date)]),
    &[],
);

static ACCEPT: BlockRule = many(
    "accept",
    Text,
    Settings(&[
        must("reason", Shape::Text),
        may("owner", Shape::Text),
        may("until", Shape::Date),
        may("on", Shape::PathOrText),
    ]),
    &[],
);

/// What a file of waivers may hold, for systems that no blueprint describes.
pub(crate) static WAIVERS: BlockRule = once("file", None, Settings(&[]), &[&ACCEPT]);
