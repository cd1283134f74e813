//! A selection worked out once: which columns its statement answers, and how they become JSON.

use std::sync::Arc;

use architrave_engine::ports::Selection;
use architrave_plan::{
    ColumnId, ColumnRole, FieldVisibility, JsonKind, Plan, RepresentationMember,
    RepresentationSource, SortKey, sql::read::Show,
};

/// How rows of a selection are read and written.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The selection.
    pub(crate) selection: Arc<Selection>,
    /// Columns of the answer, in order.
    pub(crate) columns: Vec<ColumnId>,
    /// Fields whose rule is answered behind the columns.
    pub(crate) guards: Vec<usize>,
    /// What is written, in order.
    pub(crate) members: Vec<Member>,
    /// Where the row's id is.
    pub(crate) id: usize,
    /// Where its version is.
    pub(crate) version: Option<usize>,
    /// Where the id of the row above is, for parts.
    pub(crate) parent: Option<usize>,
    /// Where the sort keys' values are.
    pub(crate) sort: Vec<usize>,
}

/// One member of the object.
#[derive(Debug)]
pub(crate) struct Member {
    /// `"name":` with the quotes and the colon.
    pub(crate) key: Vec<u8>,
    /// Position in [`Layout::guards`]: shown only where the rule holds.
    pub(crate) guard: Option<usize>,
    /// Where it comes from.
    pub(crate) source: Source,
}

/// Where a member's value comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A column of the answer.
    Column { at: usize, column: ColumnId, kind: JsonKind, is_sealed: bool },
    /// A value object; null where the column at `presence` is.
    Object { presence: Option<usize>, members: Vec<Member> },
    /// Parts: position in [`Selection::parts`].
    Parts(usize),
    /// A reference shown as an object: position in [`Selection::expands`].
    Expand { at: usize, expand: usize },
}

impl Layout {
    /// Works a selection out; `sort` are columns whose values are wanted beside what is shown.
    pub(crate) fn new(plan: &Plan, selection: &Arc<Selection>, sort: &[SortKey]) -> Self {
        let table = &plan[selection.entity];
        let mut maker =
            Maker { plan, selection, columns: Vec::new(), guards: Vec::new(), parts: 0 };
        let id = table.columns.iter().position(|it| it.role == ColumnRole::Id).unwrap_or(0);
        let id = maker.column(ColumnId(u16::try_from(id).unwrap_or(0)));
        let representation = plan.representations.get(selection.entity.0 as usize);
        let shown = representation.map(|it| it.members.as_slice()).unwrap_or_default();
        let members: Vec<Member> = selection
            .members
            .iter()
            .filter_map(|it| shown.get(*it))
            .filter_map(|it| maker.member(it))
            .collect();
        let version = table.version.map(|it| maker.column(it));
        let parent = table.parent.map(|(it, _)| maker.column(it));
        let sort = sort.iter().map(|it| maker.column(it.column)).collect();
        let Maker { columns, guards, .. } = maker;
        Self {
            selection: Arc::clone(selection),
            columns,
            guards,
            members,
            id,
            version,
            parent,
            sort,
        }
    }

    /// What the statement has to answer.
    pub(crate) fn show(&self) -> Show<'_> {
        Show {
            shape: &self.selection.shape,
            columns: &self.columns,
            guards: &self.guards,
            inner: &[],
        }
    }

    /// Whether rows hold anything that other statements answer.
    pub(crate) fn has_holes(&self) -> bool {
        self.members.iter().any(|it| matches!(it.source, Source::Parts(_) | Source::Expand { .. }))
    }
}

struct Maker<'a> {
    plan: &'a Plan,
    selection: &'a Selection,
    columns: Vec<ColumnId>,
    guards: Vec<usize>,
    parts: usize,
}

impl Maker<'_> {
    fn column(&mut self, column: ColumnId) -> usize {
        self.columns.iter().position(|it| *it == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn member(&mut self, member: &RepresentationMember) -> Option<Member> {
        let guard =
            match member.field.and_then(|it| Some((it, self.selection.shape.fields.get(it)?))) {
                Some((_, FieldVisibility::Hidden)) => return None,
                Some((field, FieldVisibility::Where(_))) => Some(self.guard(field)),
                _ => None,
            };
        let source = match &member.source {
            RepresentationSource::Column { column, kind } => self.scalar(*column, kind),
            RepresentationSource::Object { presence, members } => Source::Object {
                presence: presence.map(|it| self.column(it)),
                members: members.iter().filter_map(|it| self.member(it)).collect(),
            },
            RepresentationSource::Parts { .. } => {
                self.parts += 1;
                Source::Parts(self.parts - 1)
            }
        };
        let mut key = Vec::with_capacity(member.name.len() + 3);
        architrave_engine::show::scalar::write_text(&mut key, &member.name);
        key.push(b':');
        Some(Member { key, guard, source })
    }

    fn scalar(&mut self, column: ColumnId, kind: &JsonKind) -> Source {
        let at = self.column(column);
        if let Some(expand) = self.selection.expands.iter().position(|(it, _)| *it == column) {
            return Source::Expand { at, expand };
        }
        let table = &self.plan[self.selection.entity];
        let planned = table.columns.get(usize::from(column.0));
        let is_sealed = planned.is_some_and(|it| it.encryption.is_some());
        Source::Column { at, column, kind: kind.clone(), is_sealed }
    }

    fn guard(&mut self, field: usize) -> usize {
        self.guards.iter().position(|it| *it == field).unwrap_or_else(|| {
            self.guards.push(field);
            self.guards.len() - 1
        })
    }
}
