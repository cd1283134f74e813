//! Fresh rows in a wanted state, so that a command on them succeeds.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use architrave_model::{CommandId, Lifecycle};

use super::Preparing;
use crate::{
    DriveError,
    random::Random,
    seed::{commands, report::Report, rows, store::Made},
};

/// Rows that are made in place of those that refuse on their way: one of so many, and a few.
const SPARE_SHARE: u64 = 20;
const SPARE: u64 = 10;

/// Seed of a lot of requests: no two lots have anything in common, nor with the rows that were there before.
pub(super) fn seed(it: &Preparing<'_>, batch: u64) -> u64 {
    Random::new(it.work.options.seed, &format!("load: {}", it.operation.name), batch).next()
}

/// Makes so many rows and takes them along a way through their states; answers their ids.
pub(super) async fn fresh(
    it: &Preparing<'_>,
    count: u64,
    seed: u64,
    way: &[CommandId],
) -> Result<Result<Vec<String>, String>, DriveError> {
    let work = Arc::new(it.work.with_seed(seed));
    let (mut made, mut report) = (Made::default(), Report::default());
    let wanted = count + count / SPARE_SHARE + SPARE;
    rows::make(&work, it.entity, wanted, &mut made, &mut report).await?;
    let mut open: Vec<usize> = (0..made.rows_of(it.entity).len()).collect();
    for command in way {
        let runs = open.iter().map(|row| (*row, *command)).collect();
        let refused = commands::run(&work, it.entity, &made, runs, &mut report).await?;
        let refused: BTreeSet<usize> = refused.into_iter().collect();
        open.retain(|row| !refused.contains(row));
    }
    let rows = made.rows_of(it.entity);
    let ids = open.iter().filter_map(|row| rows.get(*row)).map(|it| it.id.clone());
    let ids: Vec<String> = ids.take(usize::try_from(count).unwrap_or(usize::MAX)).collect();
    if ids.is_empty() {
        let first = report.refused.keys().next();
        let reason =
            first.map_or("no rows could be made".to_owned(), |it| format!("{}: {}", it.0, it.1));
        return Ok(Err(reason));
    }
    Ok(Ok(ids))
}

/// Commands that take a new row to a state from which this one may be run; none where no way leads there.
pub(super) fn way_to(it: &Preparing<'_>, command: CommandId) -> Option<Vec<CommandId>> {
    let entity = &it.work.plan.system[it.entity];
    let lifecycle = entity.lifecycle.as_ref()?;
    let leads_to = |command: CommandId| {
        let transition = it.work.plan.system[command].transition.as_ref();
        transition.map(|it| it.0.clone())
    };
    let steps = entity.commands.iter().filter_map(|it_is| {
        commands::operation(it.work, *it_is)?;
        Some((leads_to(*it_is)?, *it_is))
    });
    let steps: BTreeMap<String, CommandId> = steps.collect();
    way(lifecycle, &steps, &leads_to(command)?)
}

/// The shortest way from the first state to one that the target follows, by the commands that lead to states.
fn way(
    lifecycle: &Lifecycle,
    steps: &BTreeMap<String, CommandId>,
    target: &str,
) -> Option<Vec<CommandId>> {
    let mut open = VecDeque::from([(lifecycle.initial.as_str(), Vec::new())]);
    let mut seen = BTreeSet::new();
    while let Some((state, way)) = open.pop_front() {
        if !seen.insert(state) {
            continue;
        }
        let next = lifecycle.transitions.iter().filter(|it| it.from == state).flat_map(|it| &it.to);
        for to in next {
            if to == target {
                return Some(way);
            }
            if let Some(command) = steps.get(to) {
                let mut longer: Vec<CommandId> = way.clone();
                longer.push(*command);
                open.push_back((to.as_str(), longer));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use architrave_model::{CommandId, Lifecycle, Span, Transition};

    use super::way;

    #[test]
    fn the_shortest_way_leads_to_a_state_that_the_target_follows() {
        let states: &[(&str, &[&str])] = &[
            ("draft", &["placed", "cancelled"]),
            ("placed", &["paid", "cancelled"]),
            ("paid", &["shipped"]),
            ("shipped", &["placed"]),
            ("lost", &["found"]),
        ];
        let transitions = states.iter().map(|(from, to)| Transition {
            from: (*from).to_owned(),
            to: to.iter().map(|it| (*it).to_owned()).collect(),
            span: Span::default(),
        });
        let lifecycle = Lifecycle {
            field: 0,
            initial: "draft".to_owned(),
            transitions: transitions.collect(),
            span: Span::default(),
        };
        let steps = ["placed", "paid", "shipped", "cancelled"];
        let steps: BTreeMap<String, CommandId> = steps
            .iter()
            .zip(0..)
            .map(|(it, number)| ((*it).to_owned(), CommandId(number)))
            .collect();
        let numbers = |target| {
            let way = way(&lifecycle, &steps, target)?;
            Some(way.into_iter().map(|it| it.0).collect::<Vec<_>>())
        };
        assert_eq!(numbers("placed"), Some(vec![]));
        assert_eq!(numbers("cancelled"), Some(vec![]));
        assert_eq!(numbers("paid"), Some(vec![0]));
        assert_eq!(numbers("shipped"), Some(vec![0, 1]));
        assert_eq!(numbers("found"), None);
        assert_eq!(numbers("nowhere"), None);
    }
}
