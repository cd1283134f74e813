//! What running a system rests on: how often its objectives are put to the test, how long a restore takes.

use architrave_model::{
    ObjectiveLoad, Restore,
    graph::{Graph, Operation, OperationEffect},
    words,
};

use super::{data::demand, recovery};
use crate::facts::{FactValue, fact};

/// What each objective of an API is judged by; none where no peak is declared.
#[must_use]
pub fn objective_loads(graph: &Graph) -> Vec<ObjectiveLoad> {
    let Some(peak) = graph.needs.peak_milli_per_s.value().copied() else { return Vec::new() };
    let (factor, factor_said) = number(graph, "peak_to_mean");
    let (read_ppm, share_said) = number(graph, "read_share");
    let mean = peak / factor.max(1);
    let mut loads = Vec::new();
    for objective in &graph.needs.objectives {
        let mut because = vec![format!(
            "{} at the peak (declared in the block workload) are {} on average: the peak is {factor} times the mean ({factor_said})",
            words::rate(peak),
            words::rate(mean),
        )];
        let mut sum = 0_u64;
        for reads in [true, false] {
            let is_kind =
                |it: &&Operation| (it.effect.value() == Some(&OperationEffect::Reads)) == reads;
            let all = graph.operations.iter().filter(is_kind).count() as u64;
            let covers = |it: &&Operation| objective.covers.contains(&it.node.id);
            let own = graph.operations.iter().filter(is_kind).filter(covers).count() as u64;
            if own == 0 || all == 0 {
                continue;
            }
            let ppm = if reads { read_ppm } else { 1_000_000_u64.saturating_sub(read_ppm) };
            sum = sum.saturating_add(mean.saturating_mul(ppm) / 1_000_000 * own / all);
            because.push(format!(
                "{} of requests {} ({share_said}), spread evenly over {all} operations (assumed), of which it covers {own}",
                words::percent(ppm),
                if reads { "read" } else { "write" },
            ));
        }
        if sum > 0 {
            let objective = objective.node.name.clone();
            loads.push(ObjectiveLoad { objective, milli_per_s: sum, because });
        }
    }
    loads
}

/// How long bringing the data back takes at least; none where no number of rows is known.
#[must_use]
pub fn restore(graph: &Graph) -> Option<Restore> {
    let (bytes, uncounted) = recovery::stored_bytes(graph);
    let rate = demand("restore_byte")?;
    (bytes > 0).then(|| Restore {
        bytes,
        uncounted,
        us_min: recovery::restore_us_min(bytes).unwrap_or_default(),
        bytes_per_s: 1_000_000_000 / rate.value.max(1),
        source: format!("{}, looked up on {}", rate.source, rate.checked),
    })
}

/// What is known of a fact, else what is taken for it, and which of the two it is.
fn number(graph: &Graph, name: &str) -> (u64, &'static str) {
    let Some(fact) = fact(name) else { return (0, "assumed") };
    let known = (fact.read)(graph);
    let said = if known.value().is_some() { "declared" } else { "assumed" };
    match known.value().unwrap_or(&fact.default) {
        FactValue::Number(number) => (u64::try_from(*number).unwrap_or(0), said),
        _ => (0, said),
    }
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::{Known, Node, Objective, Origin};

    use super::*;

    fn operation(name: &str, effect: OperationEffect) -> Operation {
        let node = Node { id: name.to_owned(), name: name.to_owned(), ..Node::default() };
        Operation { node, effect: Known::built_in(effect), ..Operation::default() }
    }

    #[test]
    fn an_objective_has_its_operations_share_of_the_mean() {
        let mut graph = Graph {
            operations: vec![
                operation("read", OperationEffect::Reads),
                operation("list", OperationEffect::Reads),
                operation("place", OperationEffect::Commands),
            ],
            ..Graph::default()
        };
        let objective = |name: &str, covers: &str| Objective {
            node: Node { name: name.to_owned(), origin: Origin::default(), ..Node::default() },
            covers: vec![covers.to_owned()],
            ..Objective::default()
        };
        graph.needs.objectives = vec![objective("browse", "read"), objective("pay", "place")];
        assert_eq!(objective_loads(&graph), [], "no load is declared");
        graph.needs.peak_milli_per_s = Known::built_in(800_000);
        graph.needs.peak_to_mean = Known::built_in(8);
        graph.needs.read_share_ppm = Known::built_in(900_000);
        let loads: Vec<u64> = objective_loads(&graph).iter().map(|it| it.milli_per_s).collect();
        // 100/s on average: 90/s over two that read, 10/s for the one that writes.
        assert_eq!(loads, [45_000, 10_000]);
    }
}
