//! How a system grows: stages, each with the load at which it breaks, what to watch, and when to move on.
//!
//! A stage is listed where it bears more than the one before it, or where a promise asks for it whatever the load.
//! Triggers stand below the target by as much as the load grows while the move is made.

use architrave_model::{
    capacity::{Capacity, Cost, LoadPoint, Stage},
    decision::{Decision, Trigger},
    graph::Graph,
    words::{self, percent, rate},
};
use architrave_plan::metric;

use super::{
    assumed,
    capacity::{
        Load, PROCESSOR, TARGET_PPM, WRITER, days_until, growth_ppm, load as declared_load,
        months_of_horizon, scaled, spare,
    },
    continents::{continent, round_trip_between},
    cost::{Machines, cost_of},
    data::Datum,
    prices::Prices,
};

/// What the declared peak takes, in parts per million of one processor and of the writer.
#[derive(Debug, Clone, Copy)]
struct Taken {
    processor: u64,
    writer: u64,
    reads_ppm: u64,
    peak_milli: u64,
}

/// What a stage bears.
#[derive(Debug, Clone)]
struct Limit {
    milli_per_s: u64,
    breaks: &'static str,
    /// Which figure shows it coming.
    watch: Watch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watch {
    Processor,
    Writer,
    Requests,
}

/// A stage before its neighbours are known.
struct Draft {
    id: &'static str,
    title: String,
    what: String,
    limit: Option<Limit>,
    lead_time_days: u32,
    steps: Vec<&'static str>,
    gives_up: &'static str,
    machines: fn(u64) -> Machines,
    due: Option<String>,
    /// Whether it bears more; else it is for something that no load brings about.
    is_for_load: bool,
}

/// The stages of a system whose capacity is known, the one it starts in first.
#[must_use]
pub fn stages(
    graph: &Graph,
    capacity: &Capacity,
    decisions: &[Decision],
    prices: &Prices,
) -> Vec<Stage> {
    let (Some(taken), Some(load)) = (taken(graph, capacity), declared_load(graph)) else {
        return Vec::new();
    };
    let mut kept = worth_it(drafts(graph, taken, decisions));
    kept.extend(abroad(graph));
    let mut stages = Vec::new();
    let mut starts_at = taken.peak_milli;
    for (position, draft) in kept.iter().enumerate() {
        let next = kept.get(position + 1);
        let nodes = nodes_at(graph, taken, starts_at, draft);
        let machines = (draft.machines)(nodes);
        let load = Load { milli_per_s: starts_at.max(taken.peak_milli), ..load };
        let cost = cost_of(graph, load, machines, prices);
        stages.push(stage(graph, taken, draft, next, nodes, cost));
        // What is due whatever the load begins at the load of today.
        if next.is_none_or(|it| it.due.is_none()) {
            starts_at = draft.limit.as_ref().map_or(starts_at, |it| it.milli_per_s.max(starts_at));
        }
    }
    stages
}

fn taken(graph: &Graph, capacity: &Capacity) -> Option<Taken> {
    let peak: &LoadPoint = capacity.loads.iter().find(|it| it.factor_permille == 1_000)?;
    let busy = |id: &str| peak.uses.iter().find(|it| it.resource == id).map(|it| it.ppm);
    Some(Taken {
        processor: busy(PROCESSOR)?.saturating_mul(assumed::CORES.value),
        writer: busy(WRITER)?,
        reads_ppm: declared_load(graph)?.read_ppm,
        peak_milli: capacity.peak_milli_per_s,
    })
}

impl Taken {
    /// The load at which so many of a resource are busy up to the target.
    fn bears(&self, busy_ppm: u64, how_many: u64) -> u64 {
        if busy_ppm == 0 {
            return u64::MAX;
        }
        scaled(self.peak_milli, TARGET_PPM.saturating_mul(how_many), busy_ppm)
    }

    fn processors(&self, cores: u64) -> Limit {
        Limit {
            milli_per_s: self.bears(self.processor, cores),
            breaks: "the processors of the node",
            watch: Watch::Processor,
        }
    }

    fn writer(&self, writers: u64) -> Limit {
        Limit {
            milli_per_s: self.bears(self.writer, writers),
            breaks: "the one writer of the database",
            watch: Watch::Writer,
        }
    }

