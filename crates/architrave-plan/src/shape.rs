//! Shapes: what is left of the rules once what is known of a caller has been folded in.

use architrave_model::{EntityId, Expr};

/// What rules can tell callers apart by, without looking at a row. Two callers of one class have the
/// same shape, hence the same statement; only the bound values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CallerClass {
    /// Bit i: the i-th declared role.
    pub roles: u64,
    /// Credentials were accepted.
    pub is_authenticated: bool,
    /// Architrave itself asks.
    pub is_system: bool,
    /// `caller.id` is not null.
    pub has_id: bool,
    /// `caller.user` is not null.
    pub has_user: bool,
    /// `caller.tenant` is not null.
    pub has_tenant: bool,
}

/// What one class of callers may see of one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// The entity.
    pub entity: EntityId,
    /// Which rows. The tenant is not part of it: it is always added.
    pub rows: RowFilter,
    /// Which fields: same positions as the entity's fields. Secret fields are hidden from everyone.
    pub fields: Vec<FieldVisibility>,
}

/// Which rows a class of callers may see.
#[derive(Debug, Clone, PartialEq)]
pub enum RowFilter {
    /// None; no query is run.
    Nothing,
    /// Every row of the tenant.
    Everything,
    /// Those for which this holds.
    Where(Expr),
}

/// Whether a class of callers may see a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldVisibility {
    /// On every row they see.
    Visible,
    /// On none: it is absent, and cannot be filtered, sorted or searched.
    Hidden,
    /// On rows for which this holds.
    Where(Expr),
}
