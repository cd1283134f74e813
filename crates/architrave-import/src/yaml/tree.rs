//! The tree of values and how it is asked.

use std::borrow::Cow;

use architrave_model::{FileId, Finding, Span};

/// Mappings with more entries have a sorted index, so that looking up a key stays fast in large documents.
pub(super) const LINEAR_MAX: usize = 12;

/// All documents of one file.
#[derive(Debug, Default)]
pub(crate) struct Tree<'t> {
    pub(super) file: FileId,
    pub(super) values: Vec<Value<'t>>,
    /// Items of sequences; keys and values of mappings in turns.
    pub(super) children: Vec<u32>,
    /// Positions of entries in the order of their keys, for large mappings.
    pub(super) sorted: Vec<u32>,
    pub(super) roots: Vec<u32>,
    /// What could not be read.
    pub(crate) findings: Vec<Finding>,
}

/// One value and its place.
#[derive(Debug)]
pub(super) struct Value<'t> {
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many values it is, itself and shared ones included.
    pub(super) weight: u32,
    /// How deep it goes.
    pub(super) height: u16,
    pub(super) content: Content<'t>,
}

#[derive(Debug)]
pub(super) enum Content<'t> {
    /// Text, and whether it was written in quotes or as a block (then it is nothing but text).
    Scalar { text: Cow<'t, str>, is_quoted: bool },
    /// Range in `children`.
    Sequence { first: u32, count: u32 },
    /// Range in `children`, two for each entry; range in `sorted` where there are many.
    Mapping { first: u32, count: u32, sorted: Option<u32> },
}

/// A value in a tree; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    tree: &'a Tree<'a>,
    index: u32,
}

impl<'t> Tree<'t> {
    pub(super) fn empty(findings: Vec<Finding>) -> Self {
        Self { findings, ..Self::default() }
    }

    /// The documents that could be read, in order.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Node<'_>> {
        self.roots.iter().map(|&index| Node { tree: self, index })
    }

    /// The first document.
    pub(crate) fn root(&self) -> Option<Node<'_>> {
        self.documents().next()
    }
}

impl<'a> Node<'a> {
    fn content(self) -> Option<&'a Content<'a>> {
        self.tree.values.get(self.index as usize).map(|it| &it.content)
    }

    fn child(self, position: u32) -> Option<Node<'a>> {
        let index = *self.tree.children.get(position as usize)?;
        Some(Node { tree: self.tree, index })
    }

    /// Where it stands.
    pub(crate) fn span(self) -> Span {
        let (start, end) =
            self.tree.values.get(self.index as usize).map_or((0, 0), |it| (it.start, it.end));
        Span { file: self.tree.file, start, end }
    }

    /// The value of a key, if this is a mapping that has it. Of a key that stands twice, the last counts.
    pub(crate) fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Key and value of a key.
    pub(crate) fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        let Some(Content::Mapping { count, sorted, .. }) = self.content() else { return None };
        let Some(sorted) = sorted else {
            return self.entries().find(|(it, _)| it.as_text() == Some(key));
        };
        let order = self.tree.sorted.get(*sorted as usize..(sorted + count) as usize)?;
        let found = order
            .binary_search_by(|&entry| self.key_at(entry).and_then(Node::as_text).cmp(&Some(key)))
            .ok()?;
        self.entry_at(*order.get(found)?)
    }

    /// The value behind several keys.
    pub(crate) fn path(self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value that a JSON pointer (RFC 6901) names, e.g. `/components/schemas/Order`.
    pub(crate) fn pointer(self, pointer: &str) -> Option<Node<'a>> {
        let Some(rest) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(self);
        };
        rest.split('/').try_fold(self, |node, part| {
            let key = part.replace("~1", "/").replace("~0", "~");
            match node.content()? {
                Content::Sequence { .. } => node.items().nth(key.parse().ok()?),
                _ => node.get(&key),
            }
        })
    }

    fn key_at(self, entry: u32) -> Option<Node<'a>> {
        self.entry_at(entry).map(|(key, _)| key)
    }

    fn entry_at(self, entry: u32) -> Option<(Node<'a>, Node<'a>)> {
        let Some(Content::Mapping { first, .. }) = self.content() else { return None };
        let position = first + 2 * entry;
        Some((self.child(position)?, self.child(position + 1)?))
    }

    /// Keys and values of a mapping, in the order of the text; nothing for anything else.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let count = match self.content() {
            Some(Content::Mapping { count, .. }) => *count,
            _ => 0,
        };
        (0..count).filter_map(move |entry| self.entry_at(entry))
    }

    /// Like [`Self::entries`], with the keys as text; keys that are no text are left out.
    pub(crate) fn named(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.entries().filter_map(|(key, value)| Some((key.as_text()?, value)))
    }

    /// Items of a sequence; nothing for anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let (first, count) = match self.content() {
            Some(Content::Sequence { first, count }) => (*first, *count),
            _ => (0, 0),
        };
        (first..first + count).filter_map(move |position| self.child(position))
    }

    /// The text of a scalar of any kind: `8080` and `true` as they are written.
    pub(crate) fn as_text(self) -> Option<&'a str> {
        match self.content()? {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar that stands without quotes.
    fn as_plain(self) -> Option<&'a str> {
        match self.content()? {
            Content::Scalar { text, is_quoted: false } => Some(text),
            _ => None,
        }
    }

    /// Whether it is nothing: an empty value, `null` or `~`.
    pub(crate) fn is_null(self) -> bool {
        matches!(self.as_plain(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// `true` or `false`, and what YAML 1.1 (which Kubernetes and CI systems still read) also takes for them.
    pub(crate) fn as_bool(self) -> Option<bool> {
        match self.as_plain()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// A whole number, quoted or not (environment variables and ports are often quoted).
    pub(crate) fn as_u64(self) -> Option<u64> {
        self.as_text()?.trim().replace('_', "").parse().ok()
    }

    /// Whether it has keys and values.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.content(), Some(Content::Mapping { .. }))
    }

    /// Whether it has items.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self.content(), Some(Content::Sequence { .. }))
    }

    /// A number that differs between values that stand at different places: says whether two nodes are the
    /// same one, e.g. to stop at references that go round in circles.
    pub(crate) fn identity(self) -> u32 {
        self.index
    }
}
