//! Until when versions of products get fixes, as somebody looked it up for this system.

/// A line of versions that somebody looked up; it takes the place of the same line of the table that comes with the
/// program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Name of the product, e.g. `postgresql`.
    pub product: String,
    /// Name of the line of versions, e.g. `16` or `3.12`.
    pub line: String,
    /// Last day with fixes, as days since 1970; none where no day is certain.
    pub until_day: Option<i32>,
    /// Address of the page that says so.
    pub source: String,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: String,
}
