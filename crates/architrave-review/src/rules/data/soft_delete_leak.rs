//! DAT-13: a row that is deleted and still takes its name.

use architrave_model::graph::{Column, ColumnKind, Graph, IndexSpec, Known, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts, words::words};

pub(super) const RULE: Rule = Rule {
    id: "DAT-13",
    name: "soft-delete-leak",
    family: Family::Data,
    title: "a deleted row still keeps its name from others",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[Source {
        title: "PostgreSQL documentation, Partial indexes (a partial unique index)",
        url: "https://www.postgresql.org/docs/current/indexes-partial.html",
    }],
    maps: &[],
    reads_names: true,
    page: include_str!("soft_delete_leak.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let Known::Is(deleted, _) = &table.soft_delete_column else { continue };
        for index in table.indexes.iter().filter(|it| it.is_unique && is_reused(table, it)) {
            judge_index(table, index, deleted, say);
        }
    }
}

fn judge_index(table: &Table, index: &IndexSpec, deleted: &str, say: &mut Verdicts) {
    let columns: Vec<&str> = index.columns.iter().map(|it| it.0.as_str()).collect();
    let columns = columns.join(", ");
    let name = format!("{} ({columns})", table.node.name);
    let node = Node { id: format!("index:{name}"), name, origin: index.origin };
    let looks = |it: &str| it.to_lowercase().contains(&deleted.to_lowercase());
    let minds = index.condition.as_deref().is_some_and(looks)
        || index.columns.iter().any(|it| looks(&it.0));
    if minds {
        return say.pass(&node);
    }
    let table = &table.node.name;
    say.fail(&node, format!("a deleted row of `{table}` still takes its ({columns}) from others"))
        .help(format!("make it partial: CREATE UNIQUE INDEX … ON {table} ({columns}) WHERE {deleted} IS NULL; or, where that should be so, accept it"))
        .because(format!("rows with `{deleted}` stay in the index"));
}

/// Whether what is unique is a name that people give, hence may want again: text, and no number or token that is made
/// anew each time.
fn is_reused(table: &Table, index: &IndexSpec) -> bool {
    const MADE: &[&str] = &[
        "id",
        "uuid",
        "guid",
        "token",
        "hash",
        "key",
        "secret",
        "code",
        "reference",
        "number",
        "digest",
        "stripe",
        "external",
    ];
    let column = |name: &str| -> Option<&Column> {
        table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    };
    let Some((last, _)) = index.columns.last() else { return false };
    let is_text = match column(last) {
        Some(it) => it.kind.value() == Some(&ColumnKind::Text),
        // `lower(email)`
        None => last.contains('('),
    };
    is_text && !words(last).iter().any(|it| MADE.contains(&it.as_str()))
}
