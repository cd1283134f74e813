//! EVO-03: rows or columns that a migration removes for good.

use architrave_model::graph::{ChangeKind, Graph, MigrationStep};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-03",
    name: "destructive-migration",
    family: Family::Evolution,
    title: "a migration removes what may still be read",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "Atlas analyzers: destructive changes (DS101 to DS103)",
            url: "https://atlasgo.io/lint/analyzers#destructive-changes",
        },
        Source {
            title: "squawk, ban-drop-column",
            url: "https://squawkhq.com/docs/ban-drop-column",
        },
        Source {
            title: "Parallel change (Danilo Sato)",
            url: "https://martinfowler.com/bliki/ParallelChange.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("destructive_migration.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for step in steps::pending_on_rows(graph) {
        match step.kind {
            ChangeKind::DropTable | ChangeKind::DropColumn | ChangeKind::Truncate => {
                judge_step(graph, step, say);
            }
            // Only adds.
            ChangeKind::AddColumn | ChangeKind::AddColumnVolatileDefault => say.pass(&step.node),
            _ => {}
        }
    }
}

fn judge_step(graph: &Graph, step: &MigrationStep, say: &mut Verdicts) {
    let table = steps::table_name(step);
    if step.kind == ChangeKind::DropTable && !was_there(graph, step) {
        return say
            .cannot_tell(&step.node, format!("whether `{table}` was there before this migration"));
    }
    let column = step.column.as_deref().unwrap_or_default();
    let (title, help) = match step.kind {
        ChangeKind::DropColumn => (
            format!("`{column}` of `{table}` is dropped with all that is in it"),
            format!(
                "release a version that neither reads nor writes `{column}` first; drop it in a later migration, and take a copy"
            ),
        ),
        ChangeKind::Truncate => (
            format!("all rows of `{table}` are removed"),
            "copy what may be asked for again, and remove rows by a condition in batches"
                .to_owned(),
        ),
        _ => (
            format!("`{table}` is dropped with all its rows"),
            format!(
                "release a version that no longer uses `{table}` first, rename it to keep it for a while, and drop it later"
            ),
        ),
    };
    say.fail(&step.node, title)
        .help(help)
        .because("while this is rolled out, the version before it still runs and reads what is gone; rolling back does not bring it back");
}

/// Whether an earlier step made or changed the table. Dropping what is made anew at the first start is no loss.
fn was_there(graph: &Graph, step: &MigrationStep) -> bool {
    let mut earlier = graph.migrations.iter().take_while(|it| it.node.id != step.node.id);
    let by_step = earlier.any(|it| {
        it.table == step.table && it.file != step.file && it.kind != ChangeKind::DropTable
    });
    let before = graph.before.as_ref();
    by_step || before.is_some_and(|it| step.table.as_ref().is_some_and(|id| it.table(id).is_some()))
}
