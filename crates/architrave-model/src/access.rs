//! Who may do what. What has no rule does not exist.

use crate::{Expr, Span};

/// A rule: a boolean expression over `this`, `old`, `caller`, `now`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The condition; never null.
    pub expr: Expr,
    /// Where it was written.
    pub span: Span,
}

/// The `access` block of an entity. `write` has been spread over create, update and delete.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Who may see a row.
    pub read: Option<Rule>,
    /// Who may create a row; `this` is the row as it would be stored.
    pub create: Option<Rule>,
    /// Who may change a row: must hold before and after, unless it mentions `old`.
    pub update: Option<Rule>,
    /// Who may delete (and, with soft deletion, restore) a row.
    pub delete: Option<Rule>,
    /// Rules of single fields.
    pub fields: Vec<FieldAccess>,
}

/// Rules of one field.
#[derive(Debug, Clone)]
pub struct FieldAccess {
    /// Position in [`crate::Entity::fields`].
    pub field: usize,
    /// Who may see it; everyone who sees the row if absent.
    pub read: Option<Rule>,
    /// Who may write it; everyone who may write the row if absent. Constant `false`: by commands only.
    pub write: Option<Rule>,
    /// The whole block.
    pub span: Span,
}
