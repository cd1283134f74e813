//! CMP-02: personal data without an end.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known, Table},
};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "CMP-02",
    name: "no-retention",
    family: Family::Compliance,
    title: "personal data is kept for ever",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "GDPR, article 5(1)(e): storage limitation",
        url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_5",
    }],
    maps: &[("GDPR", "5(1)(e)")],
    reads_names: false,
    page: include_str!("no_retention.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // Parts of an aggregate go with it.
    for table in graph.tables.iter().filter(|it| it.part_of.is_none()) {
        let personal = personal(graph, table);
        if personal.is_empty() {
            continue;
        }
        match &table.retention_us {
            Known::Is(..) => say.pass(&table.node),
            Known::Unknown => say.cannot_tell(&table.node, "how long its rows are kept"),
            Known::Absent(origin) => {
                let failure = say
                    .fail(&table.node, format!("`{}` keeps personal data for ever", table.node.name))
                    .at(origin.span, "no `retain_for`")
                    .help("say how long it is needed: `retain_for = \"3y\"` in a `privacy` block, and `retain_from` where that is not the row's creation")
                    .because(format!("personal data: {}", list(&personal)));
                if let (Some(_), Some(block)) = (table.subject.value(), origin.span) {
                    failure.propose(Proposal {
                        title: "keep it for three years".to_owned(),
                        is_unambiguous: false,
                        changes: vec![Change::Set {
                            block,
                            name: "retain_for".to_owned(),
                            value: "\"3y\"".to_owned(),
                        }],
                    });
                }
            }
        }
    }
}

/// Names of the classed columns of a table and of its parts.
fn personal<'g>(graph: &'g Graph, table: &'g Table) -> Vec<&'g str> {
    let parts =
        graph.tables.iter().filter(|it| it.part_of.as_deref() == Some(table.node.id.as_str()));
    let columns = std::iter::once(table).chain(parts).flat_map(|it| &it.columns);
    columns.filter(|it| it.personal.value().is_some()).map(|it| it.name.as_str()).collect()
}
