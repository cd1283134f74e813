//! EVO-09: one statement that changes every row while others wait.

use architrave_model::graph::{ChangeKind, Graph, MigrationStep};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts, measure::words::grouped};

pub(super) const RULE: Rule = Rule {
    id: "EVO-09",
    name: "unbatched-backfill",
    family: Family::Evolution,
    title: "all rows of a table are changed in one statement",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "GitLab: batched background migrations",
            url: "https://docs.gitlab.com/development/database/batched_background_migrations/",
        },
        Source {
            title: "PostgreSQL documentation, Explicit locking: table-level locks",
            url: "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("unbatched_backfill.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for step in steps::pending_on_rows(graph) {
        match step.kind {
            ChangeKind::UpdateBatch => say.pass(&step.node),
            ChangeKind::UpdateAll => judge_all(graph, step, say),
            _ => {}
        }
    }
}

fn judge_all(graph: &Graph, step: &MigrationStep, say: &mut Verdicts) {
    let table = steps::table_name(step);
    let rows = steps::table(graph, step).and_then(|it| it.rows.value());
    if rows.is_some_and(|it| *it <= steps::SMALL_ROWS) {
        return say.pass(&step.node);
    }
    let is_postgres = steps::product(graph, step).is_some_and(steps::is_postgres);
    let locked = steps::beside(graph, step)
        .find(|(it, is_before)| *is_before && is_postgres && locks_readers(it.kind));
    let help = format!(
        "fill `{table}` in batches of a few thousand rows by its key, each in a transaction of its own, outside the migration that changes the schema"
    );
    match (locked, rows) {
        (Some((lock, _)), _) => {
            say.fail(
                &step.node,
                format!("every row of `{table}` is changed while nobody can read it"),
            )
            .also(lock.node.origin.span, "this holds its lock until the end of the migration")
            .help(help)
            .because(
                "most tools run one migration in one transaction, and locks are held to its end",
            );
        }
        (None, Some(rows)) => {
            say.fail(
                &step.node,
                format!("{} rows of `{table}` are changed in one statement", grouped(*rows)),
            )
            .help(help);
        }
        (None, None) => say.cannot_tell(&step.node, format!("how many rows `{table}` has")),
    }
}

/// Whether nobody can even read the table while the lock is held.
fn locks_readers(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::AddColumn
            | ChangeKind::AddColumnNotNull
            | ChangeKind::AddColumnVolatileDefault
            | ChangeKind::DropColumn
            | ChangeKind::RenameColumn
            | ChangeKind::ChangeType
            | ChangeKind::SetNotNull
            | ChangeKind::DropConstraint
            | ChangeKind::Truncate
    )
}
