//! DAT-05: a table whose rows cannot be told apart.

use architrave_model::graph::{Graph, Known};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "DAT-05",
    name: "no-primary-key",
    family: Family::Data,
    title: "a table has no primary key",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[Source {
        title: "PostgreSQL documentation, Logical Replication: Publication (replica identity)",
        url: "https://www.postgresql.org/docs/current/logical-replication-publication.html",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("no_primary_key.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        match &table.primary_key {
            Known::Is(..) => say.pass(&table.node),
            Known::Unknown => say.cannot_tell(&table.node, "the primary key of this table"),
            // A unique combination without nulls tells rows apart as well, and replication can use it.
            Known::Absent(_) if has_unique_key(table) => say.pass(&table.node),
            Known::Absent(_) => {
                say.fail(
                    &table.node,
                    format!("the rows of `{}` cannot be told apart", table.node.name),
                )
                .help("name the columns that identify a row as PRIMARY KEY, or add an id");
            }
        }
    }
}

fn has_unique_key(table: &architrave_model::graph::Table) -> bool {
    let is_required = |name: &str| {
        table.columns.iter().any(|it| it.name == name && it.is_nullable.value() == Some(&false))
    };
    let by_index = table
        .indexes
        .iter()
        .filter(|it| it.is_unique && it.condition.is_none())
        .any(|it| it.columns.iter().all(|it| is_required(&it.0)));
    by_index
        || table
            .columns
            .iter()
            .any(|it| it.is_unique.value() == Some(&true) && is_required(&it.name))
}
