//! Compares the options that are left by marks and weights. The comparison chooses nothing, because weights are
//! tastes; it shows how firmly the choice stands, and at which weight another option would come first.

use architrave_model::decision::{Decision, Standing, Tip};

use super::choose::{Barred, Outcome, Values, outcome};
use super::table::{Table, TableOption};

/// Weights in per cent, unless the table has its own. Half of the judgement is not about the table's question but
/// about what any choice costs; that the four weigh the same is our judgement.
const WEIGHTS: &[(&str, u8)] =
    &[("fit", 40), ("cost", 15), ("operations", 15), ("reversibility", 15), ("skills", 15)];
/// A tip nearer than so many tenths of a per cent of all weight makes a close call.
const CLOSE_PERMILLE: u32 = 100;
/// Mark of the option that the rows choose; the next one has one less.
const FIT_MAX: u8 = 5;

/// Fills in how the options that are left compare; nothing where one is left.
pub(super) fn compare(decision: &mut Decision, table: &Table, values: Values<'_>, found: &Outcome) {
    let fits = fits(table, values, found);
    let left = table.options.iter().enumerate().filter(|(at, it)| {
        found.ruled_out.get(*at).is_some_and(Option::is_none) && !it.marks.is_empty()
    });
    let mut standings: Vec<Standing> =
        left.map(|(at, it)| standing(table, it, fits.get(at).copied().unwrap_or(1))).collect();
    if standings.len() < 2 {
        return;
    }
    // The chosen one first among equals.
    standings.sort_by_key(|it| (std::cmp::Reverse(it.total), it.option != decision.chosen));
    if let Some((first, others)) = standings.split_first() {
        decision.tips = tips(first, others);
        let is_near =
            |it: &Tip| it.tips_at_permille.abs_diff(u32::from(it.weight) * 10) < CLOSE_PERMILLE;
        decision.is_close_call =
            first.option != decision.chosen || decision.tips.iter().any(is_near);
    }
    decision.comparison = standings;
}

/// The mark for fit of each option: 5 for the one that the rows choose, 4 for the one that they would choose without
/// it, and so on; 1 for those that they would choose last or never.
fn fits(table: &Table, values: Values<'_>, found: &Outcome) -> Vec<u8> {
    let mut marks = vec![1; table.options.len()];
    let mut barred: Barred = found
        .ruled_out
        .iter()
        .enumerate()
        .filter_map(|(at, why)| Some((at, why.clone()?)))
        .collect();
    for mark in (2..=FIT_MAX).rev() {
        let next = outcome(table, values, &barred).filter(|it| it.row.is_some());
        let Some(next) = next else { break };
        if let Some(place) = marks.get_mut(next.option) {
            *place = mark;
        }
        barred.insert(next.option, String::new());
    }
    marks
}

fn standing(table: &Table, option: &TableOption, fit: u8) -> Standing {
    let weights = if table.weights.is_empty() {
        WEIGHTS.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect()
    } else {
        table.weights.clone()
    };
    let mark = |criterion: &str| {
        if criterion == "fit" {
            return fit;
        }
        option.marks.iter().find(|it| it.0 == criterion).map_or(1, |it| it.1)
    };
    let marks: Vec<(String, u8, u8)> =
        weights.into_iter().map(|(name, weight)| (name.clone(), mark(&name), weight)).collect();
    let total = marks.iter().map(|it| u32::from(it.1) * u32::from(it.2)).sum();
    Standing { option: option.name.clone(), marks, total }
}

/// For each criterion the nearest weight at which another option would overtake the first.
fn tips(first: &Standing, others: &[Standing]) -> Vec<Tip> {
    let nearest = |(criterion, _, weight): &(String, u8, u8)| {
        let all = others.iter().filter_map(|it| {
            let tips_at_permille = tips_at(first, it, criterion)?;
            let option = it.option.clone();
            Some(Tip { criterion: criterion.clone(), weight: *weight, tips_at_permille, option })
        });
        all.min_by_key(|it| it.tips_at_permille.abs_diff(u32::from(it.weight) * 10))
    };
    first.marks.iter().filter_map(nearest).collect()
}

/// The weight of one criterion, in tenths of a per cent, at which two options are equal while the other weights keep
/// their proportions: with `d` the difference in this criterion, `r` that in the others times their weights and `o` the
/// sum of those weights, `w d + (1000 - w) r / o = 0`.
fn tips_at(first: &Standing, other: &Standing, criterion: &str) -> Option<u32> {
    let (mut here, mut rest, mut rest_weight) = (0_i64, 0_i64, 0_i64);
    for (one, two) in first.marks.iter().zip(&other.marks) {
        let difference = i64::from(one.1) - i64::from(two.1);
        if one.0 == criterion {
            here = difference;
        } else {
            rest += difference * i64::from(one.2);
            rest_weight += i64::from(one.2);
        }
    }
    let below = rest - here * rest_weight;
    // Equal marks in the criterion and in the rest never tip.
    let weight = (1_000 * rest).checked_div(below)?;
    // At the ends the two are equal and neither overtakes.
    (here != 0 && (1..1_000).contains(&weight)).then(|| u32::try_from(weight).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(name: &str, marks: [u8; 3]) -> Standing {
        let weights = [("fit", 40), ("cost", 30), ("skills", 30)];
        let marks =
            weights.iter().zip(marks).map(|((it, weight), mark)| ((*it).to_owned(), mark, *weight));
        let marks: Vec<_> = marks.collect();
        let total = marks.iter().map(|it| u32::from(it.1) * u32::from(it.2)).sum();
        Standing { option: name.to_owned(), marks, total }
    }

    #[test]
    fn a_tip_is_where_two_options_are_equal() {
        let (first, other) = (standing("a", [5, 1, 3]), standing("b", [1, 5, 3]));
        assert_eq!((first.total, other.total), (320, 280));
        // Cost at 36.3 %: fit and skills share the other 63.7 % as 40 to 30, so that fit has 36.4 %.
        let tips = tips(&first, &[other]);
        let told: Vec<_> =
            tips.iter().map(|it| (it.criterion.as_str(), it.tips_at_permille)).collect();
        assert_eq!(told, [("fit", 333), ("cost", 363)]);
    }

    #[test]
    fn an_option_that_is_better_in_everything_never_tips() {
        assert_eq!(tips(&standing("a", [5, 5, 5]), &[standing("b", [4, 4, 4])]), []);
    }
}
