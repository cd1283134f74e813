//! What tools write: shown as a difference first, written whole or not at all.

use std::path::{Path, PathBuf};

use architrave_model::SourceFile;
use serde_json::{Value, json};
use similar::TextDiff;

use super::{
    desk::Desk,
    tool::{Answer, Refusal},
};

/// A file as it is to be.
pub(super) struct Edit {
    /// Below the root, as [`Desk::writable`] or [`Desk::existing`] gave it.
    pub(super) path: PathBuf,
    /// As it is now; empty where it is not there.
    pub(super) before: String,
    /// As it is to be.
    pub(super) after: String,
}

/// The files of a blueprint that differ from what they were.
pub(super) fn edits(before: &[SourceFile], after: &[SourceFile], paths: &[PathBuf]) -> Vec<Edit> {
    let all = before.iter().zip(after).zip(paths);
    let changed = all.filter(|((before, after), _)| before.text != after.text);
    changed
        .map(|((before, after), path)| Edit {
            path: path.clone(),
            before: before.text.clone(),
            after: after.text.clone(),
        })
        .collect()
}

/// Writes them, unless this is a dry run, and tells the difference. `more` is added to the structured answer.
pub(super) fn apply(
    desk: &Desk,
    edits: &[Edit],
    is_dry_run: bool,
    mut more: Value,
) -> Result<Answer, Refusal> {
    let mut text = String::new();
    for edit in edits {
        text.push_str(&difference(desk, edit));
        if !is_dry_run {
            write(&edit.path, &edit.after)?;
        }
    }
    let written = if is_dry_run { "nothing was written: this is a dry run" } else { "written" };
    let diff = text.clone();
    text.push_str(if edits.is_empty() { "nothing would change" } else { written });
    if let Some(members) = more.as_object_mut() {
        members.insert("diff".to_owned(), json!(diff));
        members.insert("is_written".to_owned(), json!(!is_dry_run && !edits.is_empty()));
    }
    Ok(Answer::of(text, more))
}

fn difference(desk: &Desk, edit: &Edit) -> String {
    let name = desk.shown(&edit.path);
    TextDiff::from_lines(&edit.before, &edit.after)
        .unified_diff()
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

fn write(path: &Path, text: &str) -> Result<(), Refusal> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|it| crate::source::cannot_write(folder, &it))?;
    }
    Ok(crate::commands::replace(path, text)?)
}

/// The same where an answer need not be about writing.
pub(super) fn output_or(properties: Value) -> Value {
    let mut schema = output(properties);
    if let Some(members) = schema.as_object_mut() {
        members.remove("required");
    }
    schema
}

/// JSON Schema of what [`apply`] answers, with the members of its own.
pub(super) fn output(properties: Value) -> Value {
    let mut schema = json!({
        "type": "object",
        "required": ["diff", "is_written"],
        "properties": { "diff": { "type": "string" }, "is_written": { "type": "boolean" } }
    });
    let into = schema.get_mut("properties").and_then(Value::as_object_mut);
    if let (Some(into), Value::Object(properties)) = (into, properties) {
        into.extend(properties);
    }
    schema
}
