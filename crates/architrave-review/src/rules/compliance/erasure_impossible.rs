//! CMP-04: personal data that cannot be taken back out of the journal and the backups.

use architrave_model::graph::{Column, Graph, Known, Table};

use super::regimes;
use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "CMP-04",
    name: "erasure-impossible",
    family: Family::Compliance,
    title: "a person's data cannot be erased",
    impact: 4,
    likelihood: 2,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "GDPR, article 17: right to erasure",
        url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_17",
    }],
    maps: &[("GDPR", "17")],
    reads_names: false,
    page: include_str!("erasure_impossible.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(regime) = regimes::that_gives_rights(graph) else { return };
    for table in graph.tables.iter().filter(|it| it.subject.value().is_some() || holds_personal(it))
    {
        one(table, regime, say);
    }
}

fn one(table: &Table, regime: &str, say: &mut Verdicts) {
    let readable: Vec<&Column> =
        personal(table).filter(|it| it.is_encrypted.value() == Some(&false)).collect();
    if !holds_personal(table) {
        return say.pass(&table.node);
    }
    if let Known::Absent(origin) = &table.subject {
        say.fail(&table.node, format!("nobody can tell whose data `{}` holds", table.node.name))
            .at(origin.span, "no `privacy` block")
            .help("add `privacy { subject = this }` to the people, and `privacy { subject = this.customer }` to what refers to them")
            .because(format!("the blueprint is subject to `{regime}`"));
    } else if let Some(first) = readable.first() {
        let names: Vec<&str> = readable.iter().map(|it| it.name.as_str()).collect();
        say.fail(&table.node, format!("{} of `{}` stay readable in the journal and in backups", list(&names), table.node.name))
            .at(first.origin.span, "not encrypted")
            .help("add `encrypted`: what cannot be read any more counts as erased, wherever a copy of it lies")
            .because(format!("the blueprint is subject to `{regime}`"))
            .because("the journal is never rewritten, and backups cannot be");
    } else if table.has_subject_key.value() == Some(&true) {
        say.pass(&table.node);
    } else {
        say.cannot_tell(
            &table.node,
            "when the journal and the last backup that hold erased rows are gone: all rows share one key, which cannot be destroyed for one person",
        );
    }
}

fn personal(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|it| it.personal.value().is_some())
}

fn holds_personal(table: &Table) -> bool {
    personal(table).next().is_some()
}
