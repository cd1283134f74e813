//! `architrave import PATH…`

use std::path::{Path, PathBuf};

use architrave_blueprint::render::{self, Style};
use architrave_engine::Fault;
use architrave_import::Draft;
use clap::Args;

use crate::{
    console::Console,
    existing::{self, Existing},
    exit::Exit,
    source::cannot_write,
    world,
};

/// What to import and where to.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A schema in SQL, migrations, an OpenAPI document, an SQLite database, or folders with them; or
    /// postgres://user@host/database, with the password in PGPASSWORD
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder to write blueprint.hcl to; it must not hold one yet
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Print the blueprint and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let existing = existing::load_all(&self.paths)?;
        let import = architrave_import::read(&existing.files, world::today());
        existing.not_read().into_iter().for_each(|line| console.note(line));
        let style = if console.has_colours() { Style::Coloured } else { Style::Plain };
        let text = render::render(&import.findings, &existing.files, style);
        if !text.is_empty() {
            console.note(text.trim_end());
        }
        let draft = architrave_import::draft(&import);
        if draft.text.is_empty() {
            console.note(nothing_found(&existing, &self.paths));
            return Ok(Exit::Findings);
        }
        if self.dry_run {
            console.write(draft.text.as_bytes());
            told(&draft).iter().for_each(|it| console.note(it));
            return Ok(Exit::Ok);
        }
        let path = write(&self.out, &draft.text)?;
        console.line(format!("wrote {}", path.display()));
        told(&draft).iter().for_each(|it| console.line(it));
        let folder = self.out.display();
        console.line(format!("next: architrave check {folder}"));
        console.line(format!("      architrave serve {folder} --dev"));
        Ok(Exit::Ok)
    }
}

/// What was guessed and what was left out, in lines.
fn told(draft: &Draft) -> Vec<String> {
    let mut told = Vec::new();
    for (title, lines) in [("guessed", &draft.guesses), ("left out", &draft.left_out)] {
        if !lines.is_empty() {
            told.push(format!("{title} ({}):", lines.len()));
            told.extend(lines.iter().map(|it| format!("  {it}")));
        }
    }
    told
}

fn nothing_found(existing: &Existing, paths: &[PathBuf]) -> String {
    let where_to: Vec<String> = paths.iter().map(|it| existing::shown_path(it)).collect();
    format!(
        "error: neither tables nor operations were found in {}\nhelp: {} files were read; name a schema in SQL, \
         an OpenAPI document or an SQLite database",
        where_to.join(", "),
        existing.files.len(),
    )
}

fn write(folder: &Path, text: &str) -> Result<PathBuf, Fault> {
    let path = folder.join("blueprint.hcl");
    std::fs::create_dir_all(folder).map_err(|it| cannot_write(folder, &it))?;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(&path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Fault::new(
            format!("{} is there already", path.display()),
            "choose another folder with --out, or look first with --dry-run; nothing was changed",
        ),
        _ => cannot_write(&path, &error),
    })?;
    let written = std::io::Write::write_all(&mut file, text.as_bytes());
    written.map_err(|error| cannot_write(&path, &error))?;
    Ok(path)
}
