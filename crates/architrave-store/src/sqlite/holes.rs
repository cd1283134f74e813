//! Fills what a row's own statement cannot answer: parts and expanded references, one statement each for
//! all rows of a level.

use std::{collections::HashMap, sync::Arc};

use architrave_engine::{Fault, ports::Selection, show::scalar};
use architrave_plan::sql::{Dialect, read};
use uuid::Uuid;

use super::{
    bind::{Values, bind},
    fault::OrFault,
    reader::{Asked, Compiled, DOING, EXPAND, PARTS, Reader},
    show::{Hole, HoleKind, Written},
};
use crate::shared::{
    layout::Layout,
    stored::{Stored, append_json},
};

impl Reader {
    /// Fills the holes of rows: parts and references, one statement each for all rows.
    pub(super) fn fill(
        &mut self,
        selection: &Selection,
        written: Written,
        asked: Asked<'_>,
    ) -> Result<Vec<(Uuid, Vec<u8>)>, Fault> {
        let mut parts = Vec::with_capacity(selection.parts.len());
        for (position, part) in selection.parts.iter().enumerate() {
            let ids = ids_of(&written.holes, HoleKind::Parts(position));
            parts.push(self.children(part, &ids, asked, PARTS)?);
        }
        let mut expands = Vec::with_capacity(selection.expands.len());
        for (position, (_, other)) in selection.expands.iter().enumerate() {
            let ids = ids_of(&written.holes, HoleKind::Expand(position));
            let is_hidden = read::sees_nothing(&other.shape);
            expands.push(if is_hidden {
                HashMap::new()
            } else {
                self.children(other, &ids, asked, EXPAND)?
            });
        }
        let mut holes = written.holes.into_iter().peekable();
        let mut rows = Vec::with_capacity(written.rows.len());
        for (key, range) in written.rows {
            let mut bytes = Vec::with_capacity(range.len() * 2);
            let mut from = range.start;
            while let Some(hole) = holes.next_if(|it| it.at <= range.end) {
                bytes.extend_from_slice(written.bytes.get(from..hole.at).unwrap_or_default());
                from = hole.at;
                match hole.kind {
                    HoleKind::Parts(at) => {
                        let rows = parts.get(at).and_then(|it| it.get(&hole.id));
                        bytes.push(b'[');
                        join(&mut bytes, rows.into_iter().flatten().map(Vec::as_slice));
                        bytes.push(b']');
                    }
                    HoleKind::Expand(at) => {
                        match expands.get(at).and_then(|it| it.get(&hole.id)?.first()) {
                            Some(object) => bytes.extend_from_slice(object),
                            // Not to be seen, or gone: its id is all there is to show.
                            None => scalar::write_uuid(&mut bytes, &hole.id),
                        }
                    }
                }
            }
            bytes.extend_from_slice(written.bytes.get(from..range.end).unwrap_or_default());
            rows.push((key, bytes));
        }
        Ok(rows)
    }

    /// Rows of a level by key: the row above for parts, their own id for references.
    fn children(
        &mut self,
        selection: &Arc<Selection>,
        ids: &[Uuid],
        asked: Asked<'_>,
        kind: u64,
    ) -> Result<HashMap<Uuid, Vec<Vec<u8>>>, Fault> {
        let mut found: HashMap<Uuid, Vec<Vec<u8>>> = HashMap::new();
        let Some(first) = ids.first() else { return Ok(found) };
        let is_of_many = ids.len() > 1;
        let compiled = self.compiled((selection.key, u64::from(is_of_many), kind), |plan| {
            let layout = Layout::new(plan, selection, &[]);
            let text = match kind {
                PARTS => read::parts(plan, Dialect::Sqlite, layout.show(), is_of_many)?,
                _ => read::expand(plan, Dialect::Sqlite, layout.show())?,
            };
            Ok(Compiled { layout, text })
        })?;
        let list = json_ids(ids);
        let mut written = Written::default();
        {
            let layout = &compiled.layout;
            let values = Values { id: *first, ids: &list, ..self.values(layout, asked) };
            let writer = self.writer(layout, values.tenant);
            let key_at = if kind == PARTS { layout.parent.unwrap_or(layout.id) } else { layout.id };
            let mut statement =
                self.connection.prepare_cached(&compiled.text.text).or_fault(DOING)?;
            bind(&mut statement, &compiled.text, &values).or_fault(DOING)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().or_fault(DOING)? {
                let start = written.bytes.len();
                writer.write(row, &mut written.bytes, &mut written.holes)?;
                let key = writer.id(row, key_at)?.unwrap_or_default();
                written.rows.push((key, start..written.bytes.len()));
            }
        }
        for (key, bytes) in self.fill(selection, written, asked)? {
            found.entry(key).or_default().push(bytes);
        }
        Ok(found)
    }
}

fn ids_of(holes: &[Hole], kind: HoleKind) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = holes.iter().filter(|it| it.kind == kind).map(|it| it.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn json_ids(ids: &[Uuid]) -> Vec<u8> {
    let mut out = Vec::with_capacity(ids.len() * 35 + 2);
    out.push(b'[');
    for id in ids {
        if out.len() > 1 {
            out.push(b',');
        }
        append_json(&mut out, &Stored::Bytes(id.as_bytes().as_slice().into()));
    }
    out.push(b']');
    out
}

/// Appends rows with commas between them.
pub(super) fn join<'a>(out: &mut Vec<u8>, rows: impl Iterator<Item = &'a [u8]>) {
    for (position, row) in rows.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.extend_from_slice(row);
    }
}
