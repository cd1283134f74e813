//! Gathers everything an architect says of a system: verdicts, decisions, questions, capacity, cost, growth.

use architrave_model::{Assessment, RuleSummary, Waiver, graph::Graph, measurement::Measurements};

use crate::{
    Tables, decide_by,
    measure::{
        assumptions::assumptions,
        capacity::{Basis, capacity},
        cost::cost,
        increments::increments,
        prices::Prices,
        running,
        stages::stages,
        support::products,
    },
    open_questions,
    record::{self, Kept},
    review, rules, threats,
};

/// What is known beside the graph; [`Given::default`] where nothing is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'g> {
    /// What the owners of the system have accepted.
    pub waivers: &'g [Waiver],
    /// What a load run measured. Check it first: what it says is taken as it is.
    pub measurements: Option<&'g Measurements>,
    /// Decision records and the lock; none where nobody has written any.
    pub records: Kept<'g>,
    /// Up to how many times the peak capacity is told; ten where it is 0.
    pub factor: u64,
    /// Prices of the user's; none for those that come with the program.
    pub prices: Option<&'g Prices>,
    /// Whether open questions may be left out, which take most of the time: each answer is tried in a world of its
    /// own.
    pub is_without_questions: bool,
}

/// Ten times the peak, where nobody asked for another factor.
const FACTOR_DEFAULT: u64 = 10;

/// Assesses a system. Pure: the same graph gives the same bytes.
#[must_use]
pub fn assess(graph: &Graph, given: &Given<'_>) -> Assessment {
    let mut judged = review(graph);
    let _unused_waivers_are_told_by_reviews = judged.waive(given.waivers, graph.as_of_day);
    let crossings = threats::crossings(graph);
    let basis = match given.measurements {
        None => Basis::of(graph),
        measurements => Basis { measurements },
    };
    let factor = if given.factor == 0 { FACTOR_DEFAULT } else { given.factor };
    let precedents = record::precedents(given.records.files);
    let decisions = decide_by(Tables::ours(), graph, &precedents);
    let kept = record::keep(Tables::ours(), &decisions, graph, given.records);
    let prices = given.prices.cloned().unwrap_or_default();
    let capacity = capacity(graph, basis, factor);
    let chosen_store = decisions.iter().find(|it| it.id == "D-02").map(|it| it.chosen.as_str());
    Assessment {
        records: kept.records,
        as_of_day: graph.as_of_day,
        rules: rules().map(summary).collect(),
        threats: threats::threats(&crossings, &judged.verdicts),
        crossings,
        verdicts: judged.verdicts,
        questions: if given.is_without_questions { Vec::new() } else { open_questions(graph) },
        objectives: running::objective_loads(graph),
        restore: running::restore(graph),
        graph: graph.clone(),
        cost: cost(graph, basis, &prices),
        stages: capacity
            .as_ref()
            .map(|it| stages(graph, it, &decisions, &prices))
            .unwrap_or_default(),
        increments: increments(graph, given.waivers),
        products: products(graph, chosen_store.filter(|_| graph.is_closed)),
        assumptions: assumptions(graph, &decisions, capacity.as_ref(), &prices),
        decisions,
        capacity,
    }
}

fn summary(rule: &crate::Rule) -> RuleSummary {
    RuleSummary {
        id: rule.id,
        name: rule.name,
        summary: rule.title,
        family: rule.family.name(),
        impact: rule.impact,
        likelihood: rule.likelihood,
    }
}
