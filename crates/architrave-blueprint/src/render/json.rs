//! Findings for machines.

use architrave_model::{Edit, Finding, Fix, Label, Severity, SourceFile, Span};
use serde_json::{Value, json};

use super::place::{line_and_column, sound};

/// The findings as JSON: `{"findings": […], "summary": {"errors": 2, "warnings": 1, …}}`.
///
/// Each finding has `code`, `severity` (`error`, `warning`, `advice`, `note`), `title`, the place of
/// its primary label, `labels`, `help` and `fix` (both may be null). A place has `file`, `line` and
/// `column` (from 1, in characters), `end` (the same, exclusive) and `bytes` (`[start, end)`).
#[must_use]
pub fn to_json(findings: &[Finding], files: &[SourceFile]) -> Value {
    let count = |severity: Severity| findings.iter().filter(|it| it.severity == severity).count();
    json!({
        "findings": findings.iter().map(|it| finding(it, files)).collect::<Vec<_>>(),
        "summary": {
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "advice": count(Severity::Advice),
            "notes": count(Severity::Note),
        },
    })
}

fn finding(finding: &Finding, files: &[SourceFile]) -> Value {
    let mut value = place(finding.span(), files);
    if let Value::Object(object) = &mut value {
        object.insert("code".into(), finding.code.0.into());
        object.insert("severity".into(), severity(finding.severity).into());
        object.insert("title".into(), finding.title.as_str().into());
        let labels: Vec<Value> = finding.labels.iter().map(|it| label(it, files)).collect();
        object.insert("labels".into(), labels.into());
        object.insert("help".into(), finding.help.as_deref().into());
        object.insert("fix".into(), finding.fix.as_ref().map(|it| fix(it, files)).into());
    }
    value
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
        Severity::Note => "note",
    }
}

fn label(label: &Label, files: &[SourceFile]) -> Value {
    let mut value = place(label.span, files);
    if let Value::Object(object) = &mut value {
        object.insert("text".into(), label.text.as_str().into());
        object.insert("is_primary".into(), label.is_primary.into());
    }
    value
}

fn fix(fix: &Fix, files: &[SourceFile]) -> Value {
    json!({
        "title": fix.title,
        "is_unambiguous": fix.is_unambiguous,
        "edits": fix.edits.iter().map(|it| edit(it, files)).collect::<Vec<_>>(),
    })
}

fn edit(edit: &Edit, files: &[SourceFile]) -> Value {
    let mut value = place(edit.span, files);
    if let Value::Object(object) = &mut value {
        object.insert("text".into(), edit.text.as_str().into());
    }
    value
}

fn place(span: Span, files: &[SourceFile]) -> Value {
    let Some(file) = files.get(span.file.0 as usize) else { return json!({}) };
    let span = sound(span, &file.text);
    let (line, column) = line_and_column(&file.text, span.start);
    let (end_line, end_column) = line_and_column(&file.text, span.end);
    json!({
        "file": file.name,
        "line": line,
        "column": column,
        "end": { "line": end_line, "column": end_column },
        "bytes": [span.start, span.end],
    })
}
