//! Figures as Prometheus text (version 0.0.4).
//!
//! Written here rather than by a library: the counters are found by position on the hot path, and the
//! library at hand takes a lock for every observed duration.

use std::{
    fmt::{Display, Write},
    sync::atomic::Ordering::Relaxed,
};

use architrave_engine::ports::StoreStatus;
use architrave_plan::metric::{self, Metric};

use super::{
    metrics::{Metrics, STATUSES},
    process,
};

/// All figures as text.
pub(crate) fn expose(metrics: &Metrics, store: &StoreStatus, log_dropped: u64) -> String {
    let mut out = String::with_capacity(16 * 1024);
    requests(&mut out, metrics);
    durations(&mut out, metrics);
    one(&mut out, metric::IN_FLIGHT, metrics.in_flight.load(Relaxed));
    one(&mut out, metric::CONNECTIONS, metrics.connections.load(Relaxed));
    one(&mut out, metric::RATE_LIMITED, metrics.rate_limited.load(Relaxed));
    one(&mut out, metric::REFUSED, metrics.credentials_refused.load(Relaxed));
    one(&mut out, metric::FAULTS, metrics.faults.load(Relaxed));
    one(&mut out, metric::LOG_DROPPED, log_dropped);
    of_store(&mut out, store);
    of_process(&mut out, metrics);
    out
}

fn of_store(out: &mut String, store: &StoreStatus) {
    one(out, metric::READY, u8::from(store.is_ready));
    one(out, metric::QUEUE, store.queue_length);
    one(out, metric::QUEUE_MAX, store.queue_length_max);
    one(out, metric::COMMITS, store.commits);
    one(out, metric::TRANSACTIONS, store.transactions);
    one(out, metric::COMMIT_TIME, seconds(store.commit_us));
    one(out, metric::WRITER_TIME, seconds(store.writer_us));
    batches(out, store);
    one(out, metric::POSITION, store.position.map_or(0, |it| it.seq));
    one(out, metric::EPOCH, store.position.map_or(0, |it| it.epoch));
    one(out, metric::DATABASE, store.database_bytes);
    one(out, metric::WAL, store.wal_bytes);
    one(out, metric::WAL_MAX, store.wal_bytes_max);
    maybe(out, metric::ROOM, store.room_bytes);
}

fn of_process(out: &mut String, metrics: &Metrics) {
    head(out, metric::BUILD);
    let (name, version) = (metric::BUILD.name, env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "{name}{{version=\"{version}\",plan=\"{}\"}} 1", metrics.plan);
    maybe(out, metric::PROCESSORS, std::thread::available_parallelism().ok());
    maybe(out, metric::MEMORY_MAX, process::memory_bytes_max());
    one(out, metric::UPTIME, metrics.uptime_s());
    maybe(out, metric::CPU_TIME, process::processor_us().map(seconds));
    maybe(out, metric::MEMORY, process::resident_bytes());
}

fn head(out: &mut String, metric: Metric) {
    let Metric { name, help, .. } = metric;
    let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {}\n", metric.kind.name());
}

fn one(out: &mut String, metric: Metric, value: impl Display) {
    maybe(out, metric, Some(value));
}

/// A figure that this operating system may not tell: then there is its head alone.
fn maybe(out: &mut String, metric: Metric, value: Option<impl Display>) {
    head(out, metric);
    if let Some(value) = value {
        let _ = writeln!(out, "{} {value}", metric.name);
    }
}

fn requests(out: &mut String, metrics: &Metrics) {
    head(out, metric::REQUESTS);
    for (operation, counters) in metrics.operations.iter().zip(&metrics.requests) {
        for (status, counter) in STATUSES.iter().zip(counters) {
            let count = counter.load(Relaxed);
            if count > 0 {
                let status = if *status < 10 { format!("{status}xx") } else { status.to_string() };
                let _ = writeln!(
                    out,
                    "{}{{operation=\"{operation}\",status=\"{status}\"}} {count}",
                    metric::REQUESTS.name
                );
            }
        }
    }
}

fn durations(out: &mut String, metrics: &Metrics) {
    head(out, metric::DURATION);
    let name = metric::DURATION.name;
    for (operation, histogram) in metrics.operations.iter().zip(&metrics.durations) {
        let (buckets, count, sum_us) = histogram.read();
        if count == 0 {
            continue;
        }
        for (bound_us, up_to) in buckets {
            let bound = metric::bound_text(bound_us);
            let _ =
                writeln!(out, "{name}_bucket{{operation=\"{operation}\",le=\"{bound}\"}} {up_to}");
        }
        let _ = writeln!(out, "{name}_bucket{{operation=\"{operation}\",le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum{{operation=\"{operation}\"}} {}", seconds(sum_us));
        let _ = writeln!(out, "{name}_count{{operation=\"{operation}\"}} {count}");
    }
}

fn batches(out: &mut String, store: &StoreStatus) {
    head(out, metric::BATCH);
    let name = metric::BATCH.name;
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
