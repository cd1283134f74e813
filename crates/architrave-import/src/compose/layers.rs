//! One service as several files write it: the last one wins, lists grow.

use crate::yaml::Node;

/// A piece of a service and the folder that its paths are relative to.
#[derive(Debug, Clone)]
pub(super) struct Layer<'a> {
    pub(super) node: Node<'a>,
    pub(super) folder: &'a str,
    /// Name of the file.
    pub(super) file: &'a str,
}

/// A service; lowest layer first.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    /// The key under which it was first found.
    pub(super) key: Node<'a>,
    pub(super) layers: Vec<Layer<'a>>,
}

impl<'a> Source<'a> {
    /// The value of the topmost layer that has one.
    pub(super) fn last(&self, keys: &[&str]) -> Option<Node<'a>> {
        self.layers.iter().rev().find_map(|it| it.node.path(keys)).filter(|it| !it.is_null())
    }

    /// Like [`Self::last`], as text.
    pub(super) fn text(&self, keys: &[&str]) -> Option<&'a str> {
        self.last(keys).and_then(Node::as_text)
    }

    /// The value in every layer.
    pub(super) fn every(&self, key: &str) -> impl Iterator<Item = Node<'a>> {
        self.layers.iter().filter_map(move |it| it.node.get(key))
    }

    /// Items of the lists in every layer.
    pub(super) fn items(&self, key: &str) -> impl Iterator<Item = Node<'a>> {
        self.every(key).flat_map(Node::items)
    }

    /// Words of a command, written as a list or as a line.
    pub(super) fn words(&self, key: &str) -> Vec<(&'a str, Node<'a>)> {
        let Some(node) = self.last(&[key]) else { return Vec::new() };
        let of_line = node.as_text().unwrap_or("").split_whitespace().map(|it| (it, node));
        let of_list = node.items().filter_map(|it| Some((it.as_text()?, it)));
        // A list may hold a whole shell line in one item.
        let of_list =
            of_list.flat_map(|(text, node)| text.split_whitespace().map(move |it| (it, node)));
        of_line.chain(of_list).collect()
    }

    /// Name of the file in which it was first found.
    pub(super) fn file(&self) -> &'a str {
        self.layers.first().map_or("", |it| it.file)
    }
}
