//! DAT-02: a reference that no index serves.

use architrave_model::graph::{Column, ForeignKey, Graph, Node, Table};

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
        Source {
            title: "tbls, requireForeignKeyIndex",
            url: "https://github.com/k1LoW/tbls#lint-a-database",
        },
    ],
    maps: &[],
    reads_names: true,
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
        for (key, other) in undeclared(graph, table) {
            let node = node(table, &key);
            if is_served(table, &key) {
                say.pass(&node);
                continue;
            }
            let columns = key.columns.join(", ");
            let (own, other) = (&table.node.name, &other.node.name);
            say.fail(&node, format!("`{columns}` of `{own}` names rows of `{other}`, and nothing finds rows by it"))
                .help(format!("add an index, CREATE INDEX ON {own} ({columns}), and declare the reference, so that no row can name one that is gone"))
                .because(format!("it has the name and the type of a reference to the key of `{other}`, which no constraint declares"));
        }
    }
}

/// References in all but name: `customer_id` beside a table `customers` whose key has its type.
fn undeclared<'g>(
    graph: &'g Graph,
    table: &'g Table,
) -> impl Iterator<Item = (ForeignKey, &'g Table)> {
    let is_free = |it: &&Column| {
        !graph.is_closed && !table.foreign_keys.iter().any(|key| key.columns.contains(&it.name))
    };
    table.columns.iter().filter(is_free).filter_map(|column| {
        let other = referred(graph, table, column)?;
        let key = ForeignKey {
            origin: column.origin,
            columns: vec![column.name.clone()],
            to: other.node.id.clone(),
            ..ForeignKey::default()
        };
        Some((key, other))
    })
}

/// The table whose single key column a column names: the same schema, the same type, one or many in its name.
fn referred<'g>(graph: &'g Graph, table: &Table, column: &Column) -> Option<&'g Table> {
    let one = column.name.strip_suffix("_id").filter(|it| !it.is_empty())?;
    let schema = table.node.name.rsplit_once('.').map_or("", |it| it.0);
    graph.tables.iter().find(|other| {
        let (within, name) = other.node.name.rsplit_once('.').unwrap_or(("", &other.node.name));
        let is_named = name == one || name.strip_suffix('s') == Some(one);
        let key = other.primary_key.value().and_then(|it| match it.as_slice() {
            [only] => other.columns.iter().find(|it| it.name == *only),
            _ => None,
        });
        within == schema
            && is_named
            && other.node.id != table.node.id
            && key.is_some_and(|it| {
                it.kind.value().is_some() && it.kind.value() == column.kind.value()
            })
    })
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
