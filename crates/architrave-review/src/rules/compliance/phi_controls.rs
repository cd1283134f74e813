//! CMP-09: health data in the clear, or for everybody.

use architrave_model::graph::{AccessShape, Column, Graph, OperationEffect, Table};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    subjects::{column, holds_health_data},
};

pub(super) const RULE: Rule = Rule {
    id: "CMP-09",
    name: "phi-controls",
    family: Family::Compliance,
    title: "health data lacks the controls that it needs",
    impact: 4,
    likelihood: 4,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "45 CFR 164.312: technical safeguards (HIPAA)",
            url: "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C/section-164.312",
        },
        Source {
            title: "GDPR, article 9: special categories of personal data",
            url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_9",
        },
    ],
    maps: &[("HIPAA", "164.312(a)(2)(iv)"), ("GDPR", "9"), ("CWE", "311")],
    reads_names: false,
    page: include_str!("phi_controls.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for table in &graph.tables {
        for it in table.columns.iter().filter(|it| holds_health_data(&it.personal)) {
            one(graph, table, it, say);
        }
    }
}

fn one(graph: &Graph, table: &Table, it: &Column, say: &mut Verdicts) {
    let node = column(table, it);
    let is_restricted = table.access.restricted_columns.contains(&it.name)
        || table.access.hidden_columns.contains(&it.name);
    let wide = graph.operations.iter().find(|operation| {
        operation.table.as_deref() == Some(table.node.id.as_str())
            && operation.effect.value() == Some(&OperationEffect::Reads)
            && matches!(
                operation.access.value(),
                Some(AccessShape::Everybody | AccessShape::SignedIn | AccessShape::Row)
            )
    });
    if it.is_encrypted.value() == Some(&false) {
        say.fail(&node, format!("`{}` holds health data in the clear", node.name))
            .at(it.origin.span, "no `encrypted`")
            .help("add `encrypted`")
            .because(
                "45 CFR 164.312(a)(2)(iv) asks for encryption, GDPR article 9 for special care",
            );
    } else if let (Some(operation), false) = (wide, is_restricted) {
        say.fail(&node, format!("`{}` can be read by callers who have nothing to do with the person", node.name))
            .at(it.origin.span, "health data")
            .also(operation.access.span(), "does not look who asks for whose row")
            .help("ask for a role or for the relation to the person, for the row or by a `field` rule for this member")
            .because(format!("`{}` is open to more than a role", operation.node.name));
    } else if it.is_encrypted.is_unknown() {
        say.cannot_tell(&node, "whether it is encrypted");
    } else {
        say.pass(&node);
    }
}
