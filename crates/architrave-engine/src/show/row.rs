//! Rows in memory as JSON: the bytes that a read of the stored row gives.

use architrave_model::{EntityId, Value};
use architrave_plan::{FieldVisibility, RepresentationMember, RepresentationSource, RowFilter};

use super::scalar;
use crate::{
    Caller,
    evaluate::{Scope, Stop, View, World, column},
    ports::Selection,
    prepared::Prepared,
};

/// Who looks, at which moment.
pub(crate) struct Viewer<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) caller: &'a Caller,
    pub(crate) now_us: i64,
    pub(crate) world: &'a World<'a>,
}

impl Viewer<'_> {
    fn scope(&self, view: &View) -> Scope<'_> {
        Scope {
            prepared: self.prepared,
            caller: self.caller,
            now_us: self.now_us,
            world: self.world,
            this: Some(view.clone()),
            old: None,
            input: &[],
        }
    }

    /// Whether the row may be seen at all.
    pub(crate) fn sees(&self, rows: &RowFilter, view: &View) -> Result<bool, Stop> {
        match rows {
            RowFilter::Nothing => Ok(false),
            RowFilter::Everything => Ok(true),
            RowFilter::Where(rule) => self.scope(view).holds(rule),
        }
    }

    /// Whether a field of a row that is seen may be seen too.
    pub(crate) fn sees_field(
        &self,
        selection: &Selection,
        field: Option<usize>,
        view: &View,
    ) -> Result<bool, Stop> {
        match field.and_then(|it| selection.shape.fields.get(it)) {
            None | Some(FieldVisibility::Visible) => Ok(true),
            Some(FieldVisibility::Hidden) => Ok(false),
            Some(FieldVisibility::Where(rule)) => self.scope(view).holds(rule),
        }
    }

    /// Writes what is selected of a row.
    pub(crate) fn write_row(
        &self,
        selection: &Selection,
        view: &View,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let representation = self.prepared.representation(selection.entity);
        let all = representation.map(|it| it.members.as_slice()).unwrap_or_default();
        out.push(b'{');
        let mut is_first = true;
        let mut parts = selection.parts.iter();
        for member in selection.members.iter().filter_map(|it| all.get(*it)) {
            // Also of a hidden member, so that the selections stay in step.
            let part = match &member.source {
                RepresentationSource::Parts { .. } => parts.next(),
                _ => None,
            };
            if !self.sees_field(selection, member.field, view)? {
                continue;
            }
            write_name(out, &mut is_first, &member.name);
            match (&member.source, part) {
                (RepresentationSource::Parts { entity }, Some(part)) => {
                    self.write_parts(*entity, part, view, out)?;
                }
                _ => self.write_member(selection, member, view, out)?,
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn write_member(
        &self,
        selection: &Selection,
        member: &RepresentationMember,
        view: &View,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        match &member.source {
            RepresentationSource::Column { column: place, kind } => {
                let value = column(&view.row, *place);
                let expanded = selection.expands.iter().find(|(it, _)| it == place);
                if let (Some((_, other)), Value::Uuid(id)) = (expanded, value)
                    && let Some(row) = self.world.row(self.prepared, other.entity, *id)?
                {
                    let seen = View { entity: other.entity, row, is_old: view.is_old };
                    if self.sees(&other.shape.rows, &seen)? {
                        return self.write_row(other, &seen, out);
                    }
                }
                scalar::write_value(out, kind, value, self.prepared.currency());
            }
            RepresentationSource::Object { presence, members } => {
                if presence.is_some_and(|it| column(&view.row, it).is_null()) {
                    scalar::write_null(out);
                    return Ok(());
                }
                out.push(b'{');
                let mut is_first = true;
                for member in members {
                    write_name(out, &mut is_first, &member.name);
                    self.write_member(selection, member, view, out)?;
                }
                out.push(b'}');
            }
            RepresentationSource::Parts { .. } => scalar::write_null(out),
        }
        Ok(())
    }

    fn write_parts(
        &self,
        entity: EntityId,
        selection: &Selection,
        view: &View,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let Value::Uuid(id) = view.id(self.prepared) else {
            out.extend_from_slice(b"[]");
            return Ok(());
        };
        out.push(b'[');
        for (index, row) in self.world.parts(entity, id)?.into_iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let part = View { entity, row, is_old: view.is_old };
            self.write_row(selection, &part, out)?;
        }
        out.push(b']');
        Ok(())
    }

    /// Writes single members of a row: what an event carries.
    pub(crate) fn write_members(
        &self,
        selection: &Selection,
        members: &[RepresentationMember],
        view: &View,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        out.push(b'{');
        let mut is_first = true;
        let representation = self.prepared.representation(selection.entity);
        let all = representation.map(|it| it.members.as_slice()).unwrap_or_default();
        for member in members {
            if !self.sees_field(selection, member.field, view)? {
                continue;
            }
            write_name(out, &mut is_first, &member.name);
            match &member.source {
                RepresentationSource::Parts { entity } => {
                    let shown = selection.members.iter().filter_map(|it| all.get(*it));
                    let mut lists = shown
                        .filter(|it| matches!(it.source, RepresentationSource::Parts { .. }))
                        .zip(&selection.parts);
                    match lists.find(|(it, _)| it.field == member.field) {
                        Some((_, part)) => self.write_parts(*entity, part, view, out)?,
                        None => out.extend_from_slice(b"[]"),
                    }
                }
                _ => self.write_member(selection, member, view, out)?,
            }
        }
        out.push(b'}');
        Ok(())
    }
}

fn write_name(out: &mut Vec<u8>, is_first: &mut bool, name: &str) {
    if !std::mem::take(is_first) {
        out.push(b',');
    }
    scalar::write_text(out, name);
    out.push(b':');
}
