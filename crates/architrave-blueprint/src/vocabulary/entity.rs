//! What an entity may hold beside its fields.

use super::Attributes::{Fields, Settings};
use super::LabelRule::{Name, None, Text};
use super::context::EVENT;
use super::{BlockRule, NOT_ZERO, SOME_MAX, Shape, many, may, must, once};
use crate::resolve::casing::Casing::{Pascal, Snake};

pub(super) static ENTITY: BlockRule = many(
    "entity",
    Name(Pascal),
    Fields,
    &[
        &INDEX,
        &UNIQUE,
        &SEARCH,
        &LIFECYCLE,
        &INVARIANT,
        &VOLUME,
        &PRIVACY,
        &SOFT_DELETE,
        &WRITES,
        &ACCESS,
        &COMMAND,
        &EVENT,
    ],
);

static INDEX: BlockRule = many(
    "index",
    None,
    Settings(&[must("on", Shape::Expression), may("where", Shape::Expression)]),
    &[],
);

static UNIQUE: BlockRule = many(
    "unique",
    None,
    Settings(&[
        must("on", Shape::Expression),
        may("where", Shape::Expression),
        may("scope", Shape::Word(&["tenant", "global"])),
    ]),
    &[],
);

static SEARCH: BlockRule = once("search", None, Settings(&[must("on", Shape::Expression)]), &[]);

static LIFECYCLE: BlockRule = once(
    "lifecycle",
    Name(Snake),
    Settings(&[must("initial", Shape::Text), must("transitions", Shape::TextLists)]),
    &[],
);

static INVARIANT: BlockRule =
    many("invariant", Text, Settings(&[must("check", Shape::Expression)]), &[]);

static VOLUME: BlockRule =
    once("volume", None, Settings(&[must("rows", Shape::Count(0, SOME_MAX))]), &[]);

static PRIVACY: BlockRule = once(
    "privacy",
    None,
    Settings(&[
        must("subject", Shape::Expression),
        may("retain_for", Shape::Duration(NOT_ZERO)),
        may("retain_from", Shape::Expression),
    ]),
    &[],
);

static SOFT_DELETE: BlockRule =
    once("soft_delete", None, Settings(&[must("keep_for", Shape::Duration(NOT_ZERO))]), &[]);

static WRITES: BlockRule = once(
    "writes",
    None,
    Settings(&[
        may("if_match", Shape::Word(&["optional", "required"])),
        may("idempotency_key", Shape::Word(&["optional", "required"])),
    ]),
    &[],
);

static ACCESS: BlockRule = once(
    "access",
    None,
    Settings(&[
        may("read", Shape::Expression),
        may("create", Shape::Expression),
        may("update", Shape::Expression),
        may("delete", Shape::Expression),
        may("write", Shape::Expression),
    ]),
    &[&FIELD_ACCESS],
);

static FIELD_ACCESS: BlockRule = many(
    "field",
    Name(Snake),
    Settings(&[may("read", Shape::Expression), may("write", Shape::Expression)]),
    &[],
);

static COMMAND: BlockRule = many(
    "command",
    Name(Snake),
    Settings(&[
        may("input", Shape::Fields),
        may("allow", Shape::Expression),
        may("transition", Shape::Text),
        may("set", Shape::Record),
        may("emit", Shape::Path),
        may("rate_limit", Shape::Call(&["rate"])),
    ]),
    &[&GUARD],
);

static GUARD: BlockRule = many(
    "guard",
    Name(Snake),
    Settings(&[must("check", Shape::Expression), must("message", Shape::Text)]),
    &[],
);
