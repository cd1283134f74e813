//! Gathers everything an architect says of a system: verdicts, decisions, questions, capacity, cost, growth.

use architrave_model::{Assessment, RuleSummary, Waiver, graph::Graph};

use crate::{decide, open_questions, review, rules};

/// Assesses a system. Pure: the same graph gives the same bytes. Decision records are of files, hence the caller's.
#[must_use]
pub fn assess(graph: &Graph, waivers: &[Waiver]) -> Assessment {
    let mut judged = review(graph);
    let _unused_waivers_are_told_by_reviews = judged.waive(waivers, graph.as_of_day);
    Assessment {
        as_of_day: graph.as_of_day,
        rules: rules().map(summary).collect(),
        verdicts: judged.verdicts,
        decisions: decide(graph),
        questions: open_questions(graph),
        graph: graph.clone(),
        ..Assessment::default()
    }
}

fn summary(rule: &crate::Rule) -> RuleSummary {
    RuleSummary { id: rule.id, name: rule.name, summary: rule.title, family: rule.family.name() }
}
