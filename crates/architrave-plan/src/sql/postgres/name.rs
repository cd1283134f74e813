//! Names of PostgreSQL that are not in the lock: of schemas, after their contexts, and of constraints, after their
//! columns.

use crate::{lock::hash_hex, sql::own};

/// PostgreSQL cuts longer names off silently (`NAMEDATALEN` - 1).
const BYTES_MAX: usize = 63;
/// Digits of a hash in place of what was cut.
const HASH_DIGITS: usize = 8;

/// The schema of a context: its name. Renaming a context renames the schema, which touches no row. Names that the
/// database or the store keeps get an ending that no context's name can have.
#[must_use]
pub fn schema_name(context: &str) -> String {
    let is_kept = ["public", "information_schema", own::postgres::SCHEMA].contains(&context)
        || context.starts_with("pg_");
    // The beginning `pg_` itself is refused, whatever follows.
    fitted(&if is_kept { format!("${context}") } else { context.to_owned() })
}

/// A name that is not cut by the database: cut here, with a hash of the whole in place of the rest.
#[must_use]
pub fn fitted(name: &str) -> String {
    if name.len() <= BYTES_MAX {
        return name.to_owned();
    }
    // Names of blueprints and of the lock are ASCII: as many bytes as characters.
    let kept: String = name.chars().take(BYTES_MAX - HASH_DIGITS - 1).collect();
    format!("{kept}_{}", hash_hex(name, HASH_DIGITS))
}
