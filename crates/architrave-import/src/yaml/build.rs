//! Puts values together, keeps the limits, finds keys that stand twice, merges `<<`.

use std::{borrow::Cow, collections::BTreeMap};

use architrave_model::{FileId, Span};

use super::{
    DEPTH_MAX, FINDINGS_MAX, VALUES_MAX, problem,
    tree::{Content, LINEAR_MAX, Tree, Value},
};
use crate::codes;

/// A limit was reached; the document is given up.
pub(super) struct GivenUp;

/// A list or mapping that is still being read.
struct Open {
    start: u32,
    is_mapping: bool,
    anchor: usize,
    /// Where its children begin among those that wait.
    first: usize,
}

pub(super) struct Builder<'t> {
    tree: Tree<'t>,
    open: Vec<Open>,
    /// Children of what is open, innermost last.
    waiting: Vec<u32>,
    anchors: BTreeMap<usize, u32>,
    /// Values so far, shared ones counted each time.
    weight: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            tree: Tree { file, ..Tree::default() },
            open: Vec::new(),
            waiting: Vec::new(),
            anchors: BTreeMap::new(),
            weight: 0,
        }
    }

    pub(super) fn finish(self) -> Tree<'t> {
        self.tree
    }

    /// How many findings there are, up to the most that one file gets.
    pub(super) fn is_silenced(&self) -> bool {
        self.tree.findings.len() >= FINDINGS_MAX
    }

    pub(super) fn report(&mut self, code: architrave_model::Code, at: (u32, u32), title: &str) {
        if !self.is_silenced() {
            let span = Span { file: self.tree.file, start: at.0, end: at.1 };
            self.tree.findings.push(problem(code, span, title));
        }
    }

    /// Forgets what was read of a document that cannot be read to its end: half of a document would make
    /// absent what merely stands further down.
    pub(super) fn give_up_document(&mut self) {
        self.open.clear();
        self.waiting.clear();
        self.anchors.clear();
    }

    pub(super) fn end_document(&mut self) {
        self.tree.roots.extend(self.waiting.first());
        self.give_up_document();
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'t, str>,
        is_quoted: bool,
        at: (u32, u32),
        anchor: usize,
    ) -> Result<(), GivenUp> {
        self.add(Content::Scalar { text, is_quoted }, at, 1, 0, anchor)
    }

    pub(super) fn open(
        &mut self,
        start: u32,
        is_mapping: bool,
        anchor: usize,
    ) -> Result<(), GivenUp> {
        if self.open.len() >= DEPTH_MAX {
            let title = format!("nested deeper than {DEPTH_MAX} levels");
            self.report(codes::TOO_LARGE, (start, start), &title);
            return Err(GivenUp);
        }
        self.open.push(Open { start, is_mapping, anchor, first: self.waiting.len() });
        Ok(())
    }

    pub(super) fn close(&mut self, end: u32) -> Result<(), GivenUp> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let mut children = self.waiting.split_off(open.first.min(self.waiting.len()));
        let last = children.last().and_then(|it| self.tree.values.get(*it as usize));
        let end = end.max(last.map_or(open.start, |it| it.end));
        let mut order = Vec::new();
        if open.is_mapping {
            children.truncate(children.len() / 2 * 2);
            children = self.merged(children)?;
            (children, order) = self.without_doubles(&children);
        }
        let weight = 1 + children.iter().map(|it| self.weight_of(*it)).sum::<usize>();
        let height = 1 + children.iter().map(|it| self.height_of(*it)).max().unwrap_or(0);
        let first = self.tree.children.len() as u32;
        let count = children.len() as u32;
        self.tree.children.append(&mut children);
        let content = if open.is_mapping {
            let sorted = (order.len() > LINEAR_MAX).then_some(self.tree.sorted.len() as u32);
            if sorted.is_some() {
                self.tree.sorted.append(&mut order);
            }
            Content::Mapping { first, count: count / 2, sorted }
        } else {
            Content::Sequence { first, count }
        };
        self.add(content, (open.start, end), weight, height, open.anchor)
    }

    /// Another use of a value that has a name.
    pub(super) fn alias(&mut self, anchor: usize, at: (u32, u32)) -> Result<(), GivenUp> {
        let Some(&index) = self.anchors.get(&anchor) else {
            self.report(codes::BAD_ALIAS, at, "an alias stands within the value that it names");
            return self.scalar(Cow::Borrowed(""), false, at, 0);
        };
        if self.open.len() + self.height_of(index) > DEPTH_MAX {
            self.report(codes::TOO_LARGE, at, &format!("nested deeper than {DEPTH_MAX} levels"));
            return Err(GivenUp);
        }
        self.count(self.weight_of(index), at)?;
        self.waiting.push(index);
        Ok(())
    }

    fn add(
        &mut self,
        content: Content<'t>,
        at: (u32, u32),
        weight: usize,
        height: usize,
        anchor: usize,
    ) -> Result<(), GivenUp> {
        self.count(1, at)?;
        let index = self.tree.values.len() as u32;
        self.tree.values.push(Value {
            start: at.0,
            end: at.1,
            weight: weight.min(VALUES_MAX) as u32,
            height: height as u16,
            content,
        });
        if anchor > 0 {
            self.anchors.insert(anchor, index);
        }
        self.waiting.push(index);
        Ok(())
    }

    fn count(&mut self, more: usize, at: (u32, u32)) -> Result<(), GivenUp> {
        self.weight += more;
        if self.weight <= VALUES_MAX {
            return Ok(());
        }
        let title = format!("more than {VALUES_MAX} values, what aliases repeat included");
        self.report(codes::TOO_LARGE, at, &title);
        Err(GivenUp)
    }

    fn weight_of(&self, index: u32) -> usize {
        self.tree.values.get(index as usize).map_or(0, |it| it.weight as usize)
    }

    fn height_of(&self, index: u32) -> usize {
        self.tree.values.get(index as usize).map_or(0, |it| it.height as usize)
    }

    fn text_of(&self, index: u32) -> Option<&str> {
        match &self.tree.values.get(index as usize)?.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Entries of `<<: *defaults` (or a list of such) behind the mapping's own, which win.
    fn merged(&mut self, children: Vec<u32>) -> Result<Vec<u32>, GivenUp> {
        let is_merge = |it: &[u32]| it.first().is_some_and(|key| self.text_of(*key) == Some("<<"));
        if !children.chunks_exact(2).any(is_merge) {
            return Ok(children);
        }
        let (merges, own): (Vec<&[u32]>, Vec<&[u32]>) =
            children.chunks_exact(2).partition(|it| is_merge(it));
        let mut all: Vec<u32> = Vec::new();
        // The last of two equal keys counts, so what is merged goes before, the most important last.
        for source in merges.iter().filter_map(|it| it.last()).rev() {
            all.extend(self.merge_entries(*source));
        }
        let added: usize = all.iter().map(|it| self.weight_of(*it)).sum();
        let overridden: std::collections::BTreeSet<&str> =
            own.iter().filter_map(|it| self.text_of(*it.first()?)).collect();
        let mut seen = std::collections::BTreeSet::new();
        let mut inherited: Vec<&[u32]> = all
            .chunks_exact(2)
            .rev()
            .filter(|it| {
                it.first()
                    .and_then(|key| self.text_of(*key))
                    .is_some_and(|key| !overridden.contains(key) && seen.insert(key))
            })
            .collect();
        inherited.reverse();
        let result = own.into_iter().chain(inherited).flatten().copied().collect();
        let at = children.first().and_then(|it| self.tree.values.get(*it as usize));
        let at = at.map_or((0, 0), |it| (it.start, it.end));
        self.count(added, at)?;
        Ok(result)
    }

    fn merge_entries(&self, source: u32) -> Vec<u32> {
        let children = |first: u32, count: u32| {
            self.tree.children.get(first as usize..(first + count) as usize).unwrap_or(&[]).to_vec()
        };
        match self.tree.values.get(source as usize).map(|it| &it.content) {
            Some(Content::Mapping { first, count, .. }) => children(*first, 2 * count),
            // Of a list the first wins.
            Some(Content::Sequence { first, count }) => children(*first, *count)
                .into_iter()
                .rev()
                .filter(|it| {
                    let value = self.tree.values.get(*it as usize);
                    value.is_some_and(|it| matches!(it.content, Content::Mapping { .. }))
                })
                .flat_map(|it| self.merge_entries(it))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Entries without those whose key stands again further down, and their order by key.
    fn without_doubles(&mut self, children: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let entries: Vec<&[u32]> = children.chunks_exact(2).collect();
        let key_of = |entry: u32| {
            entries.get(entry as usize).and_then(|it| it.first()).copied().unwrap_or_default()
        };
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        order.sort_by(|a, b| self.text_of(key_of(*a)).cmp(&self.text_of(key_of(*b))));
        let doubles: Vec<u32> = order
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] => {
                    let key = self.text_of(key_of(*a))?;
                    (Some(key) == self.text_of(key_of(*b))).then_some(*a)
                }
                _ => None,
            })
            .collect();
        if doubles.is_empty() {
            return (children.to_vec(), order);
        }
        for double in &doubles {
            let key = key_of(*double);
            let at = self.tree.values.get(key as usize).map_or((0, 0), |it| (it.start, it.end));
            let title =
                format!("`{}` stands twice; the last counts", self.text_of(key).unwrap_or(""));
            self.report(codes::DOUBLE_KEY, at, &title);
        }
        let dropped: std::collections::BTreeSet<u32> = doubles.into_iter().collect();
        let kept: Vec<u32> = (0u32..)
            .zip(&entries)
            .filter(|(position, _)| !dropped.contains(position))
            .flat_map(|(_, entry)| entry.iter().copied())
            .collect();
        let (kept, order) = self.without_doubles(&kept);
        (kept, order)
    }
}
