//! Puts the `=` of adjacent settings, and the comments behind adjacent lines, in one column.

use super::lines::Line;

/// Sets the padding of all lines.
pub(super) fn align(lines: &mut [Line<'_>]) {
    for group in lines.chunk_by_mut(|one, other| {
        one.is_setting() && other.is_setting() && one.level == other.level
    }) {
        align_equals(group);
    }
    for group in lines.chunk_by_mut(|one, other| {
        one.trailing_comment().is_some()
            && other.trailing_comment().is_some()
            && one.level == other.level
    }) {
        align_comments(group);
    }
}

fn align_equals(group: &mut [Line<'_>]) {
    let width = |it: &Line<'_>| it.words.first().map_or(0, |it| it.text.chars().count());
    let widest = group.iter().map(width).max().unwrap_or_default();
    if group.len() > 1 {
        group.iter_mut().for_each(|it| it.equals_padding = widest.saturating_sub(width(it)));
    }
}

fn align_comments(group: &mut [Line<'_>]) {
    if group.len() > 1 {
        let widths: Vec<usize> = group.iter().map(Line::width).collect();
        let widest = widths.iter().max().copied().unwrap_or_default();
        for (line, width) in group.iter_mut().zip(widths) {
            line.comment_padding = widest - width;
        }
    }
}
