//! What a request of a class takes: measured where a load run measured it, else what our benchmark measured of
//! another system, which counts as assumed.

use architrave_model::{
    capacity::Demand,
    graph::Provenance,
    measurement::{MeasuredClass, Measurements},
};

use super::{Basis, PROCESSOR, WRITER, classes::Class};
use crate::measure::{assumed, data};

/// Demands of a class, with how far each may be off in parts per million.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) demand: Demand,
    pub(super) spread_ppm: u64,
}

pub(super) fn demands(class: &Class, basis: Basis<'_>) -> Vec<Taken> {
    let measured = basis.measurements.and_then(|run| Some((run, measured(class, run)?)));
    match measured {
        Some((run, found)) => from_run(class, run, &found),
        None => documented(class),
    }
}

/// The mean over what was measured of the class, by the number of requests.
#[derive(Debug, Clone, Copy)]
struct Mean {
    requests: u64,
    processor_ns: u64,
    writer_ns: u64,
    spread_ppm: u64,
}

/// What a run says of a class: of its operations by name, else of all that read or write.
fn measured(class: &Class, run: &Measurements) -> Option<Mean> {
    let of = |is_wanted: &dyn Fn(&MeasuredClass) -> bool| {
        let found = run.classes.iter().filter(|it| it.requests > 0 && is_wanted(it));
        mean(&found.collect::<Vec<_>>())
    };
    let is_write = class.load.is_write;
    let kind = if is_write { "write" } else { "read" };
    of(&|it| class.operations.contains(&it.name))
        .or_else(|| of(&|it| it.name == kind))
        .or_else(|| of(&|it| it.is_write == is_write).filter(|_| class.load.is_background))
}

fn mean(found: &[&MeasuredClass]) -> Option<Mean> {
    let requests: u64 = found.iter().map(|it| it.requests).fold(0, u64::saturating_add);
    let weighted = |of: fn(&MeasuredClass) -> u64| {
        let sum: u128 = found.iter().map(|it| u128::from(of(it)) * u128::from(it.requests)).sum();
        u64::try_from(sum / u128::from(requests.max(1))).unwrap_or(u64::MAX)
    };
    (requests > 0).then(|| Mean {
        requests,
        processor_ns: weighted(|it| it.processor_ns),
        writer_ns: weighted(|it| it.writer_ns),
        spread_ppm: found.iter().map(|it| it.spread_ppm).max().unwrap_or(0),
    })
}

fn from_run(class: &Class, run: &Measurements, mean: &Mean) -> Vec<Taken> {
    let taken = |resource: &str, nanoseconds| Taken {
        demand: Demand {
            class: class.load.name.clone(),
            resource: resource.to_owned(),
            nanoseconds,
            provenance: Provenance::Measured,
            source: format!(
                "`architrave load`, {} requests, {}, {}",
                super::super::words::grouped(mean.requests),
                machine(run),
                day(run)
            ),
        },
        spread_ppm: mean.spread_ppm,
    };
    let mut all = vec![taken(PROCESSOR, mean.processor_ns)];
    if class.load.is_write && mean.writer_ns > 0 {
        all.push(taken(WRITER, mean.writer_ns));
    }
    all
}

/// The processors that a run had, and what they are.
pub(super) fn machine(run: &Measurements) -> String {
    let count = match run.machine.processors {
        1 => "1 processor".to_owned(),
        many => format!("{many} processors"),
    };
    format!("{count} ({})", run.machine.processor)
}

/// The day on which a run began.
pub(super) fn day(run: &Measurements) -> &str {
    run.taken_at.get(..10).unwrap_or(&run.taken_at)
}

fn documented(class: &Class) -> Vec<Taken> {
    let (processor, writer) = class.kind.demands();
    let lines = [(PROCESSOR, Some(processor)), (WRITER, writer)];
    let found = lines.into_iter().filter_map(|(resource, id)| Some((resource, data::demand(id?)?)));
    let taken = found.map(|(resource, datum)| Taken {
        demand: Demand {
            class: class.load.name.clone(),
            resource: resource.to_owned(),
            nanoseconds: datum.value,
            provenance: Provenance::Assumed,
            source: format!("{}, {}", datum.source, datum.checked),
        },
        spread_ppm: assumed::SPREAD.value,
    });
    taken.collect()
}
