//! The words of a row, as PostgreSQL keeps them in a column.

use architrave_model::Value;
use architrave_plan::Plan;

use super::{copy::StoredRow, moved::Moved};
use crate::{
    postgres::words::vector,
    shared::stored::{Stored, loaded},
};

/// A text of `tsvector`; none for a table without search.
pub(super) fn of_row(plan: &Plan, moved: &Moved, row: &StoredRow) -> Option<String> {
    let (entity, Some(_)) = moved.entity.as_ref()? else { return None };
    let table = &plan[*entity];
    let values = table.columns.iter().map(|column| {
        if column.encryption.is_some() {
            return Value::Null;
        }
        let at = moved.columns.iter().position(|it| it.sqlite == column.physical);
        let stored = at.and_then(|it| row.get(it)).cloned().unwrap_or(Stored::Null);
        loaded(&column.ty, stored)
    });
    vector(table, &values.collect::<Vec<_>>())
}