    /// The processors of the database server, of which it serves a part of all requests.
    fn database(&self, part_ppm: u64, servers: u64) -> Limit {
        let busy = scaled(
            scaled(self.processor, assumed::DATABASE_SHARE.value, 1_000_000),
            part_ppm,
            1_000_000,
        );
        Limit {
            milli_per_s: self.bears(busy, assumed::DATABASE_CORES.value * servers),
            breaks: "the processors of the database server",
            watch: Watch::Requests,
        }
    }
}

fn least(limits: Vec<Limit>) -> Option<Limit> {
    limits.into_iter().min_by_key(|it| it.milli_per_s)
}

fn drafts(graph: &Graph, taken: Taken, decisions: &[Decision]) -> Vec<Draft> {
    let mut all = vec![single(graph, taken), bigger(taken), shared(taken, due(decisions))];
    // Where no answer may be old, a replica could answer nothing.
    if graph.needs.staleness_us.value() != Some(&0) {
        all.push(replicas(taken));
    }
    all.push(split(graph, taken));
    all
}

fn single(graph: &Graph, taken: Taken) -> Draft {
    let beside = if spare(graph) > 0 {
        "a second machine that follows its journal and takes over"
    } else {
        "a copy of the journal elsewhere"
    };
    Draft {
        id: "S0",
        title: "one node with SQLite".to_owned(),
        what: format!(
            "One process on {} with its database beside it, and {beside}.",
            assumed::CORES.shown()
        ),
        limit: least(vec![taken.processors(assumed::CORES.value), taken.writer(1)]),
        lead_time_days: 0,
        steps: Vec::new(),
        gives_up: "",
        machines: |nodes| on(nodes, assumed::CORES.value, 0),
        due: None,
        is_for_load: true,
    }
}

fn bigger(taken: Taken) -> Draft {
    Draft {
        id: "S1",
        title: "a larger node with SQLite".to_owned(),
        what: format!("The same process on {}.", assumed::CORES_LARGE.shown()),
        limit: least(vec![taken.processors(assumed::CORES_LARGE.value), taken.writer(1)]),
        lead_time_days: 7,
        steps: vec![
            "run the load test on a machine of the new size; go on only if the limit moves as expected",
            "bring the latest backup back on the new machine and let it follow the journal",
            "stop the old process, let the new one catch up, and point the address at it",
            "keep the old machine for a week",
        ],
        gives_up: "the smaller bill, and some minutes of writes while the process moves",
        machines: |nodes| on(nodes, assumed::CORES_LARGE.value, 0),
        due: None,
        is_for_load: true,
    }
}

fn shared(taken: Taken, due: Option<String>) -> Draft {
    Draft {
        id: "S2",
        title: "several nodes with PostgreSQL".to_owned(),
        what: "Nodes that keep nothing, before a PostgreSQL primary with a synchronous standby."
            .to_owned(),
        limit: least(vec![taken.writer(1), taken.database(1_000_000, 1)]),
        lead_time_days: 42,
        steps: vec![
            "set up the primary and its synchronous standby, and prove that the standby takes over within the recovery time that is promised",
            "expand: make the schema there, copy the rows, and let it follow the journal",
            "run the load test against the copy; go on only if every objective is met",
            "stop writes, let the copy catch up, compare both, and switch",
            "add the second node behind the balancer",
            "contract: keep the SQLite file for reading until the first restore drill of PostgreSQL has passed, then archive it",
        ],
        gives_up: "the embedded database: a server to patch, tune and watch, a network between every statement and its rows, and the copy of a file as backup",
        machines: |nodes| on(nodes, assumed::CORES.value, 2),
        due,
        is_for_load: true,
    }
}

fn replicas(taken: Taken) -> Draft {
    let writes_ppm = 1_000_000 - taken.reads_ppm;
    Draft {
        id: "S3",
        title: "reads from replicas".to_owned(),
        what: "As before, with PostgreSQL replicas that answer reads which may be a little old."
            .to_owned(),
        limit: least(vec![taken.writer(1), taken.database(writes_ppm.max(1), 1)]),
        lead_time_days: 28,
        steps: vec![
            "say of each read how old its answer may be; what may not be old stays with the primary",
            "add a replica and watch its lag for a week",
            "send reads to it, operation by operation, those that are asked most first",
        ],
        gives_up: "reading one's own writes wherever a replica answers",
        machines: |nodes| on(nodes, assumed::CORES.value, 4),
        due: None,
        is_for_load: true,
    }
}

fn split(graph: &Graph, taken: Taken) -> Draft {
    let parts = assumed::PARTITIONS.value;
    let has_tenants = graph.needs.tenants.value().is_some_and(|it| *it > 1);
    let writes_ppm = 1_000_000 - taken.reads_ppm;
    if has_tenants {
        return Draft {
            id: "S4",
            title: "tenants over several databases".to_owned(),
            what: format!("{parts} primaries, each with some of the tenants."),
            limit: least(vec![taken.writer(parts), taken.database(writes_ppm.max(1), parts)]),
            lead_time_days: 75,
            steps: vec![
                "list what is asked across tenants: each of these needs another way, or goes",
                "decide by the share of the largest tenant which tenants move together",
                "move one small tenant, and prove that it can be moved back",
                "move the rest in groups, the largest alone",
            ],
            gives_up: "asking anything across all tenants in one statement",
            machines: |nodes| on(nodes, assumed::CORES.value, 2 * assumed::PARTITIONS.value),
            due: None,
            is_for_load: true,
        };
    }
    Draft {
        id: "S4",
        title: "the busiest context with a store of its own".to_owned(),
        what: "The context that writes most runs as a service with its own database; contexts already touch each other along declared dependencies only.".to_owned(),
        limit: None,
        lead_time_days: 75,
        steps: vec![
            "measure which context the writer works for, by operation",
            "let its events be read from outside instead of joining its rows",
            "move its tables with expand and contract, then its operations",
        ],
        gives_up: "one transaction across that context and the others",
        machines: |nodes| on(nodes, assumed::CORES.value, 4),
        due: None,
        is_for_load: true,
    }
}

/// A second region, where people are on a continent on which the system does not run.
fn abroad(graph: &Graph) -> Option<Draft> {
    let regions = graph.needs.regions.value()?;
    let home: Vec<&str> = regions.iter().filter_map(|it| continent(it)).collect();
    let from = graph.needs.users_from.value()?.iter().filter_map(|it| continent(it));
    let mut far: Vec<(&str, Datum)> = from
        .filter(|it| !home.contains(it))
        .filter_map(|it| {
            let distances = home.iter().filter_map(|home| round_trip_between(home, it));
            Some((it, distances.min_by_key(|it| it.value)?))
        })
        .collect();
    far.sort_by_key(|it| std::cmp::Reverse(it.1.value));
    let (there, distance) = far.into_iter().next()?;
    let there = there.replace('_', " ");
    let has_tenants = graph.needs.tenants.value().is_some_and(|it| *it > 1);
    let (what, gives_up) = if has_tenants {
        (
            "each tenant has a home region that keeps its rows and takes its writes",
            "one place where all rows are, and moving a tenant between regions without a pause of its writes",
        )
    } else {
        (
            "replicas there answer reads that may be a little old, and writes go to the first region",
            "reading one's own writes at once when far from the first region",
        )
    };
    Some(Draft {
        id: "S5",
        title: format!("a second region, in {there}"),
        what: format!("The same once more in {there}; {what}."),
        limit: None,
        lead_time_days: 120,
        steps: vec![
            "find out how much of the time that people wait is the way there: measure it where they are",
            "decide for each kind of data whether it may leave its region, and write that down",
            "set up the second region empty, and let it follow the journal",
            "send a small share of the people there, and compare what they wait for",
            "lose the second region on purpose, and prove that the first one serves all",
        ],
        gives_up,
        machines: |nodes| on(2 * nodes, assumed::CORES.value, 4),
        due: Some(format!(
            "people in {there} are at least {} away from {}, there and back, before anything is worked out ({}, {})",
            words::time(i64::try_from(distance.value).unwrap_or(0)),
            regions.join(", "),
            distance.source,
            distance.checked
        )),
        is_for_load: false,
    })
}

fn on(nodes: u64, cores: u64, databases: u64) -> Machines {
    Machines { nodes: (nodes, nodes, nodes), cores, databases, stores: databases.clamp(1, 2) }
}

/// Why the next store is due whatever the load: the table chose it, and its reason is no load.
fn due(decisions: &[Decision]) -> Option<String> {
    let decision = decisions.iter().find(|it| it.id == "D-02" && it.chosen != "sqlite")?;
    let embedded = decision.options.iter().find(|it| it.name == "sqlite")?;
    Some(embedded.ruled_out.clone().unwrap_or_else(|| decision.because.clone()))
}

/// The first stage, those that are due, and those that bear more than the last one kept.
fn worth_it(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut kept: Vec<Draft> = Vec::new();
    let is_due_later = |kept: &[Draft], all: &[Draft]| {
        all.iter().any(|it| it.due.is_some()) && kept.iter().all(|it| it.due.is_none())
    };
    let mut rest = drafts;
    while !rest.is_empty() {
        let draft = rest.remove(0);
        let bears = |it: &Draft| it.limit.as_ref().map_or(u64::MAX, |it| it.milli_per_s);
        let is_more = kept.last().is_none_or(|it| bears(&draft) > bears(it));
        // A larger node helps nobody whose promise asks for a second one.
        let is_beside = !kept.is_empty() && draft.due.is_none() && is_due_later(&kept, &rest);
        if kept.is_empty() || draft.due.is_some() || (is_more && !is_beside) {
            kept.push(draft);
        }
    }
    kept
}

/// Nodes at the load at which a stage begins.
fn nodes_at(graph: &Graph, taken: Taken, starts_at: u64, draft: &Draft) -> u64 {
    let cores = (draft.machines)(1).cores;
    let busy = scaled(taken.processor, starts_at, taken.peak_milli);
    let is_single = (draft.machines)(1).databases == 0;
    let own = if is_single { 1_000_000 } else { 1_000_000 - assumed::DATABASE_SHARE.value };
    let for_load = (scaled(busy, own, 1_000_000) / cores).div_ceil(TARGET_PPM).max(1);
    let spare = if is_single { spare(graph) } else { spare(graph).max(1) };
    if is_single { 1 + spare } else { for_load + spare }
}

fn stage(
    graph: &Graph,
    taken: Taken,
    draft: &Draft,
    next: Option<&Draft>,
    nodes: u64,
    cost: Cost,
) -> Stage {
    let limit = draft.limit.as_ref();
    // No load leads to a stage that bears no more.
    let next = next.filter(|it| it.is_for_load);
    let lead = next.map_or(0, |it| it.lead_time_days);
    let moving = next.zip(limit);
    Stage {
        id: draft.id.to_owned(),
        title: draft.title.clone(),
        what: draft.what.clone(),
        is_due_because: draft.due.clone(),
        nodes,
        holds_until_milli_per_s: limit.map(|it| it.milli_per_s),
        breaks_first: limit.map_or_else(String::new, |it| it.breaks.to_owned()),
        trigger: moving.map(|(_, limit)| trigger(graph, limit, lead)),
        expected_day: moving.and_then(|(_, limit)| expected(graph, taken, limit, lead)),
        lead_time_days: draft.lead_time_days,
        steps: draft.steps.iter().map(|it| (*it).to_owned()).collect(),
        gives_up: draft.gives_up.to_owned(),
        cost: Some(cost),
    }
}

/// The day on which the move has to begin; none where that lies beyond the horizon.
fn expected(graph: &Graph, taken: Taken, limit: &Limit, lead_days: u32) -> Option<i32> {
    let (growth, is_assumed) = growth_ppm(graph);
    if is_assumed {
        return None;
    }
    let days = days_until(growth, scaled(limit.milli_per_s, 1_000, taken.peak_milli))?;
    let (months, _) = months_of_horizon(graph);
    let start = i32::try_from(days.saturating_sub(lead_days)).ok()?;
    (days <= months.saturating_mul(31)).then(|| graph.as_of_day.saturating_add(start))
}

/// The condition to move on: the target, less the growth during the move.
fn trigger(graph: &Graph, limit: &Limit, lead_days: u32) -> Trigger {
    let (growth, _) = growth_ppm(graph);
    // Growth within a month is taken as even: the difference is far below the error of the demands.
    let grown = 1_000_000 + scaled(growth, u64::from(lead_days), 30);
    let threshold = scaled(TARGET_PPM, 1_000_000, grown) / 10_000;
    let share = format!("0.{threshold:02}");
    let title = |what: &str| {
        format!(
            "the busiest five minutes of a week took more than {} of {what} (the target is {}; the rest grows while the move takes {lead_days} days)",
            percent(threshold * 10_000),
            percent(TARGET_PPM)
        )
    };
    match limit.watch {
        Watch::Writer => Trigger {
            title: title("the one writer's time"),
            expression: format!(
                "max_over_time(rate({}[5m])[7d:5m]) > {share}",
                metric::WRITER_TIME.name
            ),
        },
        Watch::Processor => Trigger {
            title: title("the processors' time"),
            expression: format!(
                "max_over_time(rate({}[5m])[7d:5m]) / {} > {share}",
                metric::CPU_TIME.name,
                metric::PROCESSORS.name
            ),
        },
        Watch::Requests => {
            let milli = scaled(limit.milli_per_s, 1_000_000, grown);
            Trigger {
                title: format!(
                    "the busiest five minutes of a week brought more than {} (at {} {} are at the target; the rest grows while the move takes {lead_days} days)",
                    rate(milli / 1_000 * 1_000),
                    rate(limit.milli_per_s / 1_000 * 1_000),
                    limit.breaks
                ),
                expression: format!(
                    "max_over_time(sum(rate({}[5m]))[7d:5m]) > {}",
                    metric::REQUESTS.name,
                    milli / 1_000
                ),
            }
        }
    }
}
