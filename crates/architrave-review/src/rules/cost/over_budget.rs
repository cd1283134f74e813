//! CST-01: infrastructure that costs more than the budget.

use architrave_model::graph::{Graph, Known};

use crate::measure::cost::{dollars, estimate, micro_usd_max};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-01",
    name: "over-budget",
    family: Family::Cost,
    title: "it costs more than it may",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Default prices of OpenCost",
        url: "https://github.com/opencost/opencost/blob/develop/configs/default.json",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("over_budget.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Known::Is((amount, currency), _) = &graph.needs.budget_per_month else { return };
    let Some(estimate) = estimate(graph) else {
        return say
            .cannot_tell(&graph.system, "the load at the busiest time (`peak` in `workload`)");
    };
    let Some(budget) = micro_usd_max(*amount, currency) else {
        return say.cannot_tell(&graph.system, format!("what a unit of {currency} is worth"));
    };
    let (least, most) = estimate.range_micro_usd();
    if least <= budget {
        return say.pass(&graph.system);
    }
    let mut failure = say
        .fail(
            &graph.system,
            format!(
                "infrastructure costs {} to {} a month, the budget is {} at most",
                dollars(least),
                dollars(most),
                dollars(budget)
            ),
        )
        .at_fact(&graph.needs.budget_per_month, "what it may cost")
        .help("serve less, send less, or allow more; the dearest part comes first below")
        .because(format!(
            "budget {}.{:02} {currency} (declared), changed at a rate that is kind to it (assumed)",
            amount / 100,
            amount % 100
        ));
    for line in &estimate.lines {
        failure = failure.because(format!(
            "{}: {} to {} ({})",
            line.what,
            dollars(line.micro_usd.0),
            dollars(line.micro_usd.1),
            line.because
        ));
    }
}
