//! `architrave new FOLDER`: a small, commented blueprint that checks and serves; with `--ask`, after the questions
//! that would change it.

use std::{
    io::{BufRead as _, IsTerminal as _},
    path::{Path, PathBuf},
};

use architrave_engine::Fault;
use architrave_model::{OpenQuestion, SourceFile};
use clap::Args;

use super::{questions::default_of, told};
use crate::{
    answering::{ANSWERS_MAX, Asked, answers_of},
    console::Console,
    exit::Exit,
    source::{cannot_write, load_one},
    world::today,
};

/// The starter, as it is written.
const STARTER: &str = include_str!("../../assets/starter.hcl");
/// Longest answer that is read from a terminal, in bytes.
const LINE_BYTES_MAX: u64 = 4_096;

/// Where to start.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder to write; it must not hold a blueprint yet
    folder: PathBuf,
    /// Ask what decides about the architecture, and write the answers into the blueprint
    #[arg(long)]
    ask: bool,
    /// Take the answers from a file: one a line, as in `team = 4`
    #[arg(long, value_name = "FILE", requires = "ask")]
    answers: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let path = self.folder.join("blueprint.hcl");
        if path.exists() {
            return Err(is_there(&path));
        }
        let text = if self.ask { self.asked(console)? } else { STARTER.to_owned() };
        write(&self.folder, &path, &text)?;
        let folder = self.folder.display();
        console.line(format!("wrote {}", path.display()));
        console.line(format!("next: architrave serve {folder} --dev"));
        Ok(Exit::Ok)
    }

    /// The starter with answers in it.
    fn asked(&self, console: Console) -> Result<String, Fault> {
        let file = SourceFile { name: "blueprint.hcl".to_owned(), text: STARTER.to_owned() };
        let mut asked = Asked::of(vec![file], today())
            .ok_or_else(|| Fault::new("the starter does not check", "please report this"))?;
        match &self.answers {
            Some(path) => {
                for (question, text) in answers_of(&load_one(path)?)? {
                    asked = asked.answered(&question, &text)?.0;
                }
                for question in asked.open() {
                    console.note(format!("{} is open: taken as {}", question.id, question.default));
                }
            }
            None if std::io::stdin().is_terminal() => {
                asked = converse(console, asked, &mut std::io::stdin().lock())?;
            }
            None => {
                return Err(Fault::new(
                    "there is no terminal to ask on",
                    "give the answers in a file: architrave new FOLDER --ask --answers FILE, with lines like `team = 4`",
                ));
            }
        }
        Ok(asked.files.into_iter().next().map(|it| it.text).unwrap_or_default())
    }
}

/// Asks until nothing is open, the weightiest question first; every answer may close others or open new ones.
fn converse(
    console: Console,
    mut asked: Asked,
    input: &mut impl std::io::BufRead,
) -> Result<Asked, Fault> {
    console.line("Each question is asked because an answer would change something. Enter takes the default, - leaves it open.");
    let mut left: Vec<&'static str> = Vec::new();
    for _ in 0..ANSWERS_MAX {
        let next = asked.open().into_iter().find(|it| !left.contains(&it.id));
        let Some(question) = next else { break };
        console.line(format!("\n{}", told::question(&question)));
        let Some(text) = line(input)? else { break };
        match taken(&asked, &question, text.trim()) {
            Ok(Some(after)) => asked = after,
            Ok(None) => left.push(question.id),
            Err(fault) => console.fault(&fault),
        }
    }
    Ok(asked)
}

/// The blueprint with the answer; none where the question is left open.
fn taken(asked: &Asked, question: &OpenQuestion, text: &str) -> Result<Option<Asked>, Fault> {
    match text {
        "-" => Ok(None),
        "" => Ok(asked.answered(question.id, default_of(question)).ok().map(|it| it.0)),
        text => asked.answered(question.id, text).map(|it| Some(it.0)),
    }
}

fn line(input: &mut impl std::io::BufRead) -> Result<Option<String>, Fault> {
    let mut text = String::new();
    let mut bounded = std::io::Read::take(input, LINE_BYTES_MAX);
    let read = bounded.read_line(&mut text);
    let count = read.map_err(|it| Fault::new(format!("cannot read the answer: {it}"), ""))?;
    Ok((count > 0).then_some(text))
}

fn write(folder: &Path, path: &Path, text: &str) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).map_err(|it| cannot_write(folder, &it))?;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => is_there(path),
        _ => cannot_write(path, &error),
    })?;
    let written = std::io::Write::write_all(&mut file, text.as_bytes());
    written.map_err(|error| cannot_write(path, &error))
}

fn is_there(path: &Path) -> Fault {
    Fault::new(
        format!("{} is there already", path.display()),
        "choose another folder; nothing was changed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talked(answers: &str) -> Asked {
        let file = SourceFile { name: "blueprint.hcl".to_owned(), text: STARTER.to_owned() };
        let asked = Asked::of(vec![file], 20_000).unwrap();
        converse(Console, asked, &mut answers.as_bytes()).unwrap()
    }

    #[test]
    fn enter_takes_defaults_until_nothing_is_open() {
        let asked = talked(&"\n".repeat(ANSWERS_MAX));
        let open: Vec<&str> = asked.open().iter().map(|it| it.fact).collect();
        assert!(open.iter().all(|it| *it == "regions"), "{open:?}");
    }

    #[test]
    fn what_is_left_open_is_asked_once_and_a_wrong_answer_again() {
        let asked = talked(&format!("never\n{}", "-\n".repeat(ANSWERS_MAX)));
        assert_eq!(asked.files[0].text, STARTER);
    }

    #[test]
    fn the_end_of_the_input_ends_the_talk() {
        assert_eq!(talked("").files[0].text, STARTER);
    }
}
