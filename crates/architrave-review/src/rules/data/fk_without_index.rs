//! DAT-02: a reference that no index serves.

use architrave_model::graph::{ForeignKey, Graph, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "DAT-02",
    name: "fk-without-index",
    family: Family::Data,
    title: "no index starts with the columns of a reference",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "PostgreSQL documentation, Constraints: Foreign Keys",
            url: "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
        },
        Source { title: "tbls, requireForeignKeyIndex", url: "https://github.com/k1LoW/tbls" },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("fk_without_index.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for key in &table.foreign_keys {
            let node = node(table, key);
            if makes_its_own_index(graph, table) || is_served(table, key) {
                say.pass(&node);
                continue;
            }
            let columns = key.columns.join(", ");
            say.fail(&node, format!("nothing finds the rows of `{}` by `{columns}`", table.node.name))
                .help(format!(
                    "add an index that starts with it: CREATE INDEX ON {} ({columns})",
                    table.node.name
                ))
                .because("a deletion of the row it points to reads the whole table, and holds its lock while it does");
        }
    }
}

/// MySQL makes an index for every foreign key that lacks one.
fn makes_its_own_index(graph: &Graph, table: &Table) -> bool {
    let store = table.store.as_ref().and_then(|it| graph.store(it));
    let product = store.and_then(|it| it.product.value());
    product.is_some_and(|it| it == "mysql" || it == "mariadb")
}

fn is_served(table: &Table, key: &ForeignKey) -> bool {
    let starts_with = |columns: &[&str]| {
        let wanted = columns.get(..key.columns.len()).unwrap_or_default();
        wanted.len() == key.columns.len()
            && key.columns.iter().all(|it| wanted.contains(&it.as_str()))
    };
    let by_key = table
        .primary_key
        .value()
        .is_some_and(|it| starts_with(&it.iter().map(String::as_str).collect::<Vec<_>>()));
    by_key
        || table
            .indexes
            .iter()
            .filter(|it| !it.is_full_text && it.condition.is_none())
            .any(|it| starts_with(&it.columns.iter().map(|it| it.0.as_str()).collect::<Vec<_>>()))
        || table.columns.iter().any(|it| {
            key.columns.len() == 1
                && Some(&it.name) == key.columns.first()
                && it.is_unique.value() == Some(&true)
        })
}

fn node(table: &Table, key: &ForeignKey) -> Node {
    let name = format!("{}({})", table.node.name, key.columns.join(", "));
    Node { id: format!("reference:{name}"), name, origin: key.origin }
}
