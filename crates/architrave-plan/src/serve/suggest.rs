//! The index that would serve a list, in the words of the blueprint.

use super::{Asked, IndexToAdd};
use crate::{ColumnId, ColumnType, Direction, SortKey, Table};

pub(super) fn search_is_ordered() -> IndexToAdd {
    IndexToAdd {
        index: None,
        detail: "A search has an order of its own; leave out `sort`.".to_owned(),
    }
}

/// The index to add, or why none would do.
pub(super) fn suggest(table: &Table, asked: &Asked, sort: &[SortKey]) -> IndexToAdd {
    let path = |column: ColumnId| table.column(column).map_or("id", |it| it.path.as_str());
    let mut ranged = asked.ranges.clone();
    // `in` takes the key of a range where nothing else does; beside a served condition it needs none.
    let first = sort.first().map(|it| it.column);
    if ranged.is_empty() && asked.equalities.is_empty() {
        ranged.extend(asked.ins.iter().copied().find(|it| first.is_none_or(|first| first == *it)));
    }
    if let Some(detail) = unindexed(table, asked, sort) {
        return IndexToAdd { index: None, detail };
    }
    if let Some(detail) = impossible(asked, &ranged, first, &path) {
        return IndexToAdd { index: None, detail };
    }
    let equal = asked.equalities.iter().map(|it| path(*it).to_owned());
    let range = ranged.iter().filter(|it| Some(**it) != first).map(|it| path(*it).to_owned());
    let order = sort.iter().filter(|it| it.column != ColumnId(0)).map(|it| match it.direction {
        Direction::Ascending => path(it.column).to_owned(),
        Direction::Descending => format!("desc({})", path(it.column)),
    });
    let keys: Vec<String> = equal.chain(range).chain(order).collect();
    let index = format!("index {{ on = [{}] }}", keys.join(", "));
    IndexToAdd {
        detail: format!("No index serves this query; `{index}` in the blueprint would."),
        index: Some(index),
    }
}

/// A column that no index can hold, so that no block in the blueprint would help.
fn unindexed(table: &Table, asked: &Asked, sort: &[SortKey]) -> Option<String> {
    let conditions = [&asked.equalities, &asked.ranges, &asked.ins, &asked.unequal];
    let columns = conditions.into_iter().flatten().chain(sort.iter().map(|it| &it.column));
    let mut columns = columns.filter_map(|it| table.column(*it));
    columns.find_map(|it| {
        let why = match it.ty {
            _ if it.encryption.is_some() && it.lookup.is_none() => "is encrypted",
            ColumnType::List(_) => "is a list",
            ColumnType::Json => "is free JSON",
            ColumnType::File => "is a file",
            _ => return None,
        };
        Some(format!("`{}` {why}; no index can hold it.", it.path))
    })
}

fn impossible<'a>(
    asked: &Asked,
    ranged: &[ColumnId],
    first: Option<ColumnId>,
    path: &impl Fn(ColumnId) -> &'a str,
) -> Option<String> {
    if let [one, other, ..] = ranged {
        let (one, other) = (path(*one), path(*other));
        return Some(format!("One range at a time: `{one}` and `{other}` cannot share an index."));
    }
    if let (Some(range), Some(first)) = (ranged.first(), first)
        && *range != first
    {
        let (range, first) = (path(*range), path(first));
        return Some(format!(
            "A range of `{range}` comes in the order of `{range}`; sort by it first, not by `{first}`."
        ));
    }
    let has_served = !asked.equalities.is_empty() || !ranged.is_empty();
    let narrowing = asked.unequal.first().or(asked.ins.first()).filter(|_| !has_served)?;
    let narrowing = path(*narrowing);
    Some(format!("`{narrowing}` only narrows what another filter has found; add an `eq` filter."))
}
