//! What a context may hold.

use super::Attributes::{Fields, Settings};
use super::LabelRule::Name;
use super::delivery::{CHANNEL, INTEGRATION, NOTIFICATION, PROJECTION, SAGA, SCHEDULE, WEBHOOK};
use super::entity::ENTITY;
use super::{BlockRule, Shape, many, may};
use crate::resolve::casing::Casing::{Pascal, Snake};

// Repeatable: a context may be spread over several files.
pub(super) static CONTEXT: BlockRule = many(
    "context",
    Name(Snake),
    Settings(&[may("depends_on", Shape::PathList), may("owner", Shape::Text)]),
    &[
        &ENTITY,
        &VALUE,
        &EVENT,
        &SAGA,
        &PROJECTION,
        &SCHEDULE,
        &WEBHOOK,
        &INTEGRATION,
        &CHANNEL,
        &NOTIFICATION,
    ],
);

static VALUE: BlockRule = many("value", Name(Pascal), Fields, &[]);

/// An event of a context or of an entity; which of the two settings it takes is judged by place.
pub(super) static EVENT: BlockRule = many(
    "event",
    Name(Pascal),
    Settings(&[may("carries", Shape::PathList), may("payload", Shape::Fields)]),
    &[],
);
