//! DAT-15: keys in no order, in a table that is kept in the order of its keys.

use architrave_model::graph::{Column, ColumnKind, Graph, Table};

use crate::{Family, Input, Rule, Source, Verdicts, subjects};

pub(super) const RULE: Rule = Rule {
    id: "DAT-15",
    name: "random-key-clustering",
    family: Family::Data,
    title: "rows are kept in the order of keys that have none",
    impact: 1,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "RFC 9562: UUIDs as database keys",
            url: "https://www.rfc-editor.org/rfc/rfc9562#section-6.13",
        },
        Source {
            title: "MySQL Reference Manual, Clustered and secondary indexes",
            url: "https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("random_key_clustering.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let Some([key]) = table.primary_key.value().map(Vec::as_slice) else { continue };
        let Some(column) = table.columns.iter().find(|it| it.name == *key) else { continue };
        judge_key(graph, table, column, say);
    }
}

fn judge_key(graph: &Graph, table: &Table, column: &Column, say: &mut Verdicts) {
    let node = subjects::column(table, column);
    let made = column.default_text.value().map(|it| it.to_lowercase()).unwrap_or_default();
    if column.kind.value() == Some(&ColumnKind::UuidOrdered)
        || made.contains("uuidv7")
        || made.contains("uuid_v7")
    {
        return say.pass(&node);
    }
    if !made.contains("uuid") {
        return;
    }
    let product = product(graph, table);
    if !product.is_some_and(|it| it == "mysql" || it == "mariadb") {
        // Elsewhere only the index is out of order, which matters to tables that grow fast.
        return say
            .cannot_tell(&node, format!("how many rows a second `{}` gets", table.node.name));
    }
    let name = &table.node.name;
    say.fail(&node, format!("`{name}` is kept in the order of `{}`, which is random", column.name))
        .help("take UUIDs that are ordered by time (version 7), or a number as the key and the UUID beside it")
        .because("InnoDB keeps rows in the order of the primary key: each insert lands on another page, which is read, split and written");
}

/// The store's, or the dialect of the migration that made the table.
fn product<'g>(graph: &'g Graph, table: &'g Table) -> Option<&'g str> {
    let store = table.store.as_ref().and_then(|it| graph.store(it));
    let made = || graph.migrations.iter().find(|it| it.table.as_ref() == Some(&table.node.id));
    store.and_then(|it| it.product.value()).or_else(|| made()?.product.value()).map(String::as_str)
}
