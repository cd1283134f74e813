//! Writes SQL text: pure functions from the plan to statements and the list of what to bind. Running
//! them is the store's business; no other crate knows SQL.
//!
//! Start reading at [`read`] for what callers see, [`schema`] for the tables of SQLite and [`postgres`] for those of
//! PostgreSQL, [`raw`] for what the engine loads and changes, [`script`] for whole schemas as text. Rules are compiled
//! by `policy` and `scalar`.

mod builder;
mod keys;
mod literal;
pub mod own;
mod policy;
pub mod postgres;
pub mod raw;
pub mod read;
mod scalar;
pub mod schema;
pub mod script;
pub mod search;

use architrave_model::Span;

pub use literal::default_literal;
pub use policy::condition;
pub use scalar::computed;

/// Which database a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// SQLite 3.53 or newer.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// A text with numbered placeholders (`?1` or `$1`); `parameters[0]` is bound to number 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text.
    pub text: String,
    /// What to bind, by number.
    pub parameters: Vec<Parameter>,
}

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parameter {
    /// The row's id.
    Id,
    /// The tenant of the request.
    Tenant,
    /// `caller.id`
    CallerId,
    /// `caller.user`
    CallerUser,
    /// `caller.tenant`
    CallerTenant,
    /// `caller.ip` as text.
    CallerIp,
    /// `caller.scopes` as a JSON array.
    CallerScopes,
    /// The transaction's time.
    Now,
    /// Value of the i-th filter: stored form; for `in` a JSON array (ids as hexadecimal text).
    Filter(usize),
    /// End of the range of the i-th filter, a prefix: the first text after all that start with it.
    FilterEnd(usize),
    /// Value of the i-th sort key of the row to go on from.
    Cursor(usize),
    /// Query of the full-text index.
    Search,
    /// Query of a tier of the full-text index, by number; only in PostgreSQL's statements, which ask for all tiers.
    Tier(usize),
    /// Several ids: SQLite a JSON array of hexadecimal text, PostgreSQL an array.
    Ids,
    /// Most rows.
    Limit,
    /// Value of a column to store, by position in the statement's own list of columns.
    Value(usize),
    /// Lookup hash beside the value at this position.
    Lookup(usize),
    /// Version that the row must have.
    Version,
    /// The row's words to be searched; PostgreSQL only.
    Words,
}

/// A rule that this compiler has no SQL for. The reader of blueprints refuses such rules, so this is a
/// mistake of ours or a rule in a place where none belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncompilable {
    /// What has no SQL.
    pub what: String,
    /// Where it stands.
    pub span: Span,
}

impl std::fmt::Display for Uncompilable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cannot be said in SQL", self.what)
    }
}

impl std::error::Error for Uncompilable {}

/// An identifier in quotes.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
