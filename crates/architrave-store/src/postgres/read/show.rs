//! Rows as JSON bytes, straight from the binary form in which they came.

use architrave_engine::{Fault, show::scalar};
use architrave_model::Value;
use architrave_plan::{ColumnId, JsonKind, Plan};
use uuid::Uuid;

use super::{
    cells::{Cells, Record, items},
    nest::Nest,
};
use crate::{
    postgres::value::{self, Raw},
    shared::{
        layout::{Member, Source},
        stored,
    },
    vault::Vault,
};

/// Writes rows for one tenant.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) tenant: Option<Uuid>,
}

impl Writer<'_> {
    /// Appends one row's object.
    pub(super) fn write(
        &self,
        nest: &Nest,
        row: &impl Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.object(nest, &nest.layout.members, row, out)
    }

    fn object(
        &self,
        nest: &Nest,
        members: &[Member],
        row: &impl Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let opening = *b"{,";
        let [mut before, then] = opening;
        for member in members {
            if member.guard.is_some_and(|it| !row.is_true(nest.guard_at(it))) {
                continue;
            }
            out.push(before);
            before = then;
            out.extend_from_slice(&member.key);
            self.value(nest, &member.source, row, out)?;
        }
        if before != then {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(())
    }

    fn value(
        &self,
        nest: &Nest,
        source: &Source,
        row: &impl Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        match source {
            Source::Column { at, column, kind, is_sealed } => match (row.at(*at), is_sealed) {
                (None, _) => scalar::write_null(out),
                (Some(raw), true) => return self.sealed(nest, *column, kind, raw, row, out),
                (Some(raw), false) => {
                    write_column(out, kind, raw, stored::currency(self.plan)).ok_or_else(broken)?;
                }
            },
            Source::Object { presence: Some(at), .. } if row.at(*at).is_none() => {
                scalar::write_null(out);
            }
            Source::Object { members, .. } => return self.object(nest, members, row, out),
            Source::Parts(_) => return self.parts(nest, source, row, out),
            Source::Expand { at, .. } => {
                let Some((inner, raw)) = inner(nest, source, row) else {
                    // Not to be seen, or gone: its id is all there is to show.
                    match row.at(*at).and_then(Raw::uuid) {
                        Some(id) => scalar::write_uuid(out, &id),
                        None => scalar::write_null(out),
                    }
                    return Ok(());
                };
                let record = Record::read(raw).ok_or_else(broken)?;
                return self.write(inner, &record, out);
            }
        }
        Ok(())
    }

    fn parts(
        &self,
        nest: &Nest,
        source: &Source,
        row: &impl Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        out.push(b'[');
        if let Some((inner, raw)) = inner(nest, source, row) {
            for (position, part) in items(raw).ok_or_else(broken)?.into_iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                let record = Record::read(part).ok_or_else(broken)?;
                self.write(inner, &record, out)?;
            }
        }
        out.push(b']');
        Ok(())
    }

    fn sealed(
        &self,
        nest: &Nest,
        column: ColumnId,
        kind: &JsonKind,
        sealed: Raw<'_>,
        row: &impl Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let table = &self.plan[nest.layout.selection.entity];
        let Some(planned) = table.column(column) else {
            scalar::write_null(out);
            return Ok(());
        };
        let id = row.at(nest.layout.id).and_then(Raw::uuid).unwrap_or_default();
        let place = stored::place(table, planned, table.tenant.and(self.tenant), id);
        let value = stored::unsealed(self.vault, place, &planned.ty, sealed.0)?;
        scalar::write_value(out, kind, &value, stored::currency(self.plan));
        Ok(())
    }

    /// The values that a row is sorted by.
    pub(super) fn sort_values(&self, nest: &Nest, row: &impl Cells) -> Vec<Value> {
        let layout = &nest.layout;
        let table = &self.plan[layout.selection.entity];
        let column = |at: &usize| layout.columns.get(*at).and_then(|it| table.column(*it));
        let value = |at: &usize| Some(value::loaded(&column(at)?.ty, row.at(*at)));
        layout.sort.iter().filter_map(value).collect()
    }
}

/// The rows that fill a member, with their layout.
fn inner<'a>(nest: &'a Nest, source: &Source, row: &'a impl Cells) -> Option<(&'a Nest, Raw<'a>)> {
    let position = nest.inner_of(source)?;
    Some((nest.inner.get(position)?, row.at(nest.inner_at(position))?))
}

fn broken() -> Fault {
    Fault::new(
        "a row cannot be read: the server answered in another form than it was asked for",
        "",
    )
}

/// A stored value as its kind is shown; none where it has another form.
fn write_column(
    out: &mut Vec<u8>,
    kind: &JsonKind,
    raw: Raw<'_>,
    currency: scalar::Currency<'_>,
) -> Option<()> {
    match kind {
        JsonKind::Bool => scalar::write_bool(out, raw.0 == [1]),
        JsonKind::Int => scalar::write_int(out, raw.int()?),
        JsonKind::Decimal { scale } => scalar::write_decimal(out, raw.unscaled(*scale)?, *scale),
        JsonKind::Money => scalar::write_money(out, raw.int()?, currency),
        JsonKind::Text => scalar::write_text(out, raw.text()?),
        JsonKind::Uuid => scalar::write_uuid(out, &raw.uuid()?),
        JsonKind::Timestamp => scalar::write_timestamp(out, raw.timestamp_us()?),
        JsonKind::Date => scalar::write_date(out, raw.days()?),
        JsonKind::Duration => scalar::write_duration(out, raw.int()?),
        // Stored as it is shown.
        JsonKind::Json => out.extend_from_slice(raw.0),
        JsonKind::List(_) => append_compact(out, raw.jsonb()?.as_bytes()),
        JsonKind::File => scalar::write_file(out, raw.text()?),
    }
    Some(())
}

/// A list as it is shown. The server writes spaces between its items; texts it escapes as we do.
fn append_compact(out: &mut Vec<u8>, json: &[u8]) {
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in json {
        if is_text {
            is_text = *byte != b'"' || is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
        } else if *byte == b' ' {
            continue;
        } else {
            is_text = *byte == b'"';
        }
        out.push(*byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_lose_the_spaces_between_their_items_and_no_others() {
        let check = |stored: &str, shown: &str| {
            let mut out = Vec::new();
            append_compact(&mut out, stored.as_bytes());
            assert_eq!(String::from_utf8(out).unwrap(), shown);
        };
        check(r"[]", r"[]");
        check(r#"["a b", "c\" d", "\\", " e"]"#, r#"["a b","c\" d","\\"," e"]"#);
        check(r#"[1, -2, true]"#, "[1,-2,true]");
        check(
            r#"[{"amount": "1.00", "currency": "EUR"}]"#,
            r#"[{"amount":"1.00","currency":"EUR"}]"#,
        );
    }
}
