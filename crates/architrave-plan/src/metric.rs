//! The figures that a running system exposes. One table for the server that counts, the alerts that watch and the
//! manual that explains, so that an alert can never name a figure that nobody exposes.

use architrave_model::System;

/// A family of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Stable name as Prometheus has it, unit last.
    pub name: &'static str,
    /// How it is counted.
    pub kind: MetricKind,
    /// Names of its labels, in the order in which they are written; without the `le` of histograms.
    pub labels: &'static [&'static str],
    /// What it says, for the manual and for `# HELP`.
    pub help: &'static str,
}

/// How a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetricKind {
    /// Only grows, until the process starts again.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by upper bounds.
    Histogram,
}

impl MetricKind {
    /// As Prometheus calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

macro_rules! metrics {
    ($($id:ident $name:literal $kind:ident [$($label:literal),*] $help:literal)*) => {
        $(
            #[doc = $help]
            pub const $id: Metric = Metric {
                name: $name,
                kind: MetricKind::$kind,
                labels: &[$($label),*],
                help: $help,
            };
        )*
        /// All figures, in the order in which they are shown.
        pub const ALL: &[Metric] = &[$($id),*];
    };
}

metrics! {
    REQUESTS "architrave_http_requests_total" Counter ["operation", "status"] "Answered requests by operation and status; rare statuses by their class, e.g. `5xx`."
    DURATION "architrave_http_request_duration_seconds" Histogram ["operation"] "Time from complete headers to the answer, by operation. Every latency that an objective names is a bound."
    IN_FLIGHT "architrave_http_requests_in_flight" Gauge [] "Requests being worked on."
    CONNECTIONS "architrave_http_connections" Gauge [] "Open connections."
    RATE_LIMITED "architrave_http_rate_limited_total" Counter [] "Requests refused because a budget was used up."
    REFUSED "architrave_auth_refused_total" Counter [] "Requests answered 401."
    FAULTS "architrave_faults_total" Counter [] "Requests answered 500."
    LOG_DROPPED "architrave_log_lines_dropped_total" Counter [] "Log lines dropped because too many were waiting."
    READY "architrave_store_ready" Gauge [] "Whether the store can read and write: 1 or 0."
    QUEUE "architrave_store_writes_waiting" Gauge [] "Writes waiting for the writer."
    QUEUE_MAX "architrave_store_writes_waiting_max" Gauge [] "Most writes that may wait; more are answered 503."
    COMMITS "architrave_store_commits_total" Counter [] "Physical commits."
    TRANSACTIONS "architrave_store_transactions_total" Counter [] "Logical transactions in them."
    COMMIT_TIME "architrave_store_commit_seconds_total" Counter [] "Time spent in physical commits."
    WRITER_TIME "architrave_store_writer_seconds_total" Counter [] "Time in which the one writer was at work, physical commits included."
    BATCH "architrave_store_batch_size" Histogram [] "Logical transactions per physical commit."
    POSITION "architrave_journal_position" Gauge [] "Number of the journal's last transaction."
    EPOCH "architrave_journal_epoch" Gauge [] "Number of the journal's history; another one after a copy was put back."
    DATABASE "architrave_store_database_bytes" Gauge [] "Size of the database."
    WAL "architrave_store_wal_bytes" Gauge [] "Size of the write-ahead log."
    WAL_MAX "architrave_store_wal_bytes_max" Gauge [] "Size at which the write-ahead log is emptied at the cost of waiting."
    ROOM "architrave_store_room_bytes" Gauge [] "Bytes that can be written to the disk before writing stops for lack of room; 0 when it has stopped."
    BUILD "architrave_build_info" Gauge ["version", "plan"] "Always 1; version of the program and hash of the plan that it serves."
    PROCESSORS "architrave_processors" Gauge [] "Processors that the process may use."
    MEMORY_MAX "architrave_memory_bytes_max" Gauge [] "Memory that the process may use: its control group's limit, else the machine's."
    UPTIME "process_uptime_seconds" Gauge [] "Time since the start."
    CPU_TIME "process_cpu_seconds_total" Counter [] "Processor time of the process, all processors together."
    MEMORY "process_resident_memory_bytes" Gauge [] "Memory of the process that is in RAM."
}

/// Upper bounds of durations in microseconds that every system has: from a point read to the longest request.
const DURATION_BOUNDS_US: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 5_000_000, 30_000_000,
];

/// Most bounds that objectives add: each is a series per operation.
const ADDED_BOUNDS_MAX: usize = 32;

/// Upper bounds of [`DURATION`] in microseconds, ascending. The latencies of objectives are among them, so that
/// the share of answers in time is counted rather than interpolated. The same for every operation: sums over
/// operations by bound would not add up otherwise.
#[must_use]
pub fn duration_bounds_us(system: &System) -> Vec<u64> {
    let declared = system.slos.iter().flat_map(|it| &it.latency);
    let added = declared.filter_map(|(_, us)| u64::try_from(*us).ok()).filter(|it| *it > 0);
    let mut bounds: Vec<u64> = added.take(ADDED_BOUNDS_MAX).chain(DURATION_BOUNDS_US).collect();
    bounds.sort_unstable();
    bounds.dedup();
    bounds
}

/// A bound as the label `le` has it: seconds without needless digits, `0.15`. The server and whoever asks for a
/// bucket must write it alike.
#[must_use]
pub fn bound_text(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use architrave_model::{Name, Slo, Span};

    use super::*;

    #[test]
    fn names_are_unique_and_end_as_prometheus_asks() {
        let names: BTreeSet<&str> = ALL.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), ALL.len());
        for metric in ALL {
            let is_total = metric.name.ends_with("_total");
            assert_eq!(is_total, metric.kind == MetricKind::Counter, "{}", metric.name);
        }
    }

    #[test]
    fn latencies_of_objectives_are_bounds() {
        let name = |text: &str| Name { text: text.to_owned(), span: Span::default() };
        let slo = Slo {
            name: name("browse"),
            doc: String::new(),
            covers: Vec::new(),
            availability_ppm: None,
            latency: vec![(500_000, 25_000), (990_000, 150_000)],
            window_us: None,
            span: Span::default(),
        };
        let bounds = duration_bounds_us(&System { slos: vec![slo], ..System::default() });
        assert!(bounds.is_sorted() && bounds.contains(&150_000));
        assert_eq!(bounds.len(), DURATION_BOUNDS_US.len() + 1, "25 ms is a bound of every system");
    }

    #[test]
    fn bounds_are_written_in_seconds() {
        for (us, text) in
            [(50, "0.00005"), (150_000, "0.15"), (30_000_000, "30"), (10_500_000, "10.5")]
        {
            assert_eq!(bound_text(us), text);
        }
    }
}
