//! Entities and what may happen to them.

use crate::{
    Access, CommandId, ContextId, EntityId, EventId, Expr, Field, Name, Rate, Rule, Span,
    UniqueScope,
};

/// Things of one kind that have an identity and are stored.
#[derive(Debug, Clone)]
pub struct Entity {
    /// `PascalCase`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// Declared fields in order; the lifecycle's field is among them, typed as an enum.
    pub fields: Vec<Field>,
    /// The aggregate it is a part of, if any.
    pub owner: Option<Owner>,
    /// Declared indexes.
    pub indexes: Vec<Index>,
    /// Combinations that are unique.
    pub uniques: Vec<Unique>,
    /// Full-text search.
    pub search: Option<Search>,
    /// States and how they follow each other.
    pub lifecycle: Option<Lifecycle>,
    /// What always holds.
    pub invariants: Vec<Invariant>,
    /// Expected number of rows.
    pub volume_rows: Option<u64>,
    /// Whose data it is and how long it is kept.
    pub privacy: Option<Privacy>,
    /// Whether deletion hides first; how long until the row is purged.
    pub soft_delete: Option<SoftDelete>,
    /// What requests that write must bring.
    pub writes: Writes,
    /// Who may do what.
    pub access: Access,
    /// Named intents.
    pub commands: Vec<CommandId>,
    /// Events it emits.
    pub events: Vec<EventId>,
    /// The whole block.
    pub span: Span,
}

/// A part's aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The root (or the part above).
    pub entity: EntityId,
    /// Position of the `many` field there.
    pub field: usize,
}

/// A declared index.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its keys, in order.
    pub on: Vec<IndexKey>,
    /// Rows it covers; all if absent. Over `this`, without caller and time.
    pub condition: Option<Expr>,
    /// The whole block.
    pub span: Span,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// The field: declared (with a value object's member), or built in.
    pub path: IndexPath,
    /// Whether it runs from large to small.
    pub is_descending: bool,
}

/// What an index key or a search field names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexPath {
    /// The row's id.
    Id,
    /// When it was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// A declared field, and the member of a value object in it.
    Field(usize, Option<usize>),
}

/// A unique combination of fields.
#[derive(Debug, Clone)]
pub struct Unique {
    /// The keys.
    pub on: Vec<IndexPath>,
    /// Per tenant or global.
    pub scope: UniqueScope,
    /// Rows it covers; all if absent.
    pub condition: Option<Expr>,
    /// The whole block.
    pub span: Span,
}

/// Full-text search over some fields.
#[derive(Debug, Clone)]
pub struct Search {
    /// Fields, heaviest first as declared.
    pub on: Vec<SearchField>,
    /// The whole block.
    pub span: Span,
}

/// One searched field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchField {
    /// Position in the entity's fields and the member of a value object.
    pub path: IndexPath,
    /// 1 unless said otherwise; at most 100.
    pub weight: u32,
}

/// States of an entity.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    /// Position of the state's field.
    pub field: usize,
    /// State of a new row.
    pub initial: String,
    /// What follows what.
    pub transitions: Vec<Transition>,
    /// The whole block.
    pub span: Span,
}

/// States that may follow a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Before.
    pub from: String,
    /// After.
    pub to: Vec<String>,
    /// Where it was written.
    pub span: Span,
}

/// A condition that holds for every stored row.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// What holds, in words; also the error message.
    pub title: String,
    /// The condition over `this`.
    pub check: Expr,
    /// The whole block.
    pub span: Span,
}

/// Whose data it is and how long it is kept.
#[derive(Debug, Clone)]
pub struct Privacy {
    /// Reference to the person, over `this`.
    pub subject: Expr,
    /// How long it is kept, in microseconds.
    pub retain_for_us: Option<i64>,
    /// From when.
    pub retain_from: Option<Expr>,
    /// The whole block.
    pub span: Span,
}

/// `soft_delete { keep_for = "30d" }`
#[derive(Debug, Clone)]
pub struct SoftDelete {
    /// How long a deleted row can be restored, in microseconds.
    pub keep_for_us: i64,
    /// The whole block.
    pub span: Span,
}

/// `writes { if_match = "required" }`
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// Whether a change, a deletion and a command name the version that they mean (428 without).
    pub needs_if_match: bool,
    /// Whether every write carries an `Idempotency-Key` (400 without).
    pub needs_idempotency_key: bool,
}

/// A named intent that changes one aggregate.
#[derive(Debug, Clone)]
pub struct Command {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// The aggregate it changes.
    pub entity: EntityId,
    /// Members of the request.
    pub input: Vec<Field>,
    /// Who may run it, on the row before. None: nobody but the system.
    pub allow: Option<Rule>,
    /// The state it leads to.
    pub transition: Option<(String, Span)>,
    /// Fields it sets.
    pub set: Vec<SetField>,
    /// Event it emits.
    pub emit: Option<(EventId, Span)>,
    /// How often one caller may run it.
    pub rate_limit: Option<Rate>,
    /// Conditions beside `allow`, each with its own problem code.
    pub guards: Vec<Guard>,
    /// The whole block.
    pub span: Span,
}

/// `field = expression` of a command.
#[derive(Debug, Clone)]
pub struct SetField {
    /// Position in the entity's fields.
    pub field: usize,
    /// The new value, over the row before.
    pub value: Expr,
    /// Where it was written.
    pub span: Span,
}

/// A condition of a command with its own problem code.
#[derive(Debug, Clone)]
pub struct Guard {
    /// `snake_case`; the problem's code.
    pub code: Name,
    /// Must hold on the row before.
    pub check: Expr,
    /// What the caller reads when it does not.
    pub message: String,
    /// The whole block.
    pub span: Span,
}
