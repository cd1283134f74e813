//! Event types: what `GET /v1/events` (and later streams, webhooks and AsyncAPI) can tell.

use architrave_model::{ContextId, EntityId, EventId};

use crate::{InputKind, RepresentationMember};

/// One kind of event.
#[derive(Debug, Clone)]
pub struct EventType {
    /// Stable name: `catalog.Product.created`, `sales.Order.OrderPlaced`, `payments.ChargeDisputed`.
    pub name: String,
    /// The last part of the name, as the journal stores it: `created`, `OrderPlaced`.
    pub event: String,
    /// Where order is promised.
    pub context: ContextId,
    /// The aggregate's root; none for an event of the context itself.
    pub entity: Option<EntityId>,
    /// What happened.
    pub kind: EventKind,
    /// The author's comment; may be empty.
    pub doc: String,
    /// What it carries beside id, version, time and actor.
    pub data: EventData,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A row is new.
    Created,
    /// A row was changed, by an update or a command without an event of its own.
    Updated,
    /// A row is gone, or hidden where deletion is soft.
    Deleted,
    /// A softly deleted row is back.
    Restored,
    /// A softly deleted row is gone for good.
    Purged,
    /// An event that the author declared.
    Declared(EventId),
}

/// What an event carries.
#[derive(Debug, Clone)]
pub enum EventData {
    /// The row after the change, in its representation, as far as the caller may see it.
    Row,
    /// Nothing: the row is gone.
    Nothing,
    /// Fields of the aggregate after the change, as in its representation.
    Carries(Vec<RepresentationMember>),
    /// Members of its own.
    Own(Vec<EventMember>),
}

/// A member of an event with a payload of its own.
#[derive(Debug, Clone)]
pub struct EventMember {
    /// Its name.
    pub name: String,
    /// The author's comment; may be empty.
    pub doc: String,
    /// What it holds.
    pub kind: InputKind,
    /// Whether it may be null.
    pub is_nullable: bool,
}
