//! FIT-08: services that run all day for minutes of work.

use architrave_model::graph::{Graph, Known};

use super::units::{names, units};
use crate::measure::words::{list, percent};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-08",
    name: "serverless-candidate",
    family: Family::Fit,
    title: "services run all day for minutes of work",
    impact: 0,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[Source {
        title: "Is your app a good fit for Cloud Run? (Google Cloud)",
        url: "https://docs.cloud.google.com/run/docs/fit-for-run",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("serverless_candidate.md"),
    judge,
};

/// Share of the time with work below which idle time is most of the bill, in parts per million.
const BUSY_MIN_PPM: u32 = 100_000;
/// Times the mean above which machines for the peak stand idle.
const PEAK_TO_MEAN_MAX: u64 = 10;

fn judge(graph: &Graph, say: &mut Verdicts) {
    // Ours keeps its data beside itself, and what is stopped keeps nothing.
    if graph.is_closed {
        return;
    }
    let mut running = units(graph);
    running.retain(|unit| {
        let mut mine = graph.services.iter().filter(|it| unit.ids.contains(it.node.id.as_str()));
        mine.all(|it| it.is_serverless.value() != Some(&true))
    });
    let Some(first) = running.first() else { return };
    let (busy, peak) = (&graph.needs.busy_ppm, &graph.needs.peak_to_mean);
    match (busy, peak) {
        (Known::Is(busy, _), _) if *busy >= BUSY_MIN_PPM => say.pass(&graph.system),
        (_, Known::Is(times, _)) if *times <= PEAK_TO_MEAN_MAX => say.pass(&graph.system),
        (Known::Is(share, _), Known::Is(times, _)) => {
            say.fail(&graph.system, format!("there is work in {} of the time, and {} run all of it", percent(u64::from(*share)), list(&names(&running))))
                .at(busy.span(), "hardly ever busy")
                .also(first.node.origin.span, "always there")
                .help("where a service keeps nothing on its own disk, answers requests alone and may take a second to start, run it where idle time is not paid (Knative, Cloud Run)")
                .because(format!("work in {} of the time, a peak of {times} times the mean (declared)", percent(u64::from(*share))))
                .because(format!("below {} and above {PEAK_TO_MEAN_MAX} times, machines for the peak are mostly idle (judgement)", percent(u64::from(BUSY_MIN_PPM))));
        }
        (Known::Is(..), _) => say.cannot_tell(
            &graph.system,
            "how many times the mean the peak is (`peak_to_mean` in `workload`)",
        ),
        _ => say.cannot_tell(
            &graph.system,
            "in what share of the time there is work (`busy` in `workload`)",
        ),
    }
}
