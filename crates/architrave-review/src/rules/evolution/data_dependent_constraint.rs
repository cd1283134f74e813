//! EVO-06: a migration that succeeds or fails by what happens to be in the table.

use architrave_model::graph::{ChangeKind, Graph, MigrationStep};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-06",
    name: "data-dependent-constraint",
    family: Family::Evolution,
    title: "a migration fails if the rows are not as hoped",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "Atlas analyzers: data-dependent changes (MF101 to MF104)",
            url: "https://atlasgo.io/lint/analyzers#data-dependent-changes",
        },
        Source {
            title: "squawk, adding-required-field",
            url: "https://squawkhq.com/docs/adding-required-field",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("data_dependent_constraint.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for step in steps::pending_on_rows(graph) {
        let table = steps::table_name(step);
        let column = step.column.as_deref().unwrap_or("…");
        let is_mysql = steps::product(graph, step).is_some_and(steps::is_mysql);
        match step.kind {
            // Filled with '' or 0 there, which is another matter.
            ChangeKind::AddColumnNotNull if is_mysql => {}
            ChangeKind::AddColumnNotNull => {
                say.fail(&step.node, format!("`{column}` may not be null, but the rows of `{table}` have no value for it"))
                    .help("add it with a DEFAULT, or in steps: add it as nullable, fill it in batches, then SET NOT NULL")
                    .because("a single row in the table makes this statement fail, and the release with it")
                    .matters(3, 4);
            }
            ChangeKind::SetNotNull if step.has_backfill => say.pass(&step.node),
            ChangeKind::SetNotNull => {
                say.fail(&step.node, format!("one row of `{table}` without `{column}` makes this fail"))
                    .help(format!("fill it first: UPDATE {table} SET {column} = … WHERE {column} IS NULL, in batches"));
            }
            ChangeKind::AddUnique => judge_unique(graph, step, say),
            ChangeKind::AddCheckNotValid | ChangeKind::AddForeignKeyNotValid => {
                say.pass(&step.node)
            }
            ChangeKind::AddCheck | ChangeKind::AddForeignKey => judge_checked(graph, step, say),
            _ => {}
        }
    }
}

fn judge_unique(graph: &Graph, step: &MigrationStep, say: &mut Verdicts) {
    let table = steps::table_name(step);
    let column = step.column.as_deref().unwrap_or("…");
    let is_empty = steps::column_is_new(graph, step);
    if is_empty || is_cleaned(graph, step) || contains_key(graph, step) {
        return say.pass(&step.node);
    }
    say.fail(&step.node, format!("two rows of `{table}` that agree in `{column}` make this fail"))
        .help(format!("find them first: SELECT {column}, count(*) FROM {table} GROUP BY {column} HAVING count(*) > 1; and decide which of them stays"))
        .because("nothing kept duplicates out until now")
        .matters(3, 2);
}

fn judge_checked(graph: &Graph, step: &MigrationStep, say: &mut Verdicts) {
    if steps::column_is_new(graph, step) || is_cleaned(graph, step) {
        return say.pass(&step.node);
    }
    let table = steps::table_name(step);
    let what = match step.kind {
        ChangeKind::AddForeignKey => "that refers to nothing",
        _ => "that breaks the condition",
    };
    say.fail(&step.node, format!("one row of `{table}` {what} makes this fail"))
        .help("mend such rows first, in a migration of its own, or add it NOT VALID: it then holds for new rows at once")
        .because("nothing kept such rows out until now")
        .matters(3, 2);
}

/// Whether rows of the table are mended in the same file, before it.
fn is_cleaned(graph: &Graph, step: &MigrationStep) -> bool {
    let mends = [ChangeKind::UpdateAll, ChangeKind::UpdateBatch, ChangeKind::Truncate];
    steps::beside(graph, step).any(|(it, is_before)| is_before && mends.contains(&it.kind))
}

/// Whether the new key only makes an old one longer: what was unique stays so.
fn contains_key(graph: &Graph, step: &MigrationStep) -> bool {
    let Some(table) = steps::table(graph, step) else { return false };
    let mut mine = table
        .indexes
        .iter()
        .filter(|it| it.is_unique && it.columns.first().map(|it| &it.0) == step.column.as_ref());
    mine.any(|index| {
        let holds = |keys: &[String]| {
            !keys.is_empty() && keys.iter().all(|key| index.columns.iter().any(|it| it.0 == *key))
        };
        table.primary_key.value().is_some_and(|it| holds(it))
            || table.indexes.iter().any(|other| {
                let keys: Vec<String> = other.columns.iter().map(|it| it.0.clone()).collect();
                other.is_unique
                    && other.name != index.name
                    && keys.len() < index.columns.len()
                    && holds(&keys)
            })
    })
}
