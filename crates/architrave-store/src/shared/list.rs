//! Which text a list needs: what of it changes although its query is the same.

use architrave_engine::ports::ReadList;
use architrave_model::{Expr, Value};
use architrave_plan::{
    Condition, FilterOperator, ListQuery, Plan, ServedBy, sql::read::FilterText,
};

/// Bits of a variant that come from the filters.
pub(crate) const VARIANT_FILTERS: u64 = 0xffff_ffff << 20;
/// Bits of a variant that come from the cursor.
pub(crate) const VARIANT_CURSOR: u64 = 0x3_fffe;

/// What changes a list's text although its query is the same: direction, whether there is a cursor and
/// which of its values are null, whether null is asked for.
pub(crate) fn variant(read: &ReadList, filters: &[FilterText]) -> u64 {
    let mut bits = u64::from(read.is_backward);
    if let Some(cursor) = &read.cursor {
        bits |= 2;
        for (position, value) in cursor.iter().take(16).enumerate() {
            bits |= u64::from(value.is_null()) << (2 + position);
        }
    }
    for (position, filter) in filters.iter().take(32).enumerate() {
        bits |= u64::from(filter.wants_null) << (20 + position);
    }
    bits
}

/// The partial index that serves a list: (position, condition). None where a whole index does.
pub(crate) fn partial_index<'a>(plan: &'a Plan, read: &ReadList) -> Option<(usize, &'a Expr)> {
    let table = &plan[read.selection.entity];
    if table.indexes.iter().all(|it| it.condition.is_none()) {
        return None;
    }
    let conditions: Vec<Condition<'_>> = read
        .filters
        .iter()
        .map(|it| Condition { column: it.column, operator: it.operator, value: &it.value })
        .collect();
    let query = ListQuery {
        entity: read.selection.entity,
        conditions: &conditions,
        sort: &read.sort,
        has_search: false,
    };
    match plan.serve(&query).ok()?.by {
        ServedBy::Index(position) => {
            Some((position, table.indexes.get(position)?.condition.as_ref()?))
        }
        _ => None,
    }
}

/// The conditions of a list without their values.
pub(crate) fn filter_texts(read: &ReadList) -> Vec<FilterText> {
    let text = |it: &architrave_engine::ports::Filter| FilterText {
        column: it.column,
        operator: it.operator,
        wants_null: it.operator == FilterOperator::Null && it.value == Value::Bool(true),
        is_guarded: it.is_guarded,
    };
    read.filters.iter().map(text).collect()
}

/// The first text after all that have this beginning; none where there is none: nothing but the last character of
/// Unicode.
pub(crate) fn after_prefix(start: &str) -> Option<String> {
    let mut characters: Vec<char> = start.chars().collect();
    while let Some(last) = characters.pop() {
        let next = match u32::from(last) + 1 {
            // Surrogates are no characters; UTF-8 and its byte order skip them.
            0xd800 => Some('\u{e000}'),
            next => char::from_u32(next),
        };
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_text() {
        for (start, end) in [
            ("AB", Some("AC")),
            ("a\u{10ffff}", Some("b")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(after_prefix(start).as_deref(), end, "{start}");
        }
    }
}
