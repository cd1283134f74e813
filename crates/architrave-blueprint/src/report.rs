//! Builds findings: the one place that knows how a remark about an unknown name or a wrong value is worded.

use architrave_model::{Code, Edit, Finding, Fix, Name, Severity, Span};

use crate::resolve::suggest;

/// An error at one place.
pub(crate) fn error(
    code: Code,
    span: Span,
    title: impl Into<String>,
    label: impl Into<String>,
) -> Finding {
    Finding::new(code, Severity::Error, span, title, label)
}

/// A warning at one place.
pub(crate) fn warning(
    code: Code,
    span: Span,
    title: impl Into<String>,
    label: impl Into<String>,
) -> Finding {
    Finding::new(code, Severity::Warning, span, title, label)
}

/// The one right change: `text` instead of what stands at `span`.
pub(crate) fn replace(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], is_unambiguous: true }
}

/// A change that is likely right, but that the author has to confirm.
pub(crate) fn propose(title: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
    Fix { is_unambiguous: false, ..replace(title, span, text) }
}

/// The near name that the author most likely meant.
pub(crate) fn meant(span: Span, near: &str) -> Fix {
    replace(format!("did you mean `{}`?", near.trim_matches('"')), span, near)
}

/// A name that is not among the candidates: proposes the nearest, or lists what there is.
pub(crate) fn unknown<'a>(
    code: Code,
    name: &Name,
    title: impl Into<String>,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let finding = error(code, name.span, title, "");
    match suggest::nearest(&name.text, candidates.iter().copied()) {
        Some(near) => finding.fix(meant(name.span, near)),
        None if candidates.is_empty() => finding.help("nothing of this kind is declared"),
        None => finding.help(format!("known here: {}", listed(&candidates))),
    }
}

/// `` `a`, `b`, `c` and 5 more ``: enough to choose from, never a wall of text.
pub(crate) fn listed(names: &[&str]) -> String {
    const SHOWN_MAX: usize = 12;
    let mut text =
        names.iter().take(SHOWN_MAX).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    if let Some(rest) = names.len().checked_sub(SHOWN_MAX).filter(|rest| *rest > 0) {
        text.push_str(&format!(" and {rest} more"));
    }
    text
}

/// "a" or "an", by the first letter.
pub(crate) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}
