//! EVO-07: a name that the running version uses and the next one does not know.

use architrave_model::graph::{ChangeKind, Graph};

use super::steps;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-07",
    name: "rename-in-place",
    family: Family::Evolution,
    title: "a table or column gets another name in one step",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Sql],
    sources: &[
        Source {
            title: "Atlas analyzers: backward-incompatible changes (BC101, BC102)",
            url: "https://atlasgo.io/lint/analyzers#backward-incompatible-changes",
        },
        Source {
            title: "squawk, renaming-column",
            url: "https://squawkhq.com/docs/renaming-column",
        },
        Source {
            title: "Parallel change (Danilo Sato)",
            url: "https://martinfowler.com/bliki/ParallelChange.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("rename_in_place.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for step in steps::pending_on_rows(graph) {
        let table = steps::table_name(step);
        match step.kind {
            ChangeKind::RenameColumn => {
                let column = step.column.as_deref().unwrap_or("…");
                say.fail(&step.node, format!("`{column}` of `{table}` has another name from one moment to the next"))
                    .help(format!("add the new column and write both, fill it from `{column}`, read the new one, and drop `{column}` a release later"))
                    .because("the version that runs while this is rolled out knows only the old name");
            }
            ChangeKind::RenameTable => {
                say.fail(&step.node, "a table has another name from one moment to the next".to_owned())
                    .help("leave a view of the old name behind, in the same transaction, and drop it a release later")
                    .because("the version that runs while this is rolled out knows only the old name");
            }
            ChangeKind::AddColumn => say.pass(&step.node),
            _ => {}
        }
    }
}
