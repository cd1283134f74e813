//! A fact that may be missing, and where it comes from.

use crate::Span;

/// Who says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// Written by an author who meant it: a blueprint, an annotation.
    #[default]
    Declared,
    /// Read from something that does it: a manifest, a schema, a contract.
    Observed,
    /// Counted or timed while it ran.
    Measured,
    /// Taken for lack of better; listed as an assumption wherever it is used.
    Assumed,
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Origin {
    /// Who says so.
    pub provenance: Provenance,
    /// The place; none for facts that follow from the whole.
    pub span: Option<Span>,
}

impl Origin {
    /// Declared at a place.
    #[must_use]
    pub fn declared(span: Span) -> Self {
        Self { provenance: Provenance::Declared, span: Some(span) }
    }

    /// Observed at a place.
    #[must_use]
    pub fn observed(span: Span) -> Self {
        Self { provenance: Provenance::Observed, span: Some(span) }
    }

    /// Follows from how Architrave serves every system; no place of its own.
    #[must_use]
    pub fn built_in() -> Self {
        Self { provenance: Provenance::Declared, span: None }
    }

    /// Taken for lack of better.
    #[must_use]
    pub fn assumed() -> Self {
        Self { provenance: Provenance::Assumed, span: None }
    }
}

/// A fact that is known, known to be absent, or unknown.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Known<T> {
    /// Nobody said, and nobody had to. No verdict may rest on it.
    #[default]
    Unknown,
    /// Known not to be there: the world is closed, or it was said outright.
    Absent(Origin),
    /// Known.
    Is(T, Origin),
}

impl<T> Known<T> {
    /// The value, if it is known and there.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value, _) => Some(value),
            Self::Unknown | Self::Absent(_) => None,
        }
    }

    /// Whether nobody said.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether it is known not to be there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// Where the knowledge comes from.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        match self {
            Self::Unknown => None,
            Self::Absent(origin) | Self::Is(_, origin) => Some(*origin),
        }
    }

    /// The place of the knowledge.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.origin().and_then(|it| it.span)
    }

    /// A value of a closed world: there or absent, never unknown.
    #[must_use]
    pub fn declared(value: Option<T>, span: Span) -> Self {
        match value {
            Some(value) => Self::Is(value, Origin::declared(span)),
            None => Self::Absent(Origin::declared(span)),
        }
    }

    /// Something read from a file of an existing system.
    #[must_use]
    pub fn observed(value: T, span: Span) -> Self {
        Self::Is(value, Origin::observed(span))
    }

    /// True of every system that Architrave serves.
    #[must_use]
    pub fn built_in(value: T) -> Self {
        Self::Is(value, Origin::built_in())
    }
}

/// What every element of the graph has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Node {
    /// Kind and path, e.g. `service:web`, `table:sales.Order`, `edge:orders.place->payments.charge`. Part of
    /// the ids of findings, hence stable while nothing is renamed.
    pub id: String,
    /// As a person calls it, e.g. `sales.Order`.
    pub name: String,
    /// Where it was found.
    pub origin: Origin,
}

impl Node {
    /// An element declared in a blueprint.
    #[must_use]
    pub fn declared(kind: &str, name: impl Into<String>, span: Span) -> Self {
        let name = name.into();
        Self { id: format!("{kind}:{name}"), name, origin: Origin::declared(span) }
    }

    /// An element found in a file of an existing system.
    #[must_use]
    pub fn observed(kind: &str, name: impl Into<String>, span: Span) -> Self {
        let name = name.into();
        Self { id: format!("{kind}:{name}"), name, origin: Origin::observed(span) }
    }
}
