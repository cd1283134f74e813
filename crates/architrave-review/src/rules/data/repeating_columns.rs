//! DAT-12: a list that was written as columns.

use std::collections::BTreeMap;

use architrave_model::graph::{Column, Graph, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list, words::words};

pub(super) const RULE: Rule = Rule {
    id: "DAT-12",
    name: "repeating-columns",
    family: Family::Data,
    title: "a list is kept in numbered columns",
    impact: 1,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[Source {
        title: "SchemaCrawler lint: tables with incrementing columns",
        url: "https://www.schemacrawler.com/lint.html#linter-schemacrawlertoolslinterlintertablewithincrementingcolumns",
    }],
    maps: &[],
    reads_names: true,
    page: include_str!("repeating_columns.md"),
    judge,
};

/// Fewer than that may be two things of one kind, such as a first and a second reader.
const COLUMNS_MIN: usize = 3;
/// Lines of addresses are numbered by everybody, and mean their order.
const LINES: &[&str] = &["line", "address", "addr", "street"];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for (name, columns) in series(table) {
            let Some(first) = columns.first() else { continue };
            let id = format!("columns:{}.{name}", table.node.name);
            let node =
                Node { id, name: format!("{}.{name}", table.node.name), origin: first.origin };
            let names: Vec<&String> = columns.iter().map(|it| &it.name).collect();
            say.fail(&node, format!("{} of `{}` are one list", list(&names), table.node.name))
                .help(format!("make it a table of its own with one row for each `{name}`"))
                .because("whoever looks for a value has to look into each column, and the next one needs another");
        }
        if series(table).is_empty() && table.columns.len() > COLUMNS_MIN {
            say.pass(&table.node);
        }
    }
}

/// Columns that differ by a number alone, counted from 0 or 1 without a gap.
fn series(table: &Table) -> BTreeMap<String, Vec<&Column>> {
    let mut found: BTreeMap<String, Vec<(u32, &Column)>> = BTreeMap::new();
    for column in &table.columns {
        let stem = column.name.trim_end_matches(|it: char| it.is_ascii_digit());
        let Some(number) = column.name.get(stem.len()..).and_then(|it| it.parse().ok()) else {
            continue;
        };
        let stem = stem.trim_end_matches('_').to_owned();
        let is_line = words(&stem).last().is_some_and(|it| LINES.contains(&it.as_str()));
        if !stem.is_empty() && !is_line {
            found.entry(stem).or_default().push((number, column));
        }
    }
    let mut lists = BTreeMap::new();
    for (stem, mut columns) in found {
        columns.sort_by_key(|it| it.0);
        let first = columns.first().map_or(0, |it| it.0);
        let is_counted = columns.iter().zip(first..).all(|(it, expected)| it.0 == expected);
        let is_alike = columns
            .windows(2)
            .all(|it| matches!(it, [a, b] if a.1.kind.value() == b.1.kind.value()));
        if columns.len() >= COLUMNS_MIN && first <= 1 && is_counted && is_alike {
            lists.insert(stem, columns.into_iter().map(|it| it.1).collect());
        }
    }
    lists
}
