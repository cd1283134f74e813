//! A selection worked out for one statement: what it shows of a row, and of the rows within it, which the same
//! statement answers as records.

use std::sync::Arc;

use architrave_engine::ports::Selection;
use architrave_plan::{
    Plan, SortKey,
    sql::read::{Inner, Show, Through},
};

use crate::shared::layout::{Layout, Source};

/// A layout and those within it.
#[derive(Debug)]
pub(super) struct Nest {
    /// The row's own.
    pub(super) layout: Layout,
    /// Of parts, then of expanded references, in the selection's order.
    pub(super) inner: Vec<Nest>,
    shows: Vec<Inner>,
}

impl Nest {
    /// Works a selection out; `sort` are columns whose values are wanted beside what is shown.
    pub(super) fn new(plan: &Plan, selection: &Arc<Selection>, sort: &[SortKey]) -> Self {
        let layout = Layout::new(plan, selection, sort);
        let parts = selection.parts.iter().map(|it| (Through::Parts, it));
        let expands = selection.expands.iter().map(|(at, it)| (Through::Reference(*at), it));
        let (mut inner, mut shows) = (Vec::new(), Vec::new());
        for (through, of) in parts.chain(expands) {
            let nest = Self::new(plan, of, &[]);
            shows.push(Inner {
                through,
                shape: Arc::clone(&of.shape),
                columns: nest.layout.columns.clone(),
                guards: nest.layout.guards.clone(),
                inner: nest.shows.clone(),
            });
            inner.push(nest);
        }
        Self { layout, inner, shows }
    }

    /// What the statement has to answer.
    pub(super) fn show(&self) -> Show<'_> {
        Show { inner: &self.shows, ..self.layout.show() }
    }

    /// Where the truth of a guard is.
    pub(super) fn guard_at(&self, guard: usize) -> usize {
        self.layout.columns.len() + guard
    }

    /// Position among the inner rows of what fills a member; none where a column does.
    pub(super) fn inner_of(&self, source: &Source) -> Option<usize> {
        match source {
            Source::Parts(part) => Some(*part),
            Source::Expand { expand, .. } => Some(self.layout.selection.parts.len() + expand),
            Source::Column { .. } | Source::Object { .. } => None,
        }
    }

    /// Where inner rows are.
    pub(super) fn inner_at(&self, position: usize) -> usize {
        self.layout.columns.len() + self.layout.guards.len() + position
    }

    /// Where what stands behind the row's own answer is.
    pub(super) fn behind(&self) -> usize {
        self.inner_at(self.inner.len())
    }
}
