//! Rows of a statement as JSON bytes, straight from the columns. Parts and expanded references leave
//! holes that other statements fill, one statement for all rows of a level.

use std::ops::Range;

use architrave_engine::{Fault, show::scalar};
use architrave_plan::{JsonKind, Plan};
use rusqlite::{Row, types::ValueRef};
use uuid::Uuid;

use super::{codec, fault::OrFault};
use crate::{
    shared::layout::{Layout, Member, Source},
    vault::Vault,
};

const DOING: &str = "a row cannot be read";

/// A place in a row's bytes where another statement's answer belongs.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// Offset in the buffer.
    pub(super) at: usize,
    /// What belongs there.
    pub(super) kind: HoleKind,
    /// Parts: the row's id. Reference: the other row's id.
    pub(super) id: Uuid,
}

/// What belongs into a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HoleKind {
    /// The parts at this position of the selection.
    Parts(usize),
    /// The reference at this position of the selection.
    Expand(usize),
}

/// Rows that have been written, with their holes.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The bytes of all rows, one after the other.
    pub(super) bytes: Vec<u8>,
    /// Each row: its key (own id, or the id of the row above for parts) and its bytes.
    pub(super) rows: Vec<(Uuid, Range<usize>)>,
    /// Holes in ascending order.
    pub(super) holes: Vec<Hole>,
}

/// Writes rows of one layout.
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) layout: &'a Layout,
    pub(super) tenant: Option<Uuid>,
}

impl Writer<'_> {
    /// Appends one row's object.
    pub(super) fn write(
        &self,
        row: &Row<'_>,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<(), Fault> {
        self.object(&self.layout.members, row, out, holes)
    }

    fn object(
        &self,
        members: &[Member],
        row: &Row<'_>,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<(), Fault> {
        let opening = *b"{,";
        let [mut before, then] = opening;
        for member in members {
            if let Some(guard) = member.guard {
                let shown: bool = row.get(self.layout.columns.len() + guard).or_fault(DOING)?;
                if !shown {
                    continue;
                }
            }
            out.push(before);
            before = then;
            out.extend_from_slice(&member.key);
            self.value(&member.source, row, out, holes)?;
        }
        if before != then {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(())
    }

    fn value(
        &self,
        source: &Source,
        row: &Row<'_>,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<(), Fault> {
        match source {
            Source::Column { at, column, kind, is_sealed } => {
                let value = row.get_ref(*at).or_fault(DOING)?;
                match (is_sealed, value) {
                    (true, ValueRef::Blob(sealed)) => self.sealed(*column, kind, sealed, row, out),
                    _ => {
                        write_column(out, kind, value, codec::currency(self.plan));
                        Ok(())
                    }
                }
            }
            Source::Object { presence: Some(at), .. }
                if matches!(row.get_ref(*at).or_fault(DOING)?, ValueRef::Null) =>
            {
                scalar::write_null(out);
                Ok(())
            }
            Source::Object { members, .. } => self.object(members, row, out, holes),
            Source::Parts(position) => {
                let id = self.id(row, self.layout.id)?.unwrap_or_default();
                holes.push(Hole { at: out.len(), kind: HoleKind::Parts(*position), id });
                Ok(())
            }
            Source::Expand { at, expand } => {
                match self.id(row, *at)? {
                    Some(id) => {
                        holes.push(Hole { at: out.len(), kind: HoleKind::Expand(*expand), id });
                    }
                    None => scalar::write_null(out),
                }
                Ok(())
            }
        }
    }

    fn sealed(
        &self,
        column: architrave_plan::ColumnId,
        kind: &JsonKind,
        sealed: &[u8],
        row: &Row<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let table = &self.plan[self.layout.selection.entity];
        let Some(planned) = table.columns.get(usize::from(column.0)) else {
            scalar::write_null(out);
            return Ok(());
        };
        let id = self.id(row, self.layout.id)?.unwrap_or_default();
        let place = codec::place(table, planned, table.tenant.and(self.tenant), id);
        let value = codec::unsealed(self.vault, place, &planned.ty, sealed)?;
        scalar::write_value(out, kind, &value, codec::currency(self.plan));
        Ok(())
    }

    /// An id in a column.
    pub(super) fn id(&self, row: &Row<'_>, at: usize) -> Result<Option<Uuid>, Fault> {
        match row.get_ref(at).or_fault(DOING)? {
            ValueRef::Blob(bytes) => Ok(Uuid::from_slice(bytes).ok()),
            _ => Ok(None),
        }
    }
}

/// A stored value as its kind is shown. What does not fit, which strict tables rule out, is null.
fn write_column(
    out: &mut Vec<u8>,
    kind: &JsonKind,
    value: ValueRef<'_>,
    currency: scalar::Currency<'_>,
) {
    match (kind, value) {
        (JsonKind::Bool, ValueRef::Integer(it)) => scalar::write_bool(out, it != 0),
        (JsonKind::Int, ValueRef::Integer(it)) => scalar::write_int(out, it),
        (JsonKind::Decimal { scale }, ValueRef::Integer(it)) => {
            scalar::write_decimal(out, it, *scale)
        }
        (JsonKind::Money, ValueRef::Integer(it)) => scalar::write_money(out, it, currency),
        (JsonKind::Timestamp, ValueRef::Integer(it)) => scalar::write_timestamp(out, it),
        (JsonKind::Duration, ValueRef::Integer(it)) => scalar::write_duration(out, it),
        // Lists and JSON are stored as they are shown.
        (JsonKind::Json | JsonKind::List(_), ValueRef::Text(it)) => out.extend_from_slice(it),
        (JsonKind::File, ValueRef::Text(it)) => {
            scalar::write_file(out, &String::from_utf8_lossy(it))
        }
        (_, ValueRef::Text(it)) => match std::str::from_utf8(it) {
            Ok(text) => scalar::write_text(out, text),
            Err(_) => scalar::write_text(out, &String::from_utf8_lossy(it)),
        },
        (_, ValueRef::Blob(it)) => match Uuid::from_slice(it) {
            Ok(id) => scalar::write_uuid(out, &id),
            Err(_) => scalar::write_null(out),
        },
        _ => scalar::write_null(out),
    }
}
