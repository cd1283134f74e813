//! DAT-09: numbers that end before the rows do.

use architrave_model::graph::{ColumnKind, Graph, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts, subjects};

pub(super) const RULE: Rule = Rule {
    id: "DAT-09",
    name: "int-exhaustion",
    family: Family::Data,
    title: "a number is too small for the rows that it has to count",
    impact: 4,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "squawk, prefer-bigint-over-int",
            url: "https://squawkhq.com/docs/prefer-bigint-over-int",
        },
        Source {
            title: "PostgreSQL documentation, Integer types",
            url: "https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT",
        },
    ],
    maps: &[("CWE", "190")],
    reads_names: false,
    page: include_str!("int_exhaustion.md"),
    judge,
};

/// Half of what 32 bits count: from here on the change is urgent.
const HALF: u64 = 1 << 30;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        judge_key(table, say);
        judge_references(graph, table, say);
    }
}

fn kind(table: &Table, column: &str) -> Option<ColumnKind> {
    let column = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(column))?;
    column.kind.value().copied()
}

/// A key that counts up.
fn judge_key(table: &Table, say: &mut Verdicts) {
    let Some([key]) = table.primary_key.value().map(Vec::as_slice) else { return };
    let Some(column) = table.columns.iter().find(|it| it.name == *key) else { return };
    let node = subjects::column(table, column);
    match column.kind.value() {
        Some(ColumnKind::Integer | ColumnKind::Uuid | ColumnKind::UuidOrdered) => say.pass(&node),
        Some(ColumnKind::SmallInteger) if column.default_text.value().is_some() => {
            match table.rows.value() {
                Some(rows) if *rows >= HALF => {
                    say.fail(
                        &node,
                        format!("`{key}` of `{}` ends at 2,147,483,647", table.node.name),
                    )
                    .help("make it bigint, and all references to it, before it is full")
                    .because(format!("{rows} rows are there or expected"));
                }
                Some(_) => say.pass(&node),
                None => say.cannot_tell(
                    &node,
                    format!(
                        "how fast `{}` grows: its 32-bit key ends at 2,147,483,647",
                        table.node.name
                    ),
                ),
            }
        }
        _ => {}
    }
}

/// A reference that is narrower than what it refers to.
fn judge_references(graph: &Graph, table: &Table, say: &mut Verdicts) {
    for reference in &table.foreign_keys {
        let (Some(column), Some(to), Some(there)) =
            (reference.columns.last(), graph.table(&reference.to), reference.to_columns.last())
        else {
            continue;
        };
        let name = format!("{}.{column} to {}", table.node.name, to.node.name);
        let node = Node { id: format!("reference:{name}"), name, origin: reference.origin };
        match (kind(table, column), kind(to, there)) {
            (Some(ColumnKind::SmallInteger), Some(ColumnKind::Integer)) => {
                say.fail(
                    &node,
                    format!(
                        "`{column}` holds 32 bits, and `{there}` of `{}` goes to 64",
                        to.node.name
                    ),
                )
                .also(
                    to.columns.iter().find(|it| it.name == *there).and_then(|it| it.origin.span),
                    "counts further than that",
                )
                .help(format!("make `{column}` bigint"))
                .because("from row 2,147,483,648 on no row here can refer to a new one there");
            }
            (Some(_), Some(_)) => say.pass(&node),
            _ => {}
        }
    }
}
