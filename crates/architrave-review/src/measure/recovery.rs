//! How much is stored, and how long bringing it back takes.

use architrave_model::graph::{Column, ColumnKind, Graph, Table};

use super::{assumed, data::demand};

/// Bytes on disk of the tables whose number of rows is known, and the names of those whose number is not.
#[must_use]
pub fn stored_bytes(graph: &Graph) -> (u64, Vec<String>) {
    let mut sum = 0_u64;
    let mut unknown = Vec::new();
    for table in &graph.tables {
        match table.rows.value() {
            Some(rows) => sum = sum.saturating_add(rows.saturating_mul(row_bytes(table))),
            None => unknown.push(table.node.name.clone()),
        }
    }
    (sum.saturating_mul(assumed::BYTES_PER_BYTE.value), unknown)
}

/// Time to read the data back and start, in microseconds. The transfer alone: looking for the backup, deciding
/// and replaying come on top, so that this is a lower bound.
#[must_use]
pub fn restore_us_min(bytes: u64) -> Option<i64> {
    let transfer = u128::from(bytes) * u128::from(demand("restore_byte")?.value) / 1_000;
    let start = i64::try_from(assumed::START_US.value).unwrap_or(0);
    Some(i64::try_from(transfer).unwrap_or(i64::MAX).saturating_add(start))
}

/// Typical bytes of a row (assumed by the kinds of its columns).
#[must_use]
pub fn row_bytes(table: &Table) -> u64 {
    table.columns.iter().map(column_bytes).fold(assumed::ROW_OVERHEAD.value, u64::saturating_add)
}

fn column_bytes(column: &Column) -> u64 {
    let text = column.length_max.value().map_or(32, |it| (it / 2).clamp(1, 64));
    match column.kind.value() {
        Some(ColumnKind::Boolean | ColumnKind::SmallInteger) => 2,
        Some(ColumnKind::Text) | None => text,
        Some(ColumnKind::Enumeration) => 8,
        Some(ColumnKind::Uuid | ColumnKind::UuidOrdered | ColumnKind::Reference) => 16,
        Some(ColumnKind::Json | ColumnKind::List) => 128,
        Some(ColumnKind::Binary) => 1_024,
        Some(ColumnKind::File) => 64,
        Some(
            ColumnKind::Integer
            | ColumnKind::Decimal
            | ColumnKind::Float
            | ColumnKind::Money
            | ColumnKind::Instant
            | ColumnKind::LocalTime
            | ColumnKind::Date
            | ColumnKind::Duration,
        ) => 8,
    }
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::Known;

    use super::*;

    #[test]
    fn what_is_stored_takes_time_to_come_back() {
        let column = |kind| Column { kind: Known::built_in(kind), ..Column::default() };
        let table = Table {
            columns: vec![column(ColumnKind::UuidOrdered), column(ColumnKind::Money)],
            rows: Known::built_in(1_000_000),
            ..Table::default()
        };
        let graph = Graph { tables: vec![table, Table::default()], ..Graph::default() };
        // 1,000,000 x (24 + 16 + 8) x 3 = 144 MB; the other table's rows are not known.
        let (bytes, unknown) = stored_bytes(&graph);
        assert_eq!((bytes, unknown.len()), (144_000_000, 1));
        // 144 MB at 125 MB/s = 1.152 s, and 10 s to start.
        assert_eq!(restore_us_min(bytes), Some(11_152_000));
    }
}
