//! What the design says of calls, events, texts and keys. Worked out, never asked for.

use architrave_model::graph::{
    ColumnKind, EdgeKind, Graph, IndexSpec, Known, Origin, Provenance, Table,
};

use super::shape::{counted, flag};
use super::value::{FactValue, FactValue::Flag, FactValue::Number, Unit};
use super::{Fact, fact};
use crate::measure::capacity::{Basis, Load, PROCESSOR, utilisations};

/// Share of the traffic that a step of a canary gets, in parts per million (a tenth, as in the SRE workbook's example).
const CANARY_PPM: i128 = 100_000;
/// Length of a step of a canary in seconds.
const CANARY_S: i128 = 600;

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "waits_for_others",
        title: "whether callers wait while a system of others answers",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| {
            let waits = |to: &str| to.starts_with("external:");
            let found = it.operations.iter().any(|it| it.waits_for.iter().any(|to| waits(to)));
            flag(it, found)
        },
        assume: None,
    },
    Fact {
        name: "calls_others",
        title: "whether it calls systems of others at all",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| {
            let calls = |edge: &architrave_model::graph::Edge| {
                edge.kind == EdgeKind::Calls && edge.to.starts_with("external:")
            };
            flag(it, it.edges.iter().any(calls))
        },
        assume: None,
    },
    Fact {
        name: "crossings",
        title: "processes across contexts for each context",
        unit: Unit::Count("processes"),
        plausible: &[],
        default: Number(0),
        read: |it| counted(it, it.processes.len().div_ceil(it.modules.len().max(1))),
        assume: None,
    },
    Fact {
        name: "has_webhooks",
        title: "whether systems of others are told of events",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| {
            let outbound = Some(&architrave_model::graph::ConsumerKind::OutboundWebhook);
            flag(it, it.consumers.iter().any(|it| it.kind.value() == outbound))
        },
        assume: None,
    },
    Fact {
        name: "has_encrypted_fields",
        title: "whether fields are encrypted one by one",
        unit: Unit::Flag,
        plausible: &[],
        default: Flag(false),
        read: |it| {
            let mut columns = it.tables.iter().flat_map(|it| &it.columns);
            flag(it, columns.any(|it| it.is_encrypted.value() == Some(&true)))
        },
        assume: None,
    },
    Fact {
        name: "search_text",
        title: "text that is searched",
        unit: Unit::Count("MB of text"),
        plausible: &[],
        default: Number(0),
        read: searched_mb,
        assume: None,
    },
];

/// Facts that are worked out from the load; what to ask for in their place is the load itself.
pub(super) const OF_LOAD: &[Fact] = &[
    Fact {
        name: "events",
        title: "changes that become events at the spike",
        unit: Unit::MilliPerSecond,
        plausible: &[],
        default: Number(50_000),
        read: |it| Known::Is(Number(milli(it, false)), origin(it, SPIKE)),
        assume: None,
    },
    Fact {
        name: "read_work",
        title: "share of one node's processors that reads take at the spike",
        unit: Unit::Ppm,
        plausible: &[],
        default: Number(10_000),
        read: |it| {
            let reads = Load {
                milli_per_s: u64::try_from(milli(it, true)).unwrap_or(0),
                read_ppm: 1_000_000,
                is_share_assumed: false,
            };
            let all = utilisations(it, reads, Basis::of(it));
            let Some(processor) = all.iter().find(|it| it.resource == PROCESSOR) else {
                return Known::Unknown;
            };
            let ppm = i64::try_from(processor.ppm).unwrap_or(i64::MAX);
            Known::Is(Number(ppm), origin(it, SPIKE))
        },
        assume: None,
    },
    Fact {
        name: "canary_errors",
        title: "errors that a canary of ten minutes with a tenth of the traffic may make within the budget",
        unit: Unit::Count("errors"),
        plausible: &[],
        default: Number(0),
        read: |it| {
            let mean = i128::from(of(it, "peak")) / i128::from(of(it, "peak_to_mean").max(1));
            let requests = mean * CANARY_S * CANARY_PPM / 1_000_000 / 1_000;
            let budget = i128::from(1_000_000 - of(it, "availability").clamp(0, 1_000_000));
            let errors = requests * budget / 1_000_000;
            Known::Is(Number(i64::try_from(errors).unwrap_or(i64::MAX)), origin(it, CANARY))
        },
        assume: None,
    },
];

/// What those of [`OF_LOAD`] are worked out from.
pub(super) fn load_behind(name: &str) -> Option<&'static [&'static str]> {
    OF_LOAD.iter().find(|it| it.name == name)?;
    Some(if name == "canary_errors" { CANARY } else { SPIKE })
}

const SPIKE: &[&str] = &["peak", "read_share", "spike"];
const CANARY: &[&str] = &["peak", "peak_to_mean", "availability"];

/// Reads or writes at the spike, in thousandths per second.
fn milli(graph: &Graph, reads: bool) -> i64 {
    let spike = i128::from(of(graph, "peak")) * i128::from(of(graph, "spike"));
    let share = i128::from(of(graph, "read_share").clamp(0, 1_000_000));
    let share = if reads { share } else { 1_000_000 - share };
    i64::try_from(spike * share / 1_000_000).unwrap_or(i64::MAX)
}

fn of(graph: &Graph, name: &str) -> i64 {
    let Some(fact) = fact(name) else { return 0 };
    match (fact.read)(graph).value().copied().unwrap_or(fact.default) {
        Number(number) => number,
        FactValue::Word(_) | FactValue::Flag(_) => 0,
    }
}

/// Assumed as soon as one of the facts behind it is.
fn origin(graph: &Graph, behind: &[&str]) -> Origin {
    let is_stated = |name: &&str| {
        fact(name).is_some_and(|it| match (it.read)(graph) {
            Known::Is(_, origin) => origin.provenance != Provenance::Assumed,
            Known::Absent(_) | Known::Unknown => false,
        })
    };
    let span = graph.needs.peak_milli_per_s.span();
    if behind.iter().all(is_stated) {
        Origin { provenance: Provenance::Declared, span }
    } else {
        Origin { provenance: Provenance::Assumed, span }
    }
}

/// Rows times the text that their full-text indexes cover, in MB: half of the longest text, at most 500 bytes a column,
/// as descriptions of products have (assumed).
fn searched_mb(graph: &Graph) -> Known<FactValue> {
    const TEXT_BYTES_MAX: u64 = 500;
    let text = |table: &Table, index: &IndexSpec| -> u64 {
        let column = |name: &str| table.columns.iter().find(|it| it.name == name);
        let length = |name: &str| {
            column(name)
                .filter(|it| it.kind.value().is_none_or(|it| *it == ColumnKind::Text))
                .map(|it| it.length_max.value().map_or(TEXT_BYTES_MAX, |it| it / 2))
        };
        let all = index.columns.iter().filter_map(|it| length(&it.0));
        all.map(|it| it.min(TEXT_BYTES_MAX)).fold(0, u64::saturating_add)
    };
    let bytes = graph.tables.iter().map(|table| {
        let rows = table.rows.value().copied().unwrap_or(0);
        let searched = table.indexes.iter().filter(|it| it.is_full_text);
        searched.map(|it| text(table, it).saturating_mul(rows)).fold(0, u64::saturating_add)
    });
    let bytes: u64 = bytes.fold(0, u64::saturating_add);
    if bytes == 0 && !graph.is_closed {
        return Known::Unknown;
    }
    Known::Is(Number(i64::try_from(bytes / 1_000_000).unwrap_or(i64::MAX)), Origin::assumed())
}
