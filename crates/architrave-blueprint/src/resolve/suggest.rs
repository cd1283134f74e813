//! "Did you mean": the nearest of several names.

/// The candidate that `wrong` most likely stands for, if exactly one is nearest and near enough.
/// Where two are equally near, guessing would be wrong half of the time.
pub(crate) fn nearest<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = wrong.chars().count();
    // One slip in three letters is still a slip; more is another word.
    let distance_max = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut is_tied = false;
    for candidate in candidates {
        if candidate.chars().count().abs_diff(length) > distance_max {
            continue;
        }
        let distance = distance(&fold(wrong), &fold(candidate));
        if distance > distance_max || best.is_some_and(|(least, _)| distance > least) {
            continue;
        }
        is_tied = best.is_some_and(|(least, known)| distance == least && known != candidate);
        best = Some((distance, candidate));
    }
    best.filter(|_| !is_tied).map(|(_, candidate)| candidate)
}

fn fold(name: &str) -> Vec<char> {
    name.chars().filter(|it| *it != '_').flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut left_before: Option<char> = None;
    for (row, &from) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        let mut right_before: Option<char> = None;
        for (column, &to) in right.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut least = at(&last, column) + usize::from(from != to);
            least = least.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            if left_before == Some(to) && right_before == Some(from) && column > 0 {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            current.push(least);
            right_before = Some(to);
        }
        before_last = std::mem::replace(&mut last, current);
        left_before = Some(from);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_slip_and_leaves_other_words_alone() {
        let known = ["customer", "catalog.Product", "order", "read", "real", "status"];
        for (wrong, right) in [
            ("custmer", Some("customer")),
            ("Customer", Some("customer")),
            ("raed", Some("read")),
            ("stauts", Some("status")),
            ("wallet", None),
            ("x", None),
            ("reat", None),
        ] {
            assert_eq!(nearest(wrong, known), right, "{wrong}");
        }
    }
}
