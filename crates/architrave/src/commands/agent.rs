//! `architrave agent install`

use std::path::PathBuf;

use architrave_engine::Fault;
use clap::{Args, Subcommand};

use crate::{
    agent_kit::{Host, files, write},
    console::Console,
    exit::Exit,
    source,
};

/// What to do for agents.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write the agent's definition, its skill and the server's entry into a project
    Install(Install),
}

/// Where to and for whom.
#[derive(Debug, Args)]
struct Install {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// For Claude Code; all agents if none is named
    #[arg(long)]
    claude: bool,
    /// For Cursor
    #[arg(long)]
    cursor: bool,
    /// For Codex
    #[arg(long)]
    codex: bool,
    /// For all of them
    #[arg(long)]
    all: bool,
    /// The name of the server in the agent's settings, which commands begin with
    #[arg(long = "as", value_name = "NAME", default_value = "architrave", value_parser = parse_name)]
    name: String,
    /// Show what would be written and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write over our own files where they were edited
    #[arg(long)]
    overwrite: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let What::Install(it) = self.what;
        it.run(console)
    }
}

impl Install {
    fn run(self, console: Console) -> Result<Exit, Fault> {
        let present = |path: &str| {
            let path = self.folder.join(path);
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(source::cannot_read(&path, &error)),
            }
        };
        let files = files(&self.hosts(), &self.name, self.overwrite, &present)?;
        if !self.dry_run {
            write(&self.folder, &files)?;
        }
        let verb = if self.dry_run { "would write" } else { "wrote" };
        for file in &files {
            console.line(format!("{verb} {}", self.folder.join(&file.path).display()));
        }
        if files.is_empty() {
            console.line("everything is there already");
        }
        Ok(Exit::Ok)
    }

    fn hosts(&self) -> Vec<Host> {
        let named =
            [(self.claude, Host::Claude), (self.cursor, Host::Cursor), (self.codex, Host::Codex)];
        let is_any = named.iter().any(|it| it.0) && !self.all;
        named.into_iter().filter(|it| it.0 || !is_any).map(|it| it.1).collect()
    }
}

/// A name that is safe in settings and commands.
fn parse_name(text: &str) -> Result<String, String> {
    let is_fine =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-' || it == '_';
    if (1..=32).contains(&text.len()) && text.chars().all(is_fine) {
        return Ok(text.to_owned());
    }
    Err("names have 1 to 32 lower-case letters, digits, - and _".to_owned())
}
