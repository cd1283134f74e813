//! CMP-01: fields that tell of people, and nobody has said so.

use architrave_model::graph::{Column, ColumnKind, Graph, Known, Table};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{column, list},
    words,
};

pub(super) const RULE: Rule = Rule {
    id: "CMP-01",
    name: "unclassified-personal-data",
    family: Family::Compliance,
    title: "a field tells of a person, and nobody has said so",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "GDPR, article 4(1): what personal data is",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_4",
        },
        Source {
            title: "NIST SP 800-122 Guide to Protecting the Confidentiality of PII",
            url: "https://csrc.nist.gov/pubs/sp/800/122/final",
        },
        Source {
            title: "GDPR, article 30: records of processing",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_30",
        },
    ],
    maps: &[("GDPR", "4(1)"), ("GDPR", "30")],
    reads_names: true,
    page: include_str!("unclassified_personal_data.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        let found: Vec<(&Column, &str)> =
            table.columns.iter().filter_map(|it| Some((it, category(it)?))).collect();
        if graph.is_closed {
            for (it, category) in found {
                declared(table, it, category, say);
            }
        } else if !found.is_empty() {
            let names: Vec<&str> = found.iter().map(|it| it.0.name.as_str()).collect();
            say.cannot_tell(
                &table.node,
                format!("which law {} fall under: a schema has no place for it", list(&names)),
            );
        }
    }
}

fn declared(table: &Table, it: &Column, category: &str, say: &mut Verdicts) {
    let node = column(table, it);
    if it.personal.value().is_some() {
        return say.pass(&node);
    }
    say.fail(&node, format!("`{}` tells of a person, and is not classed", node.name))
        .at(it.origin.span, "no `pii(…)`")
        .help(format!("add `pii(\"{category}\")`, or the category that fits"))
        .because("retention, erasure, residency and encryption are judged by the class alone");
}

/// The class that a text or a date has by its name. Secrets are hidden anyway, and have rules of their own.
fn category(it: &Column) -> Option<&'static str> {
    if it.is_built_in || it.is_secret.value() == Some(&true) {
        return None;
    }
    let can_hold = match &it.kind {
        Known::Is(kind, _) => matches!(kind, ColumnKind::Text | ColumnKind::Date),
        Known::Unknown | Known::Absent(_) => true,
    };
    if can_hold { words::personal_category(&it.name) } else { None }
}
