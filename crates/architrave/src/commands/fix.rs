//! `architrave fix PATH`: applies what has exactly one right answer, as changes of the text.

use architrave_blueprint::syntax;
use architrave_engine::Fault;
use architrave_model::{Finding, Fix, SourceFile};
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{console::Console, exit::Exit, source::Blueprint};

/// A fix can bring up what it hid; more rounds than this are a circle.
const ROUNDS_MAX: u32 = 10;

/// What to fix.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Say what would change and leave the files alone
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let blueprint = Blueprint::load(self.blueprint.as_path())?;
        if let Some(finding) = blueprint.findings.first() {
            // Replaced bytes must not be written back.
            return Err(Fault::new(finding.title.clone(), "save the file with the encoding UTF-8"));
        }
        let (files, titles, left) = fixed(blueprint.files.clone());
        let verb = if self.dry_run { "would fix" } else { "fixed" };
        for title in &titles {
            console.line(format!("{verb}: {title}"));
        }
        if !self.dry_run {
            for ((before, after), path) in blueprint.files.iter().zip(&files).zip(&blueprint.paths)
            {
                if before.text != after.text {
                    super::fmt::replace(path, &after.text)?;
                }
            }
        }
        console.line(format!(
            "{} {}; {} left, see `architrave check {}`",
            titles.len(),
            if self.dry_run { "to fix" } else { "fixed" },
            left.len(),
            self.blueprint.as_path().display()
        ));
        Ok(if crate::checked::has_errors(&left) { Exit::Findings } else { Exit::Ok })
    }
}

/// The files with all unambiguous fixes applied, what was done, and what is left.
fn fixed(mut files: Vec<SourceFile>) -> (Vec<SourceFile>, Vec<String>, Vec<Finding>) {
    let mut titles = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let (_, findings) = architrave_blueprint::read(&files);
        let found = findings.iter().filter_map(|it| it.fix.as_ref());
        let fixes: Vec<&Fix> = found.filter(|it| it.is_unambiguous).collect();
        let applied = syntax::edit::apply(&files, fixes.iter().copied());
        if applied.skipped.len() == fixes.len() {
            return (files, titles, findings);
        }
        let done = fixes.iter().enumerate().filter(|(index, _)| !applied.skipped.contains(index));
        titles.extend(done.map(|(_, it)| it.title.clone()));
        for (file, text) in files.iter_mut().zip(applied.texts) {
            file.text = text;
        }
    }
    let (_, findings) = architrave_blueprint::read(&files);
    (files, titles, findings)
}
