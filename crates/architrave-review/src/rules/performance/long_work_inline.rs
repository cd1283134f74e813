//! PRF-08: work of seconds that somebody waits for.

use architrave_model::graph::{Graph, Objective};

use crate::measure::words::{list, percent, time};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-08",
    name: "long-work-inline",
    family: Family::Performance,
    title: "a caller waits for work that takes seconds",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Asynchronous Request-Reply pattern (Azure Architecture Center)",
        url: "https://learn.microsoft.com/en-us/azure/architecture/patterns/async-request-reply",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("long_work_inline.md"),
    judge,
};

/// Longest time that one request in twenty may take while somebody waits.
const WAIT_US_MAX: i64 = 2_000_000;
const P95_PPM: u32 = 950_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        judge_one(objective, say);
    }
}

fn judge_one(objective: &Objective, say: &mut Verdicts) {
    // Up to the 95th percentile: what only the slowest hundredth takes is a tail, not the work.
    let usual = objective.latency.iter().filter(|it| it.0 <= P95_PPM).max_by_key(|it| it.1);
    let Some((percentile, us)) = usual else { return };
    if *us <= WAIT_US_MAX {
        return say.pass(&objective.node);
    }
    let names: Vec<&str> = objective
        .covers
        .iter()
        .map(|it| it.split_once(':').map_or(it.as_str(), |it| it.1))
        .collect();
    let share = percent(u64::from(1_000_000 - percentile));
    say.fail(&objective.node, format!("{share} of the callers of {} wait more than {}", list(&names), time(*us)))
        .help("answer at once that the work has begun, and do it in a `saga` or a `schedule`; the caller learns of the end by an event")
        .because(format!("{} within {} (declared); connections, proxies and people give up before that", percent(u64::from(*percentile)), time(*us)));
}
