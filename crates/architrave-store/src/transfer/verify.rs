//! Replays the journal of a store on PostgreSQL and compares it with its tables, all within one snapshot: nodes may go
//! on serving.

use std::collections::BTreeMap;

use architrave_engine::Fault;
use architrave_plan::sql::quoted;
use serde_json::{Map, Value as Json};

use super::{
    copy::{self, StoredRow},
    moved::{Kind, Moved, MovedColumn},
    remote::Remote,
};
use crate::{
    postgres::Address,
    shared::{
        replay::{Replay, Verified},
        stored::Stored,
    },
    vault::hex,
};

/// Compares the journal's replay with the tables of the database at an address. Reads only. Takes the user who serves,
/// or the owner.
///
/// # Errors
/// The database cannot be read, is none of ours, or its journal does not begin at the beginning.
pub async fn verify(address: &Address) -> Result<Verified, Fault> {
    let remote = Remote::open(address, "verify").await?;
    remote.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    remote.check_ours().await?;
    if remote.meta("floor_seq").await?.is_some_and(|it| it != "0") {
        return Err(Fault::new(
            "the journal's beginning has been removed",
            "verify against a snapshot instead",
        ));
    }
    let transactions = remote
        .number("SELECT COUNT(*) FROM architrave.journal_tx WHERE kind NOT IN (1, 3)")
        .await?
        .unsigned_abs();
    let mut verified = Verified { transactions, ..Verified::default() };
    let mut replay = replayed(&remote, &mut verified).await?;
    for table in tables(&remote).await? {
        compare(&remote, &table, &mut replay, &mut verified).await?;
    }
    replay.finish(&mut verified);
    remote.execute("COMMIT").await?;
    Ok(verified)
}

async fn replayed(remote: &Remote, verified: &mut Verified) -> Result<Replay, Fault> {
    let mut replay = Replay::default();
    let events = "SELECT t.name, uuid_send(e.id), e.event, e.data::text FROM architrave.journal_event e \
                  JOIN architrave.\"table\" t ON t.number = e.entity ORDER BY e.seq, e.idx";
    remote
        .each(events, |row| {
            let (table, id): (&str, &[u8]) = (remote.column(row, 0)?, remote.column(row, 1)?);
            let (event, data): (&str, &str) = (remote.column(row, 2)?, remote.column(row, 3)?);
            replay.event((table, id), (event, data), verified);
            Ok(())
        })
        .await?;
    Ok(replay)
}

async fn compare(
    remote: &Remote,
    table: &Moved,
    replay: &mut Replay,
    verified: &mut Verified,
) -> Result<(), Fault> {
    let columns: Vec<String> = table.columns.iter().map(copy::selected).collect();
    let select = format!("SELECT {} FROM {}", columns.join(", "), table.postgres);
    remote
        .each(&select, |row| {
            let stored = image(table, copy::received(table, row, None)?);
            replay.compare(&table.name, &stored, verified);
            Ok(())
        })
        .await
}

/// A row as the journal's image has it.
fn image(table: &Moved, row: StoredRow) -> Map<String, Json> {
    let values = table.columns.iter().zip(row).filter_map(|(column, value)| {
        let value = match value {
            Stored::Null => return None,
            Stored::Integer(it) => Json::from(it),
            Stored::Text(it) => Json::from(it.into_owned()),
            Stored::Bytes(it) => Json::from(hex(&it)),
        };
        Some((column.sqlite.clone(), value))
    });
    values.collect()
}

/// The tables that the store says it has, by what it says of their columns: no blueprint is needed.
async fn tables(remote: &Remote) -> Result<Vec<Moved>, Fault> {
    // Physical names are unique over the schemas of a store, and none of these is called `public`.
    let columns = "SELECT n.nspname, c.relname, k.name, k.sql_type FROM architrave.\"column\" k \
        JOIN pg_catalog.pg_class c ON c.relname = k.in_table AND c.relkind IN ('r', 'p') \
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('public', 'architrave') \
        WHERE NOT k.is_lookup AND k.sql_type <> 'tsvector' ORDER BY 1, 2, 3";
    let mut tables: BTreeMap<(String, String), Vec<MovedColumn>> = BTreeMap::new();
    remote
        .each(columns, |row| {
            let name: &str = remote.column(row, 2)?;
            let column = MovedColumn {
                sqlite: name.to_owned(),
                postgres: name.to_owned(),
                kind: kind(remote.column(row, 3)?),
            };
            let table = (remote.column(row, 0)?, remote.column(row, 1)?);
            tables.entry(table).or_default().push(column);
            Ok(())
        })
        .await?;
    let tables = tables.into_iter().map(|((schema, name), columns)| Moved {
        postgres: format!("{}.{}", quoted(&schema), quoted(&name)),
        name,
        columns,
        key: 0,
        entity: None,
    });
    Ok(tables.collect())
}

/// What a column holds, by the type that the store has noted.
fn kind(sql_type: &str) -> Kind {
    match sql_type {
        "boolean" => Kind::Bool,
        "bigint" | "integer" | "smallint" => Kind::Integer,
        "timestamptz" => Kind::Timestamp,
        "date" => Kind::Date,
        "json" => Kind::Json,
        "jsonb" => Kind::Texts,
        "uuid" => Kind::Uuid,
        "bytea" => Kind::Bytes,
        // `numeric(19, 2)`
        other => match other.strip_prefix("numeric(").and_then(|it| it.strip_suffix(')')) {
            Some(sizes) => {
                let scale = sizes.split(',').nth(1).and_then(|it| it.trim().parse().ok());
                Kind::Decimal(scale.unwrap_or(0))
            }
            None => Kind::Text,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_columns_are_read_as_they_are_noted() {
        for (sql_type, expected) in [
            ("numeric(19, 3)", Kind::Decimal(3)),
            ("text COLLATE \"C\"", Kind::Text),
            ("jsonb", Kind::Texts),
            ("bigint", Kind::Integer),
        ] {
            assert_eq!(kind(sql_type), expected, "{sql_type}");
        }
    }
}
