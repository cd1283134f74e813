//! Draws the elements of the C4 model (<https://c4model.com>) as flowcharts. Mermaid's own C4 diagrams place elements
//! in the order of writing, lay arrows over them and know no dark page; flowcharts are laid out.

use std::fmt::Write as _;

use crate::page::mermaid;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Somebody who uses the system.
    Person,
    /// The system as a whole.
    System,
    /// A system of somebody else.
    External,
    /// Something that runs.
    Container,
    /// Something that keeps data.
    Store,
    /// A part of what runs.
    Component,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::System => "system",
            Self::External => "external",
            Self::Container => "container",
            Self::Store => "store",
            Self::Component => "component",
        }
    }

    /// What the shape is opened and closed with.
    fn shape(self) -> (&'static str, &'static str) {
        match self {
            Self::Person => ("([", "])"),
            Self::Store => ("[(", ")]"),
            _ => ("[", "]"),
        }
    }
}

/// A diagram that is being written.
pub(super) struct Diagram {
    text: String,
    depth: usize,
}

impl Diagram {
    /// A diagram that flows in a direction, e.g. `TB`.
    pub(super) fn new(direction: &str) -> Self {
        let mut text = format!("flowchart {direction}\n");
        // The colours of the C4 model; each is readable on light and dark pages.
        for (class, fill, line, ink) in [
            ("person", "#08427b", "#052e56", "#ffffff"),
            ("system", "#1168bd", "#0b4884", "#ffffff"),
            ("external", "#6f6f6f", "#545454", "#ffffff"),
            ("container", "#2f77bc", "#1f5c96", "#ffffff"),
            ("store", "#2f77bc", "#1f5c96", "#ffffff"),
            ("component", "#85bbf0", "#5d82a8", "#06213d"),
        ] {
            let _infallible =
                writeln!(text, "    classDef {class} fill:{fill},stroke:{line},color:{ink}");
        }
        Self { text, depth: 1 }
    }

    /// An element: its name, what it is in a few words, what it is for; the last may be empty.
    pub(super) fn element(&mut self, id: &str, kind: Kind, name: &str, is: &str, does: &str) {
        let (open, close) = kind.shape();
        let mut label = format!("<b>{}</b>", mermaid::label(name));
        for more in [is, does].into_iter().filter(|it| !it.is_empty()) {
            let _infallible = write!(label, "<br>{}", mermaid::label(more));
        }
        let id = mermaid::identifier(id);
        self.line(&format!("{id}{open}\"{label}\"{close}:::{}", kind.class()));
    }

    /// An arrow with what flows along it; dotted where nobody waits for an answer.
    pub(super) fn arrow(&mut self, from: &str, to: &str, label: &str, is_dotted: bool) {
        let arrow = if is_dotted { "-.->" } else { "-->" };
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("|\"{}\"|", mermaid::label(label))
        };
        self.line(&format!(
            "{} {arrow}{label} {}",
            mermaid::identifier(from),
            mermaid::identifier(to)
        ));
    }

    /// A frame around what is added until [`Self::end`].
    pub(super) fn frame(&mut self, id: &str, title: &str) {
        self.line(&format!("subgraph {}[\"{}\"]", mermaid::identifier(id), mermaid::label(title)));
        self.depth += 1;
    }

    /// The end of a frame.
    pub(super) fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1).max(1);
        self.line("end");
    }

    /// The diagram.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        let _infallible = writeln!(self.text, "{:indent$}{line}", "", indent = 4 * self.depth);
    }
}
