//! What Architrave has to say about a blueprint.

use crate::Span;

/// Stable name of a kind of finding, e.g. `AR0501`. One meaning, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

/// The page of one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// E.g. `AR0501`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The page in Markdown: `# AR0501: title`, `## Cause`, `## Example`, `## Fix`.
    pub text: &'static str,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The blueprint cannot be served as it is.
    Error,
    /// It can be served, but does something its author hardly wants.
    Warning,
    /// The architect's advice.
    Advice,
    /// Worth knowing; nothing to do.
    Note,
}

/// One remark about one place in the blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code with a page of its own.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, one sentence in the author's words, lower case, no full stop.
    pub title: String,
    /// Where, the primary label first. Never empty; labels do not overlap.
    pub labels: Vec<Label>,
    /// What to do, in words.
    pub help: Option<String>,
    /// What to type.
    pub fix: Option<Fix>,
}

/// A place and what it has to do with the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The exact bytes.
    pub span: Span,
    /// Short text beside the place; may be empty.
    pub text: String,
    /// Whether this is the place to change.
    pub is_primary: bool,
}

/// A proposed change of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, e.g. "say what null means".
    pub title: String,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether there is exactly one right answer, so that `architrave fix` may apply it.
    pub is_unambiguous: bool,
}

/// Replaces a range of bytes by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Finding {
    /// A finding at one place.
    #[must_use]
    pub fn new(
        code: Code,
        severity: Severity,
        span: Span,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            title: title.into(),
            labels: vec![Label { span, text: label.into(), is_primary: true }],
            help: None,
            fix: None,
        }
    }

    /// Adds a place where the cause was declared.
    #[must_use]
    pub fn because(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), is_primary: false });
        self
    }

    /// Says in words what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Proposes a change of the text.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The place to change.
    #[must_use]
    pub fn span(&self) -> Span {
        let primary = self.labels.iter().find(|it| it.is_primary).or(self.labels.first());
        primary.map(|it| it.span).unwrap_or_default()
    }
}
