//! EVO-05: a migration that waits for its lock without an end, and everybody behind it.

use std::collections::BTreeSet;

use architrave_model::graph::{ChangeKind, Graph};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-05",
    name: "no-lock-timeout",
    family: Family::Evolution,
    title: "a migration waits for its lock without an end",
    impact: 2,
    likelihood: 2,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "squawk, require-timeout-settings",
            url: "https://squawkhq.com/docs/require-timeout-settings",
        },
        Source {
            title: "PostgreSQL documentation, lock_timeout",
            url: "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_lock_timeout.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut files = BTreeSet::new();
    for step in steps::pending_on_rows(graph).filter(|it| locks(it.kind)) {
        let is_postgres = steps::product(graph, step).is_some_and(steps::is_postgres);
        // One word is enough for a file.
        if !is_postgres || !files.insert(&step.file) {
            continue;
        }
        if step.has_lock_timeout {
            say.pass(&step.node);
            continue;
        }
        let table = steps::table_name(step);
        say.fail(&step.node, format!("nothing bounds how long this waits for `{table}`, and everybody behind it"))
            .help("begin the migration with: SET lock_timeout = '5s'; and run it again where it gives up")
            .because("whoever asks for the table after it waits too, even to read: locks are granted in order");
    }
}

/// Whether it takes a lock that others wait for.
fn locks(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::DropTable
            | ChangeKind::RenameTable
            | ChangeKind::AddColumn
            | ChangeKind::AddColumnNotNull
            | ChangeKind::AddColumnVolatileDefault
            | ChangeKind::DropColumn
            | ChangeKind::RenameColumn
            | ChangeKind::ChangeType
            | ChangeKind::SetNotNull
            | ChangeKind::CreateIndex
            | ChangeKind::AddForeignKey
            | ChangeKind::AddForeignKeyNotValid
            | ChangeKind::AddCheck
            | ChangeKind::AddCheckNotValid
            | ChangeKind::AddUnique
            | ChangeKind::DropConstraint
            | ChangeKind::Truncate
    )
}
