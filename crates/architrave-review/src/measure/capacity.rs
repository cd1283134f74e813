//! Utilisation by resource: `U = sum over classes of rate x demand / how many there are` (operational analysis).

use architrave_model::graph::{Graph, Known, StoreKind};

use super::data::{Datum, demand};

/// Share of a resource that may be busy, in parts per million. An M/M/4 queue with a service time of 10 ms has
/// a 95th percentile of 31.5, 37.5, 47.4, 81.7 and 155 ms at 50, 70, 80, 90 and 95 %: the knee is past 80 %, and
/// 60 % leaves room for bursts.
pub const TARGET_PPM: u64 = 600_000;
/// Processors of a node, where nobody said.
pub const CORES_ASSUMED: u64 = 4;
/// Share of reads, where nobody said, in parts per million: ten reads to a write.
const READ_SHARE_ASSUMED_PPM: u64 = 909_000;

/// A resource that can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// Processors of one node; more nodes have more.
    Processor,
    /// The one writer of an embedded database; more nodes do not have more.
    Writer,
}

impl Resource {
    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Processor => "processors",
            Self::Writer => "the one writer of the database",
        }
    }
}

/// How busy a resource is at a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utilisation {
    /// Which.
    pub resource: Resource,
    /// In parts per million; more than a million where it cannot keep up.
    pub ppm: u64,
    /// How it comes about, with the source of every number, one sentence each.
    pub because: Vec<String>,
}

/// What a system is asked at its busiest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Requests per second, in thousandths.
    pub milli_per_s: u64,
    /// Share that reads, in parts per million.
    pub read_ppm: u64,
    /// Whether the share was assumed.
    pub is_share_assumed: bool,
}

/// The declared load; none where no peak is known.
#[must_use]
pub fn load(graph: &Graph) -> Option<Load> {
    let share = graph.needs.read_share_ppm.value().copied().map(u64::from);
    Some(Load {
        milli_per_s: *graph.needs.peak_milli_per_s.value()?,
        read_ppm: share.unwrap_or(READ_SHARE_ASSUMED_PPM).min(1_000_000),
        is_share_assumed: share.is_none(),
    })
}

/// How busy each resource of one node of ours is at a load, the busiest first. Empty for systems that are not
/// ours: nobody knows what a request of theirs takes.
#[must_use]
pub fn utilisations(graph: &Graph, load: Load) -> Vec<Utilisation> {
    if !graph.is_closed {
        return Vec::new();
    }
    let (Some(read), Some(write), Some(writer)) =
        (demand("read_cpu"), demand("write_cpu"), demand("write_writer"))
    else {
        return Vec::new();
    };
    let reads = part(load.milli_per_s, load.read_ppm);
    let writes = load.milli_per_s - reads;
    let processor = Utilisation {
        resource: Resource::Processor,
        ppm: busy_ppm(&[(reads, read), (writes, write)]) / CORES_ASSUMED,
        because: vec![
            split(load, reads, writes),
            said(read),
            said(write),
            format!("{CORES_ASSUMED} processors a node (assumed)"),
        ],
    };
    let mut all = vec![processor];
    if has_one_writer(graph) {
        all.push(Utilisation {
            resource: Resource::Writer,
            ppm: busy_ppm(&[(writes, writer)]),
            because: vec![split(load, reads, writes), said(writer)],
        });
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.ppm));
    all
}

/// Nodes that keep their processors at the target.
#[must_use]
pub fn nodes(graph: &Graph, load: Load) -> Option<u64> {
    let all = utilisations(graph, load);
    let processor = all.iter().find(|it| it.resource == Resource::Processor)?;
    Some(processor.ppm.div_ceil(TARGET_PPM).max(1))
}

/// Whether everything is written by one thread of one process.
fn has_one_writer(graph: &Graph) -> bool {
    let is_embedded = |it: &Known<String>| it.value().is_some_and(|it| it == "sqlite");
    graph
        .stores
        .iter()
        .any(|it| it.kind.value() == Some(&StoreKind::Relational) && is_embedded(&it.product))
}

/// Busy time in parts per million of a second: thousandths per second times nanoseconds.
fn busy_ppm(classes: &[(u64, Datum)]) -> u64 {
    let sum: u128 = classes.iter().map(|(rate, it)| u128::from(*rate) * u128::from(it.value)).sum();
    u64::try_from(sum / 1_000_000).unwrap_or(u64::MAX)
}

fn part(of: u64, ppm: u64) -> u64 {
    u64::try_from(u128::from(of) * u128::from(ppm) / 1_000_000).unwrap_or(u64::MAX)
}

fn split(load: Load, reads: u64, writes: u64) -> String {
    let rate = super::words::rate;
    let note = if load.is_share_assumed { " (share of reads assumed: ten to one)" } else { "" };
    format!(
        "peak {} = {} reads and {} writes{note}",
        rate(load.milli_per_s),
        rate(reads),
        rate(writes)
    )
}

fn said(datum: Datum) -> String {
    let us = datum.value / 1_000;
    format!("{us} µs of {} (documented {}: {})", datum.of, datum.checked, datum.source)
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::Store;

    use super::*;

    fn system(peak_milli_per_s: u64, read_share_ppm: u32) -> Graph {
        let mut graph = Graph { is_closed: true, ..Graph::default() };
        graph.needs.peak_milli_per_s = Known::built_in(peak_milli_per_s);
        graph.needs.read_share_ppm = Known::built_in(read_share_ppm);
        graph.stores.push(Store {
            kind: Known::built_in(StoreKind::Relational),
            product: Known::built_in("sqlite".to_owned()),
            ..Store::default()
        });
        graph
    }

    #[test]
    fn utilisation_is_rate_times_demand() {
        let of = |graph: &Graph| {
            let load = load(graph).unwrap();
            let all = utilisations(graph, load);
            all.iter().map(|it| (it.resource, it.ppm)).collect::<Vec<_>>()
        };
        // 828/s x 25 µs + 72/s x 45 µs = 23.94 ms/s on 4 processors; 72/s x 36 µs = 2.592 ms/s on one writer.
        assert_eq!(
            of(&system(900_000, 920_000)),
            [(Resource::Processor, 5_985), (Resource::Writer, 2_592)]
        );
        // 40,000/s x 80 % x 36 µs = 1.152 s/s.
        assert_eq!(of(&system(40_000_000, 200_000))[0], (Resource::Writer, 1_152_000));
        assert!(utilisations(&Graph::default(), load(&system(1, 1)).unwrap()).is_empty());
    }

    #[test]
    fn nodes_follow_from_processors_alone() {
        let graph = system(900_000, 920_000);
        assert_eq!(nodes(&graph, load(&graph).unwrap()), Some(1));
        // 200,000/s x 25 µs = 5 s/s on 4 processors: 125 % need three nodes at 60 %.
        let graph = system(200_000_000, 1_000_000);
        assert_eq!(nodes(&graph, load(&graph).unwrap()), Some(3));
    }
}
