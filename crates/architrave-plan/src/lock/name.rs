//! Physical names: `[a-z][a-z0-9_]*`, at most 63 bytes, never a word that SQL keeps for itself.

use sha2::{Digest, Sha256};

/// PostgreSQL cuts longer names off silently (`NAMEDATALEN` - 1).
const LENGTH_MAX: usize = 63;
/// Prefixes of the databases' own tables and of ours.
const RESERVED_PREFIXES: &[&str] = &["architrave_", "sqlite_", "pg_"];

/// Words that SQLite or PostgreSQL do not take as a name without quotes, and their system columns. Sorted.
const RESERVED: &[&str] = &[
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "cmax",
    "cmin",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "ctid",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "if",
    "ilike",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "oid",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "raise",
    "references",
    "returning",
    "right",
    "row",
    "rowid",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tableoid",
    "tablesample",
    "temporary",
    "then",
    "to",
    "trailing",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "within",
    "without",
    "xmax",
    "xmin",
];

/// Whether a text may be a physical name.
pub(super) fn is_physical(name: &str) -> bool {
    name.len() <= LENGTH_MAX
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        && RESERVED.binary_search(&name).is_err()
}

/// The wanted name, or the nearest to it that is free.
pub(super) fn free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let name = physical(wanted);
    if is_taken(&name) { numbered(&name, '_', is_taken) } else { name }
}

/// `name_2`, `name_3`, … whichever is free first.
pub(super) fn numbered(name: &str, separator: char, is_taken: impl Fn(&str) -> bool) -> String {
    // Ends: the names that are taken are finitely many.
    (2_u64..)
        .map(|number| {
            let suffix = format!("{separator}{number}");
            let kept: String = name.chars().take(LENGTH_MAX - suffix.len()).collect();
            kept + &suffix
        })
        .find(|it| !is_taken(it))
        .unwrap_or_else(|| name.to_owned())
}

/// `OrderLine` → `order_line`, `SKUItem` → `sku_item`; what is no letter or digit becomes `_`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (position, letter) in letters.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|it| letters.get(it));
        let after = letters.get(position + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|it| {
                it.is_ascii_lowercase()
                    || it.is_ascii_digit()
                    || (it.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            out.push('_');
        }
        out.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' });
    }
    out
}

/// The first `digits` hex digits of the SHA-256 of a text.
pub(crate) fn hash_hex(text: &str, digits: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .chars()
        .take(digits)
        .collect()
}

fn physical(wanted: &str) -> String {
    let mut name = snake_case(wanted);
    if RESERVED.binary_search(&name.as_str()).is_ok() {
        name.push('_');
    }
    let is_reserved = RESERVED_PREFIXES.iter().any(|it| name.starts_with(it));
    if is_reserved || !name.starts_with(|it: char| it.is_ascii_lowercase()) {
        name.insert_str(0, "app_");
    }
    if name.len() > LENGTH_MAX {
        // Eight digits: names that share their first 54 letters still differ.
        let kept: String = name.chars().take(LENGTH_MAX - 9).collect();
        name = format!("{kept}_{}", hash_hex(wanted, 8));
    }
    name
}
