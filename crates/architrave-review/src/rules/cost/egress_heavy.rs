//! CST-04: traffic that makes up most of the bill.

use architrave_model::graph::Graph;

use crate::measure::cost::{dollars, estimate};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-04",
    name: "egress-heavy",
    family: Family::Cost,
    title: "what is sent costs more than what sends it",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Default prices of OpenCost",
        url: "https://github.com/opencost/opencost/blob/develop/configs/default.json",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("egress_heavy.md"),
    judge,
};

/// Traffic below this, in millionths of a dollar a month, is not worth anybody's time.
const WORTH_IT_MICRO_USD: u64 = 500_000_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(estimate) = estimate(graph) else { return };
    let Some(traffic) = estimate.lines.iter().find(|it| it.what == "traffic") else { return };
    let middle = |(least, most): (u64, u64)| least + (most - least) / 2;
    let sent = middle(traffic.micro_usd);
    let rest = middle(estimate.range_micro_usd()).saturating_sub(sent);
    if sent <= WORTH_IT_MICRO_USD || sent <= rest {
        return say.pass(&graph.system);
    }
    say.fail(&graph.system, format!(
        "sending answers costs {} a month, everything else {}", dollars(sent), dollars(rest)))
        .at_fact(&graph.needs.peak_milli_per_s, "so much is sent")
        .help("let clients and an edge keep answers (they carry tags for it), send fewer fields (`fields=`), or choose a provider that does not charge by the gigabyte")
        .because(traffic.because.clone())
        .because("$0.12 a GB (documented: OpenCost's default for the internet)");
}
