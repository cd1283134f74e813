//! Applies fixes to text. A fix is applied whole or not at all; comments and everything else that
//! no fix names stay byte for byte.

use std::collections::BTreeMap;

use architrave_model::{Edit, FileId, Fix, SourceFile};

/// What became of some fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The texts of all files, in the order of the files.
    pub texts: Vec<String>,
    /// Positions of the fixes that were left out: they touch what an earlier fix touches, or name a
    /// place that is not there. They may fit after the texts were read again.
    pub skipped: Vec<usize>,
}

/// Applies fixes, the earlier ones first.
#[must_use]
pub fn apply<'a>(files: &[SourceFile], fixes: impl IntoIterator<Item = &'a Fix>) -> Applied {
    let mut accepted: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut skipped = Vec::new();
    for (index, fix) in fixes.into_iter().enumerate() {
        if fits(&fix.edits, files, &accepted) {
            for edit in &fix.edits {
                accepted.entry(edit.span.file).or_default().push(edit);
            }
        } else {
            skipped.push(index);
        }
    }
    let ids = (0_u32..).map(FileId);
    let texts = files.iter().zip(ids).map(|(file, id)| {
        let edits = accepted.remove(&id).unwrap_or_default();
        replaced(&file.text, edits)
    });
    Applied { texts: texts.collect(), skipped }
}

fn fits(edits: &[Edit], files: &[SourceFile], accepted: &BTreeMap<FileId, Vec<&Edit>>) -> bool {
    let is_there = |it: &Edit| {
        let file = files.get(it.span.file.0 as usize);
        file.is_some_and(|file| {
            file.text.get(it.span.start as usize..it.span.end as usize).is_some()
        })
    };
    let is_free = |it: &Edit| {
        let others = accepted.get(&it.span.file).into_iter().flatten();
        others.into_iter().all(|other| !touches(it, other))
    };
    let are_apart = edits
        .iter()
        .enumerate()
        .all(|(index, it)| edits.iter().skip(index + 1).all(|other| !touches(it, other)));
    !edits.is_empty() && are_apart && edits.iter().all(|it| is_there(it) && is_free(it))
}

/// Whether two edits cannot both be applied: they overlap, or insert at the same place, where the
/// order would matter.
fn touches(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (one.span, other.span);
    let is_same_place = one.start == other.start;
    one.file == other.file && (is_same_place || one.start < other.end && other.start < one.end)
}

/// The text with edits that lie apart from each other.
fn replaced(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|it| it.span.start);
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        result.push_str(text.get(done..edit.span.start as usize).unwrap_or_default());
        result.push_str(&edit.text);
        done = edit.span.end as usize;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}
