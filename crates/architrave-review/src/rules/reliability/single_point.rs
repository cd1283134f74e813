//! REL-09: one element without a second whose failure alone breaks a promise.

use architrave_model::graph::{Graph, Known, Objective, StoreKind};

use crate::measure::{
    availability::budget_us,
    words::{percent, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-09",
    name: "single-point-of-failure",
    family: Family::Reliability,
    title: "one failure alone breaks the promised availability",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Embracing risk (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/embracing-risk/",
    }],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("single_point.md"),
    judge,
};

/// What is promised below this needs no second of anything (three nines of a month are 43 minutes).
const AVAILABILITY_MIN_PPM: u32 = 999_000;

fn judge(graph: &Graph, say: &mut Verdicts) {
    if !runs_once(graph) {
        return;
    }
    for objective in &graph.needs.objectives {
        judge_objective(graph, objective, say);
    }
}

/// An embedded database is written by one process: there is no second that could take over.
fn runs_once(graph: &Graph) -> bool {
    let is_embedded = |it: &Known<String>| it.value().is_some_and(|it| it == "sqlite");
    graph
        .stores
        .iter()
        .any(|it| it.kind.value() == Some(&StoreKind::Relational) && is_embedded(&it.product))
}

fn judge_objective(graph: &Graph, objective: &Objective, say: &mut Verdicts) {
    let Some(&promised) = objective.availability_ppm.value() else { return };
    if promised < AVAILABILITY_MIN_PPM {
        return say.pass(&objective.node);
    }
    let Some(&window) = objective.window_us.value() else {
        return say.cannot_tell(&objective.node, "the window that the promise is about (`window`)");
    };
    let Some(&rto) = graph.needs.rto_us.value() else {
        return say
            .cannot_tell(&objective.node, "how long recovery may take (`rto` in `recovery`)");
    };
    let budget = budget_us(promised, window);
    if rto <= budget {
        return say.pass(&objective.node);
    }
    let name = &objective.node.name;
    say.fail(
        &objective.node,
        format!(
            "one failure takes {} to mend, but `{name}` may be down for {} in {}",
            time(rto),
            time(budget),
            time(window)
        ),
    )
    .at_fact(
        &objective.availability_ppm,
        format!("{} of {} leave {}", percent(u64::from(promised)), time(window), time(budget)),
    )
    .also(graph.needs.rto_us.span(), "recovery may take longer than that")
    .help("promise less, recover faster, or keep a second node ready to take over")
    .because(format!("objective {} over {} (declared)", percent(u64::from(promised)), time(window)))
    .because(format!("recovery may take {} (declared)", time(rto)))
    .because("everything runs in one process with its database, so that no other takes over");
}
