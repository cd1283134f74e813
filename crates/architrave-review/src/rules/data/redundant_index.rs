//! DAT-04: an index that another one already contains.

use architrave_model::graph::{Graph, IndexSpec, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "DAT-04",
    name: "redundant-index",
    family: Family::Data,
    title: "an index is the beginning of another",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "PostgreSQL documentation, Combining multiple indexes",
            url: "https://www.postgresql.org/docs/current/indexes-bitmap-scans.html",
        },
        Source {
            title: "SchemaCrawler lint: redundant indexes",
            url: "https://www.schemacrawler.com/lint.html#linter-schemacrawlertoolslinterlinterredundantindexes",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("redundant_index.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for index in table.indexes.iter().filter(|it| it.is_declared && !it.is_full_text) {
            let node = node(table, index);
            match container(table, index) {
                None => say.pass(&node),
                Some(other) => {
                    say.fail(&node, format!("whatever this index finds, `{other}` finds as well"))
                        .help("drop it: every insert and many updates write it for nothing");
                }
            }
        }
    }
}

/// Another index, or the primary key, that begins with all of this one.
fn container(table: &Table, index: &IndexSpec) -> Option<String> {
    // A unique index promises something, a partial one is smaller, and one that compares by rules of its own finds
    // what others do not: none is redundant.
    if index.has_own_comparison
        || index.is_unique
        || index.condition.is_some()
        || index.columns.is_empty()
    {
        return None;
    }
    let key = table.primary_key.value().filter(|key| {
        key.len() >= index.columns.len()
            && key
                .iter()
                .zip(&index.columns)
                .all(|(column, (name, descending))| column == name && !descending)
    });
    if key.is_some() {
        return Some("the primary key".to_owned());
    }
    let others = table
        .indexes
        .iter()
        .filter(|it| it.condition.is_none() && !it.is_full_text && !it.has_own_comparison);
    let longer = others.clone().find(|it| {
        it.columns.len() > index.columns.len() && it.columns.starts_with(&index.columns)
    });
    let same = || {
        let mut equal = others.filter(|it| it.columns == index.columns);
        equal.find(|it| it.is_unique || it.name < index.name)
    };
    longer.or_else(same).map(told)
}

fn told(index: &IndexSpec) -> String {
    let columns: Vec<&str> = index.columns.iter().map(|it| it.0.as_str()).collect();
    format!("({})", columns.join(", "))
}

fn node(table: &Table, index: &IndexSpec) -> Node {
    let name = format!("{} {}", table.node.name, told(index));
    Node { id: format!("index:{name}"), name, origin: index.origin }
}
