//! The columns of a row as they came: of a statement's row, or of a record within one.

use tokio_postgres::Row;

use crate::postgres::value::Raw;

/// Columns by position, in their binary form.
pub(super) trait Cells {
    /// A column; none where it is NULL.
    fn at(&self, position: usize) -> Option<Raw<'_>>;

    /// Whether a truth value is there and true.
    fn is_true(&self, position: usize) -> bool {
        self.at(position).is_some_and(|it| it.0 == [1])
    }
}

impl Cells for Row {
    fn at(&self, position: usize) -> Option<Raw<'_>> {
        self.try_get(position).unwrap_or_default()
    }
}

/// A record: the number of its columns, and of each its type, length and bytes.
pub(super) struct Record<'a>(Vec<Option<Raw<'a>>>);

impl<'a> Record<'a> {
    /// Takes a record apart; none where it is none.
    pub(super) fn read(raw: Raw<'a>) -> Option<Self> {
        let mut rest = raw.0;
        let count = usize::try_from(int(&mut rest)?).ok()?;
        // Each column takes eight bytes at least: nobody claims more of them than there are.
        let mut cells = Vec::with_capacity(count.min(rest.len() / 8));
        for _ in 0..count {
            let _type = int(&mut rest)?;
            cells.push(cell(&mut rest)?);
        }
        Some(Self(cells))
    }
}

impl Cells for Record<'_> {
    fn at(&self, position: usize) -> Option<Raw<'_>> {
        self.0.get(position).copied().flatten()
    }
}

/// The items of an array of one dimension, none of them NULL; none where it is something else.
pub(super) fn items(raw: Raw<'_>) -> Option<Vec<Raw<'_>>> {
    let mut rest = raw.0;
    let (dimensions, _has_null, _type) = (int(&mut rest)?, int(&mut rest)?, int(&mut rest)?);
    if dimensions == 0 {
        return Some(Vec::new());
    }
    let (count, _first) = (usize::try_from(int(&mut rest)?).ok()?, int(&mut rest)?);
    let mut items = Vec::with_capacity(count.min(rest.len() / 4));
    for _ in 0..count {
        items.push(cell(&mut rest)??);
    }
    Some(items)
}

fn int(rest: &mut &[u8]) -> Option<i32> {
    let (bytes, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(i32::from_be_bytes(*bytes))
}

/// Length and bytes; a length below zero is NULL.
fn cell<'a>(rest: &mut &'a [u8]) -> Option<Option<Raw<'a>>> {
    let Ok(length) = usize::try_from(int(rest)?) else { return Some(None) };
    let (bytes, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(Some(Raw(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_no_record_and_no_array() {
        let record = [0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 1, 1, 0, 0, 0, 16, 255, 255, 255, 255];
        let read = Record::read(Raw(&record)).unwrap();
        assert!(read.is_true(0) && read.at(1).is_none() && read.at(2).is_none());
        let array = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7];
        assert_eq!(items(Raw(&array)).unwrap().first().unwrap().0, [7]);
        for length in 0..array.len() {
            assert!(items(Raw(&array[..length])).is_none_or(|it| it.is_empty()), "{length}");
            assert!(Record::read(Raw(&record[..length.min(record.len() - 1)])).is_none());
        }
    }
}
