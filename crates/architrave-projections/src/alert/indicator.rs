//! Service level indicators: what of an objective is measured, and by which figures of the running system.

use architrave_model::Slo;
use architrave_plan::{Plan, metric};

use crate::Material;

/// Window of objectives that name none, in microseconds: 30 days (Google, The Site Reliability Workbook, chapter 2).
pub(crate) const WINDOW_ASSUMED_US: i64 = 30 * 86_400_000_000;

/// One promise of an objective: so large a share of requests is good.
#[derive(Debug, Clone)]
pub(crate) struct Indicator {
    /// Name of the objective, e.g. `browse`.
    pub(crate) objective: String,
    /// `availability`, `latency_p99`.
    pub(crate) name: String,
    /// As a person calls it, e.g. "availability", "answers within 150 ms".
    pub(crate) title: String,
    /// Longest time of a good answer in microseconds; none: any answer that is no failure is good.
    pub(crate) latency_us: Option<i64>,
    /// Share of good requests that is promised, in parts per million.
    pub(crate) target_ppm: u32,
    /// Operations that are counted.
    pub(crate) operations: Vec<String>,
    /// In microseconds.
    pub(crate) window_us: i64,
    /// Requests that are expected in a window; none where no load is declared.
    pub(crate) events: Option<u64>,
}

/// Bad requests that a window must allow for before a share over an hour says anything: with fewer, each is a tenth
/// of the budget or more.
pub(crate) const BAD_EVENTS_MIN: u64 = 10;

/// The promises that can be counted. What an objective covers outside of the API has no figures yet.
pub(crate) fn indicators(material: &Material<'_>) -> Vec<Indicator> {
    material.plan.system.slos.iter().flat_map(|it| of_objective(it, material)).collect()
}

fn of_objective(slo: &Slo, material: &Material<'_>) -> Vec<Indicator> {
    let plan = material.plan;
    let operations = covered(slo, plan);
    if operations.is_empty() {
        return Vec::new();
    }
    let window_us = slo.window_us.unwrap_or(WINDOW_ASSUMED_US).max(1);
    let load = material.assessment.objectives.iter().find(|it| it.objective == slo.name.text);
    let events = load.map(|it| {
        let window_ms = u128::try_from(window_us / 1_000).unwrap_or(0);
        u64::try_from(u128::from(it.milli_per_s) * window_ms / 1_000_000).unwrap_or(u64::MAX)
    });
    let make = |name: String, title: String, latency_us, target_ppm| Indicator {
        objective: slo.name.text.clone(),
        name,
        title,
        latency_us,
        target_ppm,
        operations: operations.clone(),
        window_us,
        events,
    };
    let availability = slo
        .availability_ppm
        .map(|ppm| make("availability".to_owned(), "availability".to_owned(), None, ppm));
    let latencies = slo.latency.iter().map(|(percentile_ppm, us)| {
        let title = format!("answers within {}", architrave_model::words::time(*us));
        make(format!("latency_{}", percentile(*percentile_ppm)), title, Some(*us), *percentile_ppm)
    });
    availability.into_iter().chain(latencies).collect()
}

/// Operations of the API that an objective covers, in its order, each once.
pub(crate) fn covered(slo: &Slo, plan: &Plan) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for operation in slo.covers.iter().flat_map(|it| architrave_plan::covered(plan, &it.text)) {
        if !names.contains(&operation.name) {
            names.push(operation.name.clone());
        }
    }
    names
}

/// `p99`, `p99_9`
pub(crate) fn percentile(ppm: u32) -> String {
    let text = format!("p{}.{:04}", ppm / 10_000, ppm % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').replace('.', "_")
}

impl Indicator {
    /// Share of requests that may be bad, in parts per million.
    pub(crate) fn budget_ppm(&self) -> u32 {
        1_000_000_u32.saturating_sub(self.target_ppm)
    }

    /// Bad requests that a window allows for; none where no load is declared.
    pub(crate) fn bad_events(&self) -> Option<u64> {
        let bad = u128::from(self.events?) * u128::from(self.budget_ppm()) / 1_000_000;
        Some(u64::try_from(bad).unwrap_or(u64::MAX))
    }

    /// Whether so few requests come that a single bad one could page.
    pub(crate) fn has_low_traffic(&self) -> bool {
        self.bad_events().is_some_and(|it| it < BAD_EVENTS_MIN)
    }

    /// E.g. `browse availability`.
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.objective, self.name)
    }

    /// Labels of everything recorded about it.
    pub(crate) fn labels(&self) -> Vec<(&'static str, String)> {
        vec![("objective", self.objective.clone()), ("sli", self.name.clone())]
    }

    /// The selector of its operations, without brackets. Names of operations are letters, digits, `_` and `.`.
    pub(crate) fn selector(&self) -> String {
        match self.operations.as_slice() {
            [only] => format!("operation=\"{only}\""),
            all => {
                let names: Vec<String> = all.iter().map(|it| it.replace('.', "[.]")).collect();
                format!("operation=~\"{}\"", names.join("|"))
            }
        }
    }

    /// PromQL: the share of bad requests over a window, none without requests.
    pub(crate) fn errors(&self, window: &str) -> String {
        let operations = self.selector();
        match self.latency_us {
            None => {
                let requests = metric::REQUESTS.name;
                format!(
                    "(sum(rate({requests}{{{operations},status=~\"5..\"}}[{window}])) or vector(0))\n  \
                     / sum(rate({requests}{{{operations}}}[{window}]))"
                )
            }
            Some(us) => {
                let (name, bound) =
                    (metric::DURATION.name, metric::bound_text(u64::try_from(us).unwrap_or(0)));
                format!(
                    "1 - sum(rate({name}_bucket{{{operations},le=\"{bound}\"}}[{window}]))\n  \
                     / sum(rate({name}_count{{{operations}}}[{window}]))"
                )
            }
        }
    }

    /// Series of synthetic requests for trials: so many each step, of which so many are bad.
    pub(crate) fn series(&self, all: u64, bad: u64) -> Vec<(String, String)> {
        let Some(operation) = self.operations.first() else { return Vec::new() };
        let label = format!("operation=\"{operation}\"");
        let grows = |by: u64| format!("0+{by}x{}", super::burn::TRIAL_STEPS);
        match self.latency_us {
            None => {
                let name = metric::REQUESTS.name;
                vec![
                    (format!("{name}{{{label},status=\"200\"}}"), grows(all - bad)),
                    (format!("{name}{{{label},status=\"503\"}}"), grows(bad)),
                ]
            }
            Some(us) => {
                let name = metric::DURATION.name;
                let bound = metric::bound_text(u64::try_from(us).unwrap_or(0));
                vec![
                    (format!("{name}_bucket{{{label},le=\"{bound}\"}}"), grows(all - bad)),
                    (format!("{name}_count{{{label}}}"), grows(all)),
                ]
            }
        }
    }
}
