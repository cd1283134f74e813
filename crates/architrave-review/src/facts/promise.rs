//! What has been promised about being there, being fast and coming back.

use architrave_model::graph::{Graph, Known, Objective, Origin};

use super::Fact;
use super::people::{as_i64, number};
use super::value::{FactValue, FactValue::Number, Unit};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        name: "availability",
        title: "the highest availability promised",
        unit: Unit::Ppm,
        plausible: &[
            Number(990_000),
            Number(995_000),
            Number(999_000),
            Number(999_500),
            Number(999_900),
        ],
        default: Number(999_000),
        read: availability,
        assume: Some(|graph, value| {
            let FactValue::Number(ppm) = value else { return };
            let ppm = u32::try_from(ppm).unwrap_or(0);
            assumed_objective(graph).availability_ppm = Known::Is(ppm, Origin::assumed());
        }),
    },
    Fact {
        name: "latency_p99",
        title: "the lowest latency promised for 99 of 100 requests",
        unit: Unit::Microseconds,
        plausible: &[Number(20_000), Number(100_000), Number(500_000), Number(2_000_000)],
        default: Number(500_000),
        read: latency,
        assume: Some(|graph, value| {
            let FactValue::Number(us) = value else { return };
            assumed_objective(graph).latency = vec![(990_000, us)];
        }),
    },
    Fact {
        name: "rpo",
        title: "how much work may be lost",
        unit: Unit::Microseconds,
        plausible: &[Number(0), Number(60_000_000), Number(3_600_000_000), Number(86_400_000_000)],
        default: Number(86_400_000_000),
        read: |it| number(&it.needs.rpo_us),
        assume: Some(|graph, value| graph.needs.rpo_us = as_i64(value)),
    },
    Fact {
        name: "rto",
        title: "how long recovery may take",
        unit: Unit::Microseconds,
        plausible: &[
            Number(30_000_000),
            Number(900_000_000),
            Number(7_200_000_000),
            Number(14_400_000_000),
        ],
        default: Number(14_400_000_000),
        read: |it| number(&it.needs.rto_us),
        assume: Some(|graph, value| graph.needs.rto_us = as_i64(value)),
    },
];

fn availability(graph: &Graph) -> Known<FactValue> {
    let promised = graph
        .needs
        .objectives
        .iter()
        .filter_map(|it| Some((*it.availability_ppm.value()?, it.availability_ppm.origin()?)));
    match promised.max_by_key(|it| it.0) {
        Some((ppm, origin)) => Known::Is(Number(i64::from(ppm)), origin),
        None => silence(graph),
    }
}

fn latency(graph: &Graph) -> Known<FactValue> {
    let promised = graph.needs.objectives.iter().flat_map(|it| {
        let high = it.latency.iter().filter(|(percentile, _)| *percentile >= 990_000);
        high.map(|(_, us)| (*us, it.node.origin))
    });
    match promised.min_by_key(|it| it.0) {
        Some((us, origin)) => Known::Is(Number(us), origin),
        None => silence(graph),
    }
}

fn silence(graph: &Graph) -> Known<FactValue> {
    if graph.is_closed { Known::Absent(graph.system.origin) } else { Known::Unknown }
}

/// The objective that stands for what is assumed about the whole system.
fn assumed_objective(graph: &mut Graph) -> &mut Objective {
    let objectives = &mut graph.needs.objectives;
    let position = objectives.iter().position(|it| it.node.id == "slo:assumed");
    let position = position.unwrap_or_else(|| {
        let mut objective = Objective::default();
        objective.node.id = "slo:assumed".to_owned();
        objective.node.name = "assumed".to_owned();
        objective.node.origin = Origin::assumed();
        objectives.push(objective);
        objectives.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "found or pushed above")]
    &mut objectives[position]
}
