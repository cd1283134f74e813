//! DAT-08: a time that does not say where it is.

use architrave_model::graph::{ColumnKind, Graph, Node, Table};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "DAT-08",
    name: "naive-timestamp",
    family: Family::Data,
    title: "a time is kept without its zone",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "squawk, prefer-timestamptz",
            url: "https://squawkhq.com/docs/prefer-timestamptz",
        },
        Source {
            title: "PostgreSQL wiki, Don't use timestamp (without time zone)",
            url: "https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("naive_timestamp.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in graph.tables.iter().filter(|it| !is_a_tools_own(it)) {
        for column in &table.columns {
            let name = format!("{}.{}", table.node.name, column.name);
            let node = Node { id: format!("column:{name}"), name, origin: column.origin };
            match column.kind.value() {
                Some(ColumnKind::Instant) => say.pass(&node),
                Some(ColumnKind::LocalTime) => {
                    say.fail(&node, format!("`{}` does not say in which zone it is", column.name))
                        .help("use timestamptz: it keeps the instant, and shows it in the reader's zone");
                }
                _ => {}
            }
        }
    }
}

/// Tables in which a tool keeps its own books, as it likes.
fn is_a_tools_own(table: &Table) -> bool {
    const NAMES: &[&str] = &[
        "_prisma_migrations",
        "alembic_version",
        "ar_internal_metadata",
        "databasechangelog",
        "databasechangeloglock",
        "django_migrations",
        "flyway_schema_history",
        "knex_migrations",
        "knex_migrations_lock",
        "schema_migrations",
        "sequelizemeta",
        "typeorm_metadata",
    ];
    let name = table.node.name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    NAMES.contains(&name.as_str())
}
