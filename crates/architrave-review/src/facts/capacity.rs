//! What the declared load takes of a machine, at the spike that must be survived. Worked out, never asked for.

use architrave_model::graph::{Graph, Known, Origin, Provenance};

use super::value::{FactValue, FactValue::Number, Unit};
use super::{Fact, fact};
use crate::measure::capacity::{Basis, Load, WRITER, nodes, utilisations};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "nodes",
        title: "nodes of four processors that the spike needs",
        unit: Unit::Count("nodes"),
        plausible: &[],
        default: Number(1),
        read: |graph| {
            let (load, provenance) = spike(graph);
            let Some(count) = nodes(graph, load, Basis::of(graph)) else { return Known::Unknown };
            Known::Is(
                number(count),
                Origin { provenance, span: graph.needs.peak_milli_per_s.span() },
            )
        },
        assume: None,
    },
    Fact {
        name: "writer_share",
        title: "share of one writer's time that the spike takes",
        unit: Unit::Ppm,
        plausible: &[],
        default: Number(10_000),
        read: |graph| {
            let (load, provenance) = spike(graph);
            let all = utilisations(graph, load, Basis::of(graph));
            let Some(writer) = all.iter().find(|it| it.resource == WRITER) else {
                return Known::Unknown;
            };
            let ppm = number(writer.ppm);
            Known::Is(ppm, Origin { provenance, span: graph.needs.peak_milli_per_s.span() })
        },
        assume: None,
    },
];

fn number(count: u64) -> FactValue {
    Number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The facts that those of this file are worked out from.
pub(super) const FROM: &[&str] = &["peak", "read_share", "spike"];

/// The load at the spike, and whether any of it had to be assumed.
fn spike(graph: &Graph) -> (Load, Provenance) {
    let mut provenance = Provenance::Declared;
    let mut value = |name: &'static str| {
        let Some(fact) = fact(name) else { return 0 };
        let known = (fact.read)(graph);
        if !matches!(&known, Known::Is(_, origin) if origin.provenance != Provenance::Assumed) {
            provenance = Provenance::Assumed;
        }
        match known.value().copied().unwrap_or(fact.default) {
            Number(number) => u64::try_from(number).unwrap_or(0),
            FactValue::Word(_) | FactValue::Flag(_) => 0,
        }
    };
    let load = Load {
        milli_per_s: value("peak").saturating_mul(value("spike")),
        read_ppm: value("read_share").min(1_000_000),
        is_share_assumed: false,
    };
    (load, provenance)
}
