//! A blueprint that has been read, checked and planned: what most commands start with.

use std::path::Path;

use architrave_blueprint::render::{self, Style};
use architrave_engine::Fault;
use architrave_model::{FileId, Finding, Severity, SourceFile};
use architrave_plan::{Lock, Plan};

use crate::{console::Console, lock_file, source::Blueprint};

/// What reading a blueprint came to.
pub struct Checked {
    /// The text.
    pub blueprint: Blueprint,
    /// Everything there is to say about it.
    pub findings: Vec<Finding>,
    /// The plan and its lock; none where a finding is an error.
    pub planned: Option<(Plan, Lock)>,
    /// Whether the lock beside the blueprint lacks names that the plan has.
    pub is_lock_extended: bool,
}

impl Checked {
    /// Reads the blueprint and its lock.
    ///
    /// # Errors
    /// Where a file cannot be read, or the lock is not ours.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let mut blueprint = Blueprint::load(path)?;
        let (system, found) = architrave_blueprint::read(&blueprint.files);
        let mut findings = blueprint.findings.clone();
        if findings.is_empty() {
            // What stands in a file that is no text would only be guessed at.
            findings.extend(found);
        }
        let text = lock_file::read(&blueprint.folder)?;
        let id = FileId(u32::try_from(blueprint.files.len()).unwrap_or(u32::MAX));
        let (before, found) = Lock::parse(id, &text);
        findings.extend(found);
        // The last of the files, so that findings about it can be shown like others.
        let name = lock_file::path(&blueprint.folder).display().to_string();
        blueprint.files.push(SourceFile { name, text });
        let mut planned = None;
        let mut is_lock_extended = false;
        if !has_errors(&findings) {
            let derived = architrave_plan::derive(system, &before);
            findings.extend(derived.notes);
            is_lock_extended = derived.lock != before;
            if !has_errors(&findings) {
                planned = Some((derived.plan, derived.lock));
            }
        }
        Ok(Self { blueprint, findings, planned, is_lock_extended })
    }

    /// Shows the findings to a person, on standard error.
    pub fn show(&self, console: Console) {
        self.show_some(console, &self.findings);
    }

    fn show_some(&self, console: Console, findings: &[Finding]) {
        let style = if console.has_colours() { Style::Coloured } else { Style::Plain };
        let text = render::render(findings, &self.blueprint.files, style);
        if !text.is_empty() {
            console.note(text.trim_end());
        }
    }

    /// The plan, for commands that need one: the findings are shown where there is none.
    ///
    /// # Errors
    /// Where the lock cannot be written.
    pub fn into_plan(self, console: Console, lock: LockUse) -> Result<Option<Plan>, Fault> {
        // Notes ask for nothing: `check` has them, a start or an `api-key list` need not repeat them.
        let is_asking = |it: &&Finding| it.severity != Severity::Note;
        let asking: Vec<Finding> = self.findings.iter().filter(is_asking).cloned().collect();
        self.show_some(console, &asking);
        let Some((plan, names)) = self.planned else { return Ok(None) };
        if self.is_lock_extended {
            match lock {
                LockUse::Extend => lock_file::write(&self.blueprint.folder, &names.render())?,
                LockUse::Locked => return Err(lock_file::is_behind(&self.blueprint.folder)),
                LockUse::Ignore => {}
            }
        }
        Ok(Some(plan))
    }
}

/// What to do with names that the lock does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockUse {
    /// Write them down.
    Extend,
    /// Refuse.
    Locked,
    /// Leave the file alone: nothing is stored under these names.
    Ignore,
}

/// Whether any finding is an error.
#[must_use]
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|it| it.severity == Severity::Error)
}
