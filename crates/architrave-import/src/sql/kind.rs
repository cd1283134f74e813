//! What a column holds, whatever its dialect calls it.

use architrave_model::graph::ColumnKind;

use super::dialect::Dialect;

/// Names of types (the words before any parenthesis, in lower case) and what they hold. Some are refined in
/// [`kind`].
const NAMES: &[(&str, ColumnKind)] = &[
    ("bigint", ColumnKind::Integer),
    ("bigserial", ColumnKind::Integer),
    ("binary", ColumnKind::Binary),
    ("bit", ColumnKind::Boolean),
    ("blob", ColumnKind::Binary),
    ("bool", ColumnKind::Boolean),
    ("boolean", ColumnKind::Boolean),
    ("bpchar", ColumnKind::Text),
    ("bytea", ColumnKind::Binary),
    ("char", ColumnKind::Text),
    ("character", ColumnKind::Text),
    ("character varying", ColumnKind::Text),
    ("citext", ColumnKind::Text),
    ("clob", ColumnKind::Text),
    ("date", ColumnKind::Date),
    ("datetime", ColumnKind::LocalTime),
    ("dec", ColumnKind::Decimal),
    ("decimal", ColumnKind::Decimal),
    ("double", ColumnKind::Float),
    ("double precision", ColumnKind::Float),
    ("enum", ColumnKind::Enumeration),
    ("fixed", ColumnKind::Decimal),
    ("float", ColumnKind::Float),
    ("float4", ColumnKind::Float),
    ("float8", ColumnKind::Float),
    ("int", ColumnKind::SmallInteger),
    ("int2", ColumnKind::SmallInteger),
    ("int4", ColumnKind::SmallInteger),
    ("int8", ColumnKind::Integer),
    ("integer", ColumnKind::SmallInteger),
    ("interval", ColumnKind::Duration),
    ("json", ColumnKind::Json),
    ("jsonb", ColumnKind::Json),
    ("longblob", ColumnKind::Binary),
    ("longtext", ColumnKind::Text),
    ("mediumblob", ColumnKind::Binary),
    ("mediumint", ColumnKind::SmallInteger),
    ("mediumtext", ColumnKind::Text),
    ("money", ColumnKind::Money),
    ("nchar", ColumnKind::Text),
    ("ntext", ColumnKind::Text),
    ("number", ColumnKind::Decimal),
    ("numeric", ColumnKind::Decimal),
    ("nvarchar", ColumnKind::Text),
    ("real", ColumnKind::Float),
    ("serial", ColumnKind::SmallInteger),
    ("set", ColumnKind::List),
    ("smallint", ColumnKind::SmallInteger),
    ("smallserial", ColumnKind::SmallInteger),
    ("text", ColumnKind::Text),
    ("timestamp", ColumnKind::LocalTime),
    ("timestamp with time zone", ColumnKind::Instant),
    ("timestamp without time zone", ColumnKind::LocalTime),
    ("timestamptz", ColumnKind::Instant),
    ("tinyblob", ColumnKind::Binary),
    ("tinyint", ColumnKind::SmallInteger),
    ("tinytext", ColumnKind::Text),
    ("uniqueidentifier", ColumnKind::Uuid),
    ("uuid", ColumnKind::Uuid),
    ("varbinary", ColumnKind::Binary),
    ("varchar", ColumnKind::Text),
    ("year", ColumnKind::SmallInteger),
];

/// What a type holds; none where only the product knows.
pub(super) fn kind(type_text: &str, dialect: Dialect) -> Option<ColumnKind> {
    let lower = type_text.to_ascii_lowercase();
    if lower.ends_with("[]") || lower.starts_with("array") {
        return Some(ColumnKind::List);
    }
    let name = name_of(&lower);
    let found = NAMES.binary_search_by(|(it, _)| (*it).cmp(name.as_str())).ok()?;
    let kind = NAMES.get(found)?.1;
    Some(match (kind, dialect) {
        // One bit, or a string of bits.
        (ColumnKind::Boolean, _) if name == "bit" && !matches!(&*lower, "bit" | "bit(1)") => {
            ColumnKind::Binary
        }
        (_, Dialect::MySql) if lower.starts_with("tinyint(1)") => ColumnKind::Boolean,
        // Kept in UTC.
        (ColumnKind::LocalTime, Dialect::MySql) if name == "timestamp" => ColumnKind::Instant,
        // SQLite stores whole numbers in up to 64 bits, whatever they are called, and has no type for times.
        (ColumnKind::SmallInteger, Dialect::Sqlite) => ColumnKind::Integer,
        (ColumnKind::LocalTime | ColumnKind::Instant, Dialect::Sqlite) => return None,
        (kind, _) => kind,
    })
}

/// The type's words without what stands in parentheses and without modifiers:
/// `timestamp(6) with time zone` is `timestamp with time zone`.
fn name_of(lower: &str) -> String {
    let mut words = Vec::new();
    let mut depth = 0usize;
    for part in lower.split_inclusive(['(', ')']) {
        if depth == 0 {
            words.extend(part.trim_end_matches('(').split_ascii_whitespace());
        }
        match part.chars().last() {
            Some('(') => depth += 1,
            Some(')') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words.retain(|it| !matches!(*it, "unsigned" | "signed" | "zerofill"));
    words.join(" ")
}

/// Longest text that a type takes in characters: `varchar(40)`; none where it has no bound of its own.
pub(super) fn length_max(type_text: &str) -> Option<u64> {
    let lower = type_text.to_ascii_lowercase();
    let arguments = lower.split('(').nth(1)?.split(')').next()?;
    arguments.trim().split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn types_hold_what_they_hold() {
        let check = |text: &str, dialect: Dialect, expected: Option<ColumnKind>| {
            assert_eq!(kind(text, dialect), expected, "{text}");
        };
        check("CHARACTER VARYING(255)", Dialect::PostgreSql, Some(ColumnKind::Text));
        check("TIMESTAMP(6) WITH TIME ZONE", Dialect::PostgreSql, Some(ColumnKind::Instant));
        check("TIMESTAMP(6) WITHOUT TIME ZONE", Dialect::PostgreSql, Some(ColumnKind::LocalTime));
        check("TIMESTAMP", Dialect::MySql, Some(ColumnKind::Instant));
        check("DATETIME", Dialect::Sqlite, None);
        check("INTEGER", Dialect::Sqlite, Some(ColumnKind::Integer));
        check("INT UNSIGNED", Dialect::MySql, Some(ColumnKind::SmallInteger));
        check("TINYINT(1)", Dialect::MySql, Some(ColumnKind::Boolean));
        check("TEXT[]", Dialect::PostgreSql, Some(ColumnKind::List));
        check("NUMERIC(10,2)", Dialect::Unknown, Some(ColumnKind::Decimal));
        check("BIT(8)", Dialect::PostgreSql, Some(ColumnKind::Binary));
        check("order_status", Dialect::PostgreSql, None);
        check("", Dialect::Sqlite, None);
    }

    #[test]
    fn lengths_are_read() {
        assert_eq!(length_max("VARCHAR(40)"), Some(40));
        assert_eq!(length_max("VARCHAR2(40 CHAR)"), Some(40));
        assert_eq!(length_max("TEXT"), None);
    }
}
