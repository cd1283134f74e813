//! Figures as Prometheus text (version 0.0.4).
//!
//! Written here rather than by a library: the counters are found by position on the hot path, and the
//! library at hand takes a lock for every observed duration.

use std::{fmt::Write, sync::atomic::Ordering::Relaxed};

use architrave_engine::ports::StoreStatus;

use super::metrics::{Metrics, STATUSES};

/// A family of figures.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Stable name.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// What it says, for the manual and for `# HELP`.
    pub help: &'static str,
}

macro_rules! families {
    ($($id:ident $name:literal $kind:literal $help:literal)*) => {
        $(const $id: Family = Family { name: $name, kind: $kind, help: $help };)*
        /// All figures, in the order in which they are shown.
        pub const FAMILIES: &[Family] = &[$($id),*];
    };
}

families! {
    REQUESTS "architrave_http_requests_total" "counter" "Answered requests by operation and status."
    DURATION "architrave_http_request_duration_seconds" "histogram" "Time from complete headers to the answer, by operation."
    IN_FLIGHT "architrave_http_requests_in_flight" "gauge" "Requests being worked on."
    CONNECTIONS "architrave_http_connections" "gauge" "Open connections."
    RATE_LIMITED "architrave_http_rate_limited_total" "counter" "Requests refused because a budget was used up."
    REFUSED "architrave_auth_refused_total" "counter" "Requests answered 401."
    FAULTS "architrave_faults_total" "counter" "Requests answered 500."
    LOG_DROPPED "architrave_log_lines_dropped_total" "counter" "Log lines dropped because too many were waiting."
    READY "architrave_store_ready" "gauge" "Whether the store can read and write: 1 or 0."
    QUEUE "architrave_store_writes_waiting" "gauge" "Writes waiting for the writer."
    QUEUE_MAX "architrave_store_writes_waiting_max" "gauge" "Most writes that may wait; more are answered 503."
    COMMITS "architrave_store_commits_total" "counter" "Physical commits."
    TRANSACTIONS "architrave_store_transactions_total" "counter" "Logical transactions in them."
    COMMIT_TIME "architrave_store_commit_seconds_total" "counter" "Time spent in physical commits."
    BATCH "architrave_store_batch_size" "histogram" "Logical transactions per physical commit."
    POSITION "architrave_journal_position" "gauge" "Number of the journal's last transaction."
    DATABASE "architrave_store_database_bytes" "gauge" "Size of the database."
    WAL "architrave_store_wal_bytes" "gauge" "Size of the write-ahead log."
    UPTIME "process_uptime_seconds" "gauge" "Time since the start."
    MEMORY "process_resident_memory_bytes" "gauge" "Memory of the process that is in RAM."
}

/// All figures as text.
pub(crate) fn expose(metrics: &Metrics, store: &StoreStatus, log_dropped: u64) -> String {
    let mut out = String::with_capacity(16 * 1024);
    requests(&mut out, metrics);
    durations(&mut out, metrics);
    one(&mut out, IN_FLIGHT, metrics.in_flight.load(Relaxed));
    one(&mut out, CONNECTIONS, metrics.connections.load(Relaxed));
    one(&mut out, RATE_LIMITED, metrics.rate_limited.load(Relaxed));
    one(&mut out, REFUSED, metrics.credentials_refused.load(Relaxed));
    one(&mut out, FAULTS, metrics.faults.load(Relaxed));
    one(&mut out, LOG_DROPPED, log_dropped);
    one(&mut out, READY, u8::from(store.is_ready));
    one(&mut out, QUEUE, store.queue_length);
    one(&mut out, QUEUE_MAX, store.queue_length_max);
    one(&mut out, COMMITS, store.commits);
    one(&mut out, TRANSACTIONS, store.transactions);
    one(&mut out, COMMIT_TIME, seconds(store.commit_us));
    batches(&mut out, store);
    one(&mut out, POSITION, store.position.map_or(0, |it| it.seq));
    one(&mut out, DATABASE, store.database_bytes);
    one(&mut out, WAL, store.wal_bytes);
    one(&mut out, UPTIME, metrics.uptime_s());
    if let Some(bytes) = resident_bytes() {
        one(&mut out, MEMORY, bytes);
    }
    out
}

fn head(out: &mut String, family: Family) {
    let Family { name, kind, help } = family;
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn one(out: &mut String, family: Family, value: impl std::fmt::Display) {
    head(out, family);
    let _ = writeln!(out, "{} {value}", family.name);
}

fn requests(out: &mut String, metrics: &Metrics) {
    head(out, REQUESTS);
    for (operation, counters) in metrics.operations.iter().zip(&metrics.requests) {
        for (status, counter) in STATUSES.iter().zip(counters) {
            let count = counter.load(Relaxed);
            if count > 0 {
                let status = if *status == 0 { "other".to_owned() } else { status.to_string() };
                let _ = writeln!(
                    out,
                    "{}{{operation=\"{operation}\",status=\"{status}\"}} {count}",
                    REQUESTS.name
                );
            }
        }
    }
}

fn durations(out: &mut String, metrics: &Metrics) {
    head(out, DURATION);
    let name = DURATION.name;
    for (operation, histogram) in metrics.operations.iter().zip(&metrics.durations) {
        let (buckets, count, sum_us) = histogram.read();
        if count == 0 {
            continue;
        }
        for (bound_us, up_to) in buckets {
            let bound = seconds(bound_us);
            let _ =
                writeln!(out, "{name}_bucket{{operation=\"{operation}\",le=\"{bound}\"}} {up_to}");
        }
        let _ = writeln!(out, "{name}_bucket{{operation=\"{operation}\",le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum{{operation=\"{operation}\"}} {}", seconds(sum_us));
        let _ = writeln!(out, "{name}_count{{operation=\"{operation}\"}} {count}");
    }
}

fn batches(out: &mut String, store: &StoreStatus) {
    head(out, BATCH);
    let name = BATCH.name;
    let mut count = 0;
    for (power, number) in store.batch_sizes.iter().enumerate() {
        count += number;
        let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {count}", 1_u64 << power);
    }
    let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {}", store.commits.max(count));
    let _ = writeln!(out, "{name}_sum {}", store.transactions);
    let _ = writeln!(out, "{name}_count {}", store.commits.max(count));
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people; 2^53 µs are 285 years")]
fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

/// Resident memory, where the system tells it (Linux).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
