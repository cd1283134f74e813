//! A file as importers see it: name, text, and its tree if it is YAML or JSON.

use architrave_model::{FileId, SourceFile, Span};

use crate::yaml::{self, Tree};

/// One file of the system that is read.
#[derive(Debug)]
pub(crate) struct Input<'t> {
    id: FileId,
    source: &'t SourceFile,
    tree: Tree<'t>,
}

impl<'t> Input<'t> {
    pub(crate) fn new(position: u32, source: &'t SourceFile) -> Self {
        let id = FileId(position);
        let mut input = Self { id, source, tree: Tree::default() };
        if input.is_yaml_or_json() {
            input.tree = yaml::parse(id, source);
        }
        input
    }

    /// Position in the list that was given.
    pub(crate) fn position(&self) -> u32 {
        self.id.0
    }

    /// Which file, for spans.
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Path as shown.
    pub(crate) fn name(&self) -> &'t str {
        &self.source.name
    }

    /// Last part of the path, in lower case.
    pub(crate) fn file_name(&self) -> String {
        self.name().rsplit(['/', '\\']).next().unwrap_or("").to_ascii_lowercase()
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &'t str {
        &self.source.text
    }

    /// Whether its name says YAML or JSON.
    pub(crate) fn is_yaml_or_json(&self) -> bool {
        let name = self.file_name();
        [".yaml", ".yml", ".json"].iter().any(|it| name.ends_with(it))
    }

    /// The text as YAML or JSON, if its name says so; else a tree without documents. What could not be read
    /// stands in its findings, to be handed on by the importer that has the file.
    pub(crate) fn tree(&self) -> &Tree<'t> {
        &self.tree
    }

    /// The beginning of the file, as a place for what is about the whole of it.
    pub(crate) fn start(&self) -> Span {
        Span { file: self.id, start: 0, end: 0 }
    }
}
