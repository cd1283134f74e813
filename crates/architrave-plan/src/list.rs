//! Lists: what may be filtered, sorted and searched, and by which index.

use serde::Serialize;

use crate::ColumnId;

/// What a list operation of one entity takes.
#[derive(Debug, Clone, Default)]
pub struct ListPlan {
    /// Columns that may be filtered, in the table's order.
    pub filters: Vec<FilterPlan>,
    /// Columns that may be sorted by (some index serves it, perhaps only after an equality), in the table's order.
    pub sorts: Vec<ColumnId>,
    /// Whether `q` is taken.
    pub has_search: bool,
    /// References that may be expanded: (name of the field, its column).
    pub expands: Vec<(String, ColumnId)>,
    /// Rows of a page unless the caller says.
    pub limit_default: u32,
    /// Most rows of a page; more is coerced.
    pub limit_max: u32,
}

/// A column that may be filtered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterPlan {
    /// Which; its path is the query key.
    pub column: ColumnId,
    /// What may be asked of it.
    pub operators: Vec<FilterOperator>,
}

/// What may be asked of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOperator {
    /// `status=paid` or `status[eq]=paid`
    Eq,
    /// `status[ne]=paid`
    Ne,
    /// `total[lt]=10`
    Lt,
    /// `total[lte]=10`
    Lte,
    /// `total[gt]=10`
    Gt,
    /// `total[gte]=10`
    Gte,
    /// `status[in]=paid,shipped`; at most 100 values.
    In,
    /// `sku[prefix]=AB`
    Prefix,
    /// `tracking[null]=true`
    Null,
}

/// A key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SortKey {
    /// Which.
    pub column: ColumnId,
    /// Which way.
    pub direction: Direction,
}

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Small to large; nulls first.
    Ascending,
    /// Large to small; nulls last.
    Descending,
}
