//! What ties units together: calls that are waited for, and databases that several write.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    Span,
    graph::{EdgeKind, Graph, StoreKind},
};

use super::units::{Unit, by_service};
use crate::measure::paths::waits;

/// A share in thousandths; none where nothing is known.
pub(super) type Share = Option<usize>;

/// What ties units together.
#[derive(Debug)]
pub(super) struct Ties {
    /// Units that each waits for, by position.
    calls: Vec<BTreeSet<usize>>,
    /// Units that each reaches over calls, in how many steps at the least.
    reach: Vec<BTreeMap<usize, usize>>,
    /// (store, database) that each writes; the database where it is known.
    written: Vec<BTreeSet<(String, Option<String>)>>,
    /// Places of the calls and uses, in order of reading.
    pub(super) places: Vec<(Option<Span>, &'static str)>,
}

impl Ties {
    pub(super) fn of(graph: &Graph, units: &[Unit<'_>]) -> Self {
        let unit_of = by_service(units);
        let mut ties = Self {
            calls: vec![BTreeSet::new(); units.len()],
            reach: Vec::new(),
            written: vec![BTreeSet::new(); units.len()],
            places: Vec::new(),
        };
        for edge in &graph.edges {
            let Some(from) = unit_of.get(edge.from.as_str()).copied() else { continue };
            let to = unit_of.get(edge.to.as_str()).copied();
            if let Some(to) = to.filter(|it| *it != from && waits(edge)) {
                insert(&mut ties.calls, from, to);
                ties.places.push((edge.node.origin.span, "one waits for another"));
            }
            let holds = |kind| matches!(kind, StoreKind::Relational | StoreKind::Document);
            let store = graph.store(&edge.to).and_then(|it| it.kind.value());
            if edge.kind == EdgeKind::Stores && store.is_some_and(|it| holds(*it)) {
                let database = edge.database.value().cloned();
                insert(&mut ties.written, from, (edge.to.clone(), database));
                ties.places.push((edge.node.origin.span, "writes a database"));
            }
        }
        ties.reach = (0..units.len()).map(|start| steps(&ties.calls, start)).collect();
        ties
    }

    fn has_calls(&self) -> bool {
        self.calls.iter().any(|it| !it.is_empty())
    }

    /// Pairs that write one database, of all pairs.
    pub(super) fn sharing(&self) -> Share {
        if self.written.iter().filter(|it| !it.is_empty()).count() < 2 {
            return None;
        }
        let mut sharing = 0;
        for (position, mine) in self.written.iter().enumerate() {
            for other in self.written.iter().skip(position + 1) {
                let met = mine.iter().flat_map(|a| {
                    other
                        .iter()
                        .filter(|b| a.0 == b.0)
                        .map(|b| Some(a.1.as_ref()? == b.1.as_ref()?))
                });
                let met: Vec<Option<bool>> = met.collect();
                if met.contains(&Some(true)) {
                    sharing += 1;
                } else if met.contains(&None) {
                    // One server, and nobody knows whether it is one database.
                    return None;
                }
            }
        }
        let units = self.written.len();
        Some(share(sharing, units * (units - 1) / 2))
    }

    /// Of the units at which requests come in (they call and are not called), those behind which three others wait in a
    /// row.
    pub(super) fn depth(&self) -> Share {
        let called: BTreeSet<usize> = self.calls.iter().flatten().copied().collect();
        let entries: Vec<usize> = (0..self.calls.len())
            .filter(|it| !called.contains(it) && self.calls_any(*it))
            .collect();
        if entries.is_empty() {
            return self.has_calls().then_some(0);
        }
        let is_deep =
            |it: &&usize| self.reach.get(**it).is_some_and(|it| it.values().any(|it| *it >= 3));
        Some(share(entries.iter().filter(is_deep).count(), entries.len()))
    }

    fn calls_any(&self, unit: usize) -> bool {
        self.calls.get(unit).is_some_and(|it| !it.is_empty())
    }

    /// Units that wait for each other in a circle, of all.
    pub(super) fn circles(&self) -> Share {
        let inside = self.reach.iter().enumerate().filter(|(unit, it)| it.contains_key(unit));
        self.has_calls().then(|| share(inside.count(), self.calls.len()))
    }

    /// Units that fail with the one whose failure fails most, of all others.
    pub(super) fn spread(&self) -> Share {
        let failing = |unit: usize| {
            let others = self.reach.iter().enumerate().filter(|(it, _)| *it != unit);
            others.filter(|(_, it)| it.contains_key(&unit)).count()
        };
        let worst = (0..self.calls.len()).map(failing).max()?;
        self.has_calls().then(|| share(worst, self.calls.len() - 1))
    }
}

/// Units whose images all have one tag: they are released together. Tags that move or are missing tell nothing.
pub(super) fn lockstep(units: &[Unit<'_>]) -> Share {
    const MOVING: &[&str] = &["latest", "main", "master", "dev", "stable", "edge"];
    let tag =
        |it: &Unit<'_>| it.image?.tag.value().cloned().filter(|it| !MOVING.contains(&it.as_str()));
    let tags: Option<Vec<String>> = units.iter().map(tag).collect();
    let different: BTreeSet<String> = tags?.into_iter().collect();
    Some(if different.len() == 1 { 1_000 } else { 0 })
}

/// Steps of the shortest way to each unit that is reached; the start itself where a circle leads back.
fn steps(calls: &[BTreeSet<usize>], start: usize) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    let mut front = vec![start];
    let mut step = 0;
    while !front.is_empty() {
        step += 1;
        let next: BTreeSet<usize> =
            front.iter().filter_map(|it| calls.get(*it)).flatten().copied().collect();
        front = next.into_iter().filter(|it| !found.contains_key(it)).collect();
        found.extend(front.iter().map(|it| (*it, step)));
    }
    found
}

fn insert<T: Ord>(lists: &mut [BTreeSet<T>], position: usize, item: T) {
    if let Some(list) = lists.get_mut(position) {
        list.insert(item);
    }
}

fn share(part: usize, whole: usize) -> usize {
    part * 1_000 / whole.max(1)
}
