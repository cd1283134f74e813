//! CST-07: figures of the program that nobody has looked at for long.

use architrave_model::graph::Graph;

use crate::measure::{cost, data};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-07",
    name: "stale-prices",
    family: Family::Cost,
    title: "an estimate rests on old prices",
    impact: 0,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Default prices of OpenCost",
        url: "https://github.com/opencost/opencost/blob/develop/configs/default.json",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("stale_prices.md"),
    judge,
};

/// Half a year: list prices of clouds change a few times a year, one at a time.
const AGE_DAYS_MAX: i32 = 180;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if cost::estimate(graph).is_none() {
        return;
    }
    let is_measured = graph.measured.as_ref().is_some_and(|it| it.run.noise.is_quiet);
    let demands = data::demands_checked_on().filter(|_| !is_measured);
    let age = |day: Option<i32>| day.map_or(0, |it| graph.as_of_day.saturating_sub(it));
    let old: Vec<String> =
        [("prices", age(data::prices_checked_on())), ("what a request takes", age(demands))]
            .into_iter()
            .filter(|it| it.1 > AGE_DAYS_MAX)
            .map(|(what, days)| format!("{what} {days} days ago"))
            .collect();
    if old.is_empty() {
        return say.pass(&graph.system);
    }
    say.fail(&graph.system, format!("figures were last looked up long ago: {}", old.join(", ")))
        .at_fact(&graph.needs.peak_milli_per_s, "what this costs is estimated by them")
        .help("take a newer release of architrave, or put the prices of your own contract beside the estimate")
        .because(format!("{AGE_DAYS_MAX} days are as long as figures are taken for current"));
}
