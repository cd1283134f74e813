//! CMP-06: somebody else is given personal data, and nothing was agreed with them.

use std::collections::BTreeSet;

use architrave_model::{
    Change, Proposal,
    graph::{External, Graph, Known},
};

use super::regimes;
use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "CMP-06",
    name: "processor-undeclared",
    family: Family::Compliance,
    title: "somebody is given personal data without an agreement",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "GDPR, article 28: processor",
        url: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_28",
    }],
    maps: &[("GDPR", "28")],
    reads_names: false,
    page: include_str!("processor_undeclared.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(regime) = regimes::that_gives_rights(graph) else { return };
    for external in &graph.externals {
        let given: BTreeSet<&str> = graph
            .edges
            .iter()
            .filter(|it| it.to == external.node.id)
            .filter_map(|it| it.personal_data.value())
            .flatten()
            .map(String::as_str)
            .collect();
        if given.is_empty() {
            continue;
        }
        match &external.has_processing_agreement {
            Known::Is(true, _) => say.pass(&external.node),
            Known::Unknown => {
                say.cannot_tell(&external.node, "whether an agreement on personal data exists")
            }
            Known::Is(false, _) | Known::Absent(_) => {
                let given: Vec<&str> = given.into_iter().collect();
                undeclared(external, &given, regime, say);
            }
        }
    }
}

fn undeclared(external: &External, given: &[&str], regime: &str, say: &mut Verdicts) {
    let failure = say
        .fail(&external.node, format!("`{}` is given personal data, and no agreement is named", external.node.name))
        .at_fact(&external.has_processing_agreement, "no `processing_agreement`")
        .help("name it: `processing_agreement = \"DPA of 2026-02-01, legal/mail.pdf\"`; if there is none, make one before the first message")
        .because(format!("given to it: {}", list(given)))
        .because(format!("the blueprint is subject to `{regime}`"));
    if let Some(block) = external.has_processing_agreement.span() {
        failure.propose(Proposal {
            title: "name the agreement".to_owned(),
            is_unambiguous: false,
            changes: vec![Change::Set {
                block,
                name: "processing_agreement".to_owned(),
                value: "\"DPA of …\"".to_owned(),
            }],
        });
    }
}
