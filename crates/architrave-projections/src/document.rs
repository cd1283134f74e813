//! What a document is, and what it is written from.

use architrave_model::Assessment;
use architrave_plan::Plan;

/// Everything that documents are written from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'m> {
    /// What is derived from the blueprint; the runtime reads the same.
    pub plan: &'m Plan,
    /// What the architect says of it.
    pub assessment: &'m Assessment,
}

/// A kind of document, in a folder of its own beside this file.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    /// Stable name, used on the command line, e.g. `erd`.
    pub name: &'static str,
    /// Where a reader finds it.
    pub room: Room,
    /// Writes it: one document or several, none where the system has nothing of it. Deterministic, so that golden
    /// files can hold the answer.
    pub write: fn(&Material<'_>) -> Vec<Document>,
}

/// Where a reader finds a document, in reading order. Also the first folder of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// What it is and what to know first.
    Overview,
    /// Of what it consists.
    Structure,
    /// What it keeps.
    Data,
    /// What happens when.
    Behaviour,
    /// What others rely on, as files for programs.
    Contracts,
    /// What was decided, why, and what would change it.
    Decisions,
    /// What it withstands, what threatens it, what the law asks.
    Quality,
    /// How it is run.
    Operation,
    /// How it is built, released and grown.
    Delivery,
}

impl Room {
    /// Every room, in reading order.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Structure,
        Self::Data,
        Self::Behaviour,
        Self::Contracts,
        Self::Decisions,
        Self::Quality,
        Self::Operation,
        Self::Delivery,
    ];

    /// As a heading says it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "What to know first",
            Self::Structure => "Of what it consists",
            Self::Data => "What it keeps",
            Self::Behaviour => "What happens when",
            Self::Contracts => "What others rely on",
            Self::Decisions => "What was decided, and why",
            Self::Quality => "What it withstands and what threatens it",
            Self::Operation => "How it is run",
            Self::Delivery => "How it is built, released and grown",
        }
    }

    /// The folder, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Structure => "structure",
            Self::Data => "data",
            Self::Behaviour => "behaviour",
            Self::Contracts => "contracts",
            Self::Decisions => "decisions",
            Self::Quality => "quality",
            Self::Operation => "operation",
            Self::Delivery => "delivery",
        }
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path below the output folder, e.g. `data/erd.md`, `contracts/openapi.json`.
    pub path: String,
    /// As a reader finds it, e.g. "Entities and their relations".
    pub title: String,
    /// What a reader learns from it, one sentence.
    pub summary: String,
    /// Its whole text. A page (`.md`) begins with its title as heading.
    pub text: String,
}

impl Document {
    /// Whether it is for people: Markdown, part of the web site.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.path.ends_with(".md")
    }
}
