//! CMP-11: people who cannot get at their own data.

use architrave_model::graph::{AccessShape, Graph, OperationEffect, Table};

use super::regimes;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CMP-11",
    name: "no-export",
    family: Family::Compliance,
    title: "people cannot get at their own data",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "GDPR, article 15: right of access",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_15",
        },
        Source {
            title: "GDPR, article 20: right to data portability",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_20",
        },
    ],
    maps: &[("GDPR", "15"), ("GDPR", "20")],
    reads_names: false,
    page: include_str!("no_export.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(regime) = regimes::that_gives_rights(graph) else { return };
    let tables = graph.tables.iter().filter(|it| it.part_of.is_none());
    for table in tables.filter(|it| it.subject.value().is_some() && holds_personal(it)) {
        if is_shown_to_its_person(graph, table) {
            say.pass(&table.node);
        } else {
            say.fail(&table.node, format!("people cannot read their own `{}`", table.node.name))
                .at_fact(&table.subject, "says whose it is")
                .help("let the person read it, e.g. `read = this.customer == caller.user`")
                .because(format!("the blueprint is subject to `{regime}`, and no operation shows a row to its person"));
        }
    }
}

fn holds_personal(table: &Table) -> bool {
    table.columns.iter().any(|it| it.personal.value().is_some())
}

fn is_shown_to_its_person(graph: &Graph, table: &Table) -> bool {
    graph.operations.iter().any(|it| {
        it.table.as_deref() == Some(table.node.id.as_str())
            && it.effect.value() == Some(&OperationEffect::Reads)
            && !matches!(
                it.access.value(),
                Some(AccessShape::Role | AccessShape::System | AccessShape::None) | None
            )
    })
}
