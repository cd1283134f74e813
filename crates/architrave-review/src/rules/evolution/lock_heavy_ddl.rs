//! EVO-04: a change of a schema that keeps others waiting for as long as the table is large.

use architrave_model::graph::{ChangeKind, Graph, MigrationStep};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-04",
    name: "lock-heavy-ddl",
    family: Family::Evolution,
    title: "a migration locks a table while it walks through it",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "PostgreSQL documentation, ALTER TABLE: Notes",
            url: "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
        },
        Source {
            title: "PostgreSQL documentation, Building indexes concurrently",
            url: "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        },
        Source {
            title: "MySQL Reference Manual, Online DDL operations",
            url: "https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html",
        },
        Source { title: "squawk, rules", url: "https://squawkhq.com/docs/rules" },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("lock_heavy_ddl.md"),
    judge,
};

/// What a step does to those who use the table.
enum Effect {
    /// Nobody waits long.
    Short,
    /// (who waits for what, what to write instead)
    Long(&'static str, String),
    /// What would have to be known.
    Unclear(&'static str),
    /// Not what this is about.
    None,
}

fn judge(graph: &Graph, say: &mut Verdicts) {
    for step in steps::pending_on_rows(graph) {
        let product = steps::product(graph, step);
        let effect = match product {
            Some(it) if steps::is_postgres(it) => on_postgres(graph, step),
            Some(it) if steps::is_mysql(it) => on_mysql(step),
            // One writer at a time in any case, or a database whose locks are not known here.
            Some(_) => Effect::None,
            None if matches!(on_postgres(graph, step), Effect::Long(..)) => {
                Effect::Unclear("which database this migration is written for")
            }
            None => Effect::None,
        };
        match effect {
            Effect::None => {}
            Effect::Short => say.pass(&step.node),
            Effect::Long(..) if steps::is_small(graph, step) => say.pass(&step.node),
            Effect::Unclear(missing) => say.cannot_tell(&step.node, missing),
            Effect::Long(waits, help) => {
                let what = words(step.kind);
                let table = steps::table_name(step);
                say.fail(&step.node, format!("{what} on `{table}`: {waits}")).help(help);
            }
        }
    }
}

fn words(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::CreateIndex => "an index",
        ChangeKind::AddForeignKey => "a checked foreign key",
        ChangeKind::AddCheck => "a checked condition",
        ChangeKind::AddUnique => "a unique constraint",
        ChangeKind::SetNotNull => "`NOT NULL`",
        ChangeKind::ChangeType => "another type",
        ChangeKind::AddColumnVolatileDefault => "a column with a value of its own for each row",
        _ => "a change",
    }
}

fn on_postgres(graph: &Graph, step: &MigrationStep) -> Effect {
    let table = steps::table_name(step);
    let column = step.column.as_deref().unwrap_or("…");
    match step.kind {
        ChangeKind::CreateIndexConcurrently
        | ChangeKind::AddForeignKeyNotValid
        | ChangeKind::AddCheckNotValid
        | ChangeKind::AddColumn => Effect::Short,
        ChangeKind::CreateIndex => Effect::Long(
            "nobody writes to it until the index is built",
            "write CREATE INDEX CONCURRENTLY, outside a transaction".to_owned(),
        ),
        // Said of the index already.
        ChangeKind::AddUnique if is_of_index(graph, step) => Effect::None,
        ChangeKind::AddUnique => Effect::Long(
            "nobody reads or writes it until the index behind it is built",
            format!("CREATE UNIQUE INDEX CONCURRENTLY first, then ALTER TABLE {table} ADD CONSTRAINT … UNIQUE USING INDEX …"),
        ),
        // An empty column refers to nothing: not checked.
        ChangeKind::AddForeignKey if steps::column_is_new(graph, step) => Effect::Short,
        ChangeKind::AddForeignKey => Effect::Long(
            "nobody writes to either table until all rows are checked",
            "add it NOT VALID, and VALIDATE CONSTRAINT in a migration of its own".to_owned(),
        ),
        ChangeKind::AddCheck => Effect::Long(
            "nobody reads or writes it until all rows are checked",
            "add it NOT VALID, and VALIDATE CONSTRAINT in a migration of its own".to_owned(),
        ),
        ChangeKind::SetNotNull if is_proven(graph, step) => Effect::Short,
        ChangeKind::SetNotNull => Effect::Long(
            "nobody reads or writes it until all rows are checked",
            format!("ADD CONSTRAINT … CHECK ({column} IS NOT NULL) NOT VALID, VALIDATE it in a migration of its own, then SET NOT NULL (which then checks nothing) and drop the constraint"),
        ),
        ChangeKind::ChangeType if becomes_text(graph, step) => {
            Effect::Unclear("the type before: from varchar to text nothing is written anew")
        }
        ChangeKind::ChangeType => Effect::Long(
            "nobody reads or writes it until the table and its indexes are written anew",
            format!("add a new column, write both, fill it in batches, read the new one, and drop `{column}` in a later release"),
        ),
        ChangeKind::AddColumnVolatileDefault => Effect::Long(
            "nobody reads or writes it until all rows are written anew",
            "add the column without a default, set the default for new rows, fill the old ones in batches".to_owned(),
        ),
        _ => Effect::None,
    }
}

/// InnoDB builds indexes and adds columns beside readers and writers; some changes still copy the table.
fn on_mysql(step: &MigrationStep) -> Effect {
    match step.kind {
        ChangeKind::CreateIndex | ChangeKind::AddUnique | ChangeKind::AddColumn => Effect::Short,
        ChangeKind::ChangeType => Effect::Long(
            "nobody writes to it until the table is copied",
            "use gh-ost or pt-online-schema-change, or add a new column and fill it in batches"
                .to_owned(),
        ),
        ChangeKind::AddForeignKey => Effect::Long(
            "nobody writes to it until the table is copied",
            "use gh-ost or pt-online-schema-change, or check in the program".to_owned(),
        ),
        _ => Effect::None,
    }
}

fn is_of_index(graph: &Graph, step: &MigrationStep) -> bool {
    let index = [ChangeKind::CreateIndex, ChangeKind::CreateIndexConcurrently];
    let span = step.node.origin.span;
    graph.migrations.iter().any(|it| index.contains(&it.kind) && it.node.origin.span == span)
}

/// A valid check that says the same makes the walk needless (PostgreSQL 12 and later).
fn is_proven(graph: &Graph, step: &MigrationStep) -> bool {
    let earlier = graph.migrations.iter().take_while(|it| it.node.id != step.node.id);
    let mut checks = earlier.filter(|it| it.table == step.table && it.column == step.column);
    checks.any(|it| matches!(it.kind, ChangeKind::AddCheckNotValid | ChangeKind::AddCheck))
}

fn becomes_text(graph: &Graph, step: &MigrationStep) -> bool {
    let column = steps::table(graph, step).and_then(|table| {
        table.columns.iter().find(|it| {
            Some(it.name.to_lowercase()) == step.column.as_ref().map(|it| it.to_lowercase())
        })
    });
    column.is_some_and(|it| {
        let name = it.type_text.as_str();
        name == "text" || name.starts_with("varchar") || name.starts_with("character varying")
    })
}
