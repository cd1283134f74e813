//! Bounded contexts and what they declare beside entities.

use crate::{ContextId, EntityId, EventId, Field, Span, Ty, ValueId};

/// A name and where it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A bounded context.
#[derive(Debug, Clone)]
pub struct Context {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Contexts it may use.
    pub depends_on: Vec<ContextId>,
    /// Who looks after it, e.g. `team-checkout`.
    pub owner: Option<Name>,
    /// What it declares, in the author's order.
    pub declared: Vec<Declared>,
    /// Its first block; a context may be spread over several.
    pub span: Span,
}

/// One thing that a context declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// An entity.
    Entity(EntityId),
    /// A value object.
    Value(ValueId),
    /// An event of the context itself.
    Event(EventId),
}

/// A value object: a group of fields without identity.
#[derive(Debug, Clone)]
pub struct ValueObject {
    /// `PascalCase`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// Plain values only: scalars and lists of scalars.
    pub fields: Vec<Field>,
    /// The whole block.
    pub span: Span,
}

/// Something that happened, told to the outside.
#[derive(Debug, Clone)]
pub struct Event {
    /// `PascalCase`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// The aggregate it belongs to; none for an event of the context.
    pub entity: Option<EntityId>,
    /// What it says.
    pub payload: EventPayload,
    /// Members in order, whatever the payload's kind.
    pub fields: Vec<EventField>,
    /// The whole block.
    pub span: Span,
}

/// Where an event's members come from.
#[derive(Debug, Clone)]
pub enum EventPayload {
    /// Fields of the aggregate, by position, taken after the change.
    Carries(Vec<usize>),
    /// Members of its own, filled by who emits it.
    Own(Vec<Field>),
}

/// One member of an event.
#[derive(Debug, Clone)]
pub struct EventField {
    /// `snake_case`.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Position in the aggregate's fields, where it is carried.
    pub field: Option<usize>,
}
