//! Applies what has exactly one right answer, and makes sure that it answers.

use architrave_blueprint::syntax;
use architrave_model::{Fix, Outcome, SourceFile};

use super::{Judgement, Subject};

/// A mended place can bring up another; more rounds than this are a circle.
const ROUNDS_MAX: usize = 10;

/// What became of a blueprint.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    /// The files afterwards.
    pub files: Vec<SourceFile>,
    /// What was done: (finding's id, title).
    pub done: Vec<(String, String)>,
    /// Proposals that were taken back: afterwards the blueprint had errors, or the finding was still there.
    pub refused: Vec<(String, String)>,
}

/// Applies the unambiguous proposals of a blueprint, one at a time; of these findings alone, where any are named. Each must make its own finding go and bring
/// up no error; otherwise it is taken back.
#[must_use]
pub fn fixed(files: &[SourceFile], how: &Judgement, only: &[String]) -> Fixed {
    let mut result = Fixed { files: files.to_vec(), ..Fixed::default() };
    for _ in 0..ROUNDS_MAX {
        if !round(&mut result, how, only) {
            break;
        }
    }
    result
}

/// One pass over all proposals that fit beside each other; whether anything was done.
fn round(result: &mut Fixed, how: &Judgement, only: &[String]) -> bool {
    let judged = blueprint(&result.files).judged(how);
    let mut fixes: Vec<(String, Fix)> = Vec::new();
    for verdict in judged.report.failures() {
        let Some(proposal) = verdict.proposal.as_ref().filter(|it| it.is_unambiguous) else {
            continue;
        };
        let id = verdict.id();
        let is_asked = only.is_empty() || only.contains(&id);
        if !is_asked || result.refused.iter().any(|it| it.0 == id) {
            continue;
        }
        fixes.extend(syntax::propose(&result.files, proposal).map(|it| (id, it)));
    }
    let together = syntax::edit::apply(&result.files, fixes.iter().map(|it| &it.1));
    let applied: Vec<&(String, Fix)> = (0..)
        .zip(&fixes)
        .filter(|(position, _)| !together.skipped.contains(position))
        .map(|(_, it)| it)
        .collect();
    if applied.is_empty() {
        return false;
    }
    let ids: Vec<&str> = applied.iter().map(|it| it.0.as_str()).collect();
    if let Some(files) = mended(&result.files, together.texts, &ids, how) {
        result.files = files;
        result.done.extend(applied.iter().map(|it| (it.0.clone(), it.1.title.clone())));
        return true;
    }
    // One of them does not answer: one at a time finds out which.
    let mut has_done = false;
    for (id, fix) in &fixes {
        let alone = syntax::edit::apply(&result.files, [fix]);
        if !alone.skipped.is_empty() {
            continue;
        }
        match mended(&result.files, alone.texts, &[id], how) {
            Some(files) => {
                result.files = files;
                result.done.push((id.clone(), fix.title.clone()));
                has_done = true;
                // Places have moved: the next round has them anew.
                break;
            }
            None => result.refused.push((id.clone(), fix.title.clone())),
        }
    }
    has_done
}

/// The files with new texts, if they have no errors and none of the findings.
fn mended(
    files: &[SourceFile],
    texts: Vec<String>,
    ids: &[&str],
    how: &Judgement,
) -> Option<Vec<SourceFile>> {
    let names = files.iter().map(|it| it.name.clone());
    let files: Vec<SourceFile> =
        names.zip(texts).map(|(name, text)| SourceFile { name, text }).collect();
    let judged = blueprint(&files).judged(how);
    let is_read = !judged.report.review.verdicts.is_empty();
    let is_left = |id: &&str| {
        let failing = judged.report.review.verdicts.iter();
        failing.filter(|it| it.outcome == Outcome::Fail).any(|it| it.id() == **id)
    };
    (is_read && !ids.iter().any(is_left)).then_some(files)
}

fn blueprint(files: &[SourceFile]) -> Subject {
    Subject::Blueprint { files: files.to_vec(), paths: Vec::new() }
}
