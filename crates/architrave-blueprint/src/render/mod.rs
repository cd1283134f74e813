//! Shows findings to people (as the Rust compiler shows its own) and to machines (as JSON).
//!
//! Whatever stands in a blueprint, the text made here holds no control character but line ends and,
//! where colours are asked for, the colours' own.

mod json;
mod place;
mod visible;

use std::collections::BTreeMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use architrave_model::{Edit, FileId, Finding, Label, Severity, SourceFile, Span};

pub use self::json::to_json;
use self::place::{line_and_column, lines_around, sound};
use self::visible::{visible, visible_source};

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone: for files, pipes and tests.
    Plain,
    /// With the colours of a terminal. They never carry meaning alone.
    Coloured,
}

/// The most columns of a line that are shown.
const COLUMNS_MAX: usize = 140;

/// The most bytes of a file that are laid out for one finding; most of them are folded away. Above it
/// hundreds of findings in one endless line would take minutes to show.
const SNIPPET_BYTES_MAX: usize = 64 * 1024;

/// The findings as text, each with its places and its fix, and a line that counts them; empty where
/// there are none. `files` are those that were read, in their order.
#[must_use]
pub fn render(findings: &[Finding], files: &[SourceFile], style: Style) -> String {
    let renderer = renderer(style);
    let mut text = String::new();
    for finding in findings {
        text.push_str(
            renderer.render(&report(finding, word(finding.severity), &[], files)).trim_end(),
        );
        text.push_str("\n\n");
    }
    if !findings.is_empty() {
        text.push_str(&summary(findings));
        text.push('\n');
    }
    text
}

/// One finding whose weight is said by a word of its own in place of its severity, with notes behind it:
/// verdicts of the review have levels and reasons that findings of the reader do not have. A finding without
/// labels is shown without lines.
#[must_use]
pub fn remark(
    finding: &Finding,
    weight: &str,
    notes: &[String],
    files: &[SourceFile],
    style: Style,
) -> String {
    let groups = report(finding, weight, notes, files);
    format!("{}\n", renderer(style).render(&groups).trim_end())
}

/// How many findings there are of each severity, e.g. "2 errors, 1 warning"; empty where there are
/// none.
#[must_use]
pub fn summary(findings: &[Finding]) -> String {
    let count = |severity: Severity, one: &str, many: &str| {
        let count = findings.iter().filter(|it| it.severity == severity).count();
        match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {many}")),
        }
    };
    let counts = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
        count(Severity::Advice, "piece of advice", "pieces of advice"),
        count(Severity::Note, "note", "notes"),
    ];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn renderer(style: Style) -> Renderer {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.decor_style(DecorStyle::Ascii).term_width(COLUMNS_MAX)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::INFO,
        Severity::Note => Level::NOTE,
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
        Severity::Note => "note",
    }
}

fn report<'a>(
    finding: &'a Finding,
    weight: &'a str,
    notes: &'a [String],
    files: &'a [SourceFile],
) -> Vec<Group<'a>> {
    let title = level(finding.severity).with_name(weight).primary_title(visible(&finding.title));
    let title = title.id(finding.code.0);
    let notes = notes.iter().map(|it| Level::NOTE.message(visible(it)));
    let mut group = title.elements(snippets(&finding.labels, files)).elements(notes);
    let fix = finding.fix.as_ref();
    if let Some(help) = finding.help.as_ref().filter(|it| fix.is_none_or(|fix| fix.title != **it)) {
        group = group.element(Level::HELP.message(visible(help)));
    }
    let mut groups = vec![group];
    if let Some(fix) = fix {
        let patches = patches(&fix.edits, files);
        if !patches.is_empty() {
            groups.push(Level::HELP.secondary_title(visible(&fix.title)).elements(patches));
        }
    }
    groups
}

/// One snippet a file, the file of the primary label first.
fn snippets<'a>(labels: &'a [Label], files: &'a [SourceFile]) -> Vec<Element<'a>> {
    let mut order: Vec<FileId> = Vec::new();
    let (primary, other): (Vec<_>, Vec<_>) = labels.iter().partition(|it| it.is_primary);
    for label in primary.into_iter().chain(other) {
        if !order.contains(&label.span.file) {
            order.push(label.span.file);
        }
    }
    order.into_iter().filter_map(|it| snippet(it, labels, files)).collect()
}

/// The lines of a file's labels; where they are too far apart, those of the primary label; where its
/// line is too long to be shown, its place alone.
fn snippet<'a>(id: FileId, labels: &'a [Label], files: &'a [SourceFile]) -> Option<Element<'a>> {
    let file = files.get(id.0 as usize)?;
    let labels = labels.iter().filter(|it| it.span.file == id);
    let mut labels: Vec<(Span, &Label)> =
        labels.map(|it| (sound(it.span, &file.text), it)).collect();
    let mut window = lines_around(&file.text, labels.iter().map(|it| it.0));
    if window.text.len() > SNIPPET_BYTES_MAX {
        let first = labels.iter().position(|it| it.1.is_primary).unwrap_or_default();
        labels = labels.into_iter().skip(first).take(1).collect();
        window = lines_around(&file.text, labels.iter().map(|it| it.0));
    }
    if window.text.len() > SNIPPET_BYTES_MAX {
        let (line, column) = line_and_column(&file.text, labels.first()?.0.start);
        let origin = Origin::path(visible(&file.name)).line(line).char_column(column);
        return Some(origin.into());
    }
    let annotations = labels.iter().map(|(span, label)| {
        let kind = if label.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(window.range(*span));
        if label.text.is_empty() { annotation } else { annotation.label(visible(&label.text)) }
    });
    let snippet = Snippet::source(visible_source(window.text)).line_start(window.first_line);
    Some(snippet.path(visible(&file.name)).annotations(annotations).into())
}

/// One snippet a file, with the edits that do not overlap an earlier one.
fn patches<'a>(edits: &'a [Edit], files: &'a [SourceFile]) -> Vec<Snippet<'a, Patch<'a>>> {
    let mut by_file: BTreeMap<FileId, Vec<(Span, &str)>> = BTreeMap::new();
    for edit in edits {
        let Some(file) = files.get(edit.span.file.0 as usize) else { continue };
        let edits = by_file.entry(edit.span.file).or_default();
        edits.push((sound(edit.span, &file.text), &edit.text));
    }
    let mut snippets = Vec::new();
    for (id, mut edits) in by_file {
        let Some(file) = files.get(id.0 as usize) else { continue };
        edits.sort_by_key(|it| (it.0.start, it.0.end));
        let mut end = 0;
        edits.retain(|it| {
            let is_behind = it.0.start >= end;
            end = end.max(it.0.end);
            is_behind
        });
        let window = lines_around(&file.text, edits.iter().map(|it| it.0));
        if window.text.len() > SNIPPET_BYTES_MAX {
            continue;
        }
        let patches =
            edits.iter().map(|(span, text)| Patch::new(window.range(*span), visible(text)));
        let snippet = Snippet::source(visible_source(window.text)).line_start(window.first_line);
        snippets.push(snippet.path(visible(&file.name)).patches(patches));
    }
    snippets
}
