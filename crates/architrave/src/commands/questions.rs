//! `architrave questions PATH`: what is missing, why it matters, and where the answers go.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_model::{OpenQuestion, SourceFile};
use clap::Args;
use serde_json::json;

use super::told;
use crate::{
    answering::{ANSWERS_MAX, Asked, answer_of, answers_of},
    console::Console,
    existing::Existing,
    exit::Exit,
    review::{self, Subject},
    source,
    world::today,
};

/// What to ask about and what is known.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The blueprint (a file, or a folder of *.hcl files), or the folder of an existing system; answers about that
    /// are written to architrave.hcl in it
    path: PathBuf,
    /// Write an answer into the blueprint, by the question's id or fact: Q01=4, rpo=15m
    #[arg(long, value_name = "QUESTION=ANSWER")]
    answer: Vec<String>,
    /// Write the answers of a file: one a line, as in `team = 4`
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Answer what is open with the defaults
    #[arg(long)]
    accept_defaults: bool,
    /// Say what would be written and leave the files alone
    #[arg(long)]
    dry_run: bool,
    /// Show this question alone, by its id or fact; say why where it is not open
    #[arg(long, value_name = "QUESTION")]
    why: Option<String>,
    /// Print the questions as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let (written, asked) = self.load()?;
        let mut asked = asked.ok_or_else(|| {
            let path = self.path.display();
            Fault::new(format!("{path} has errors"), format!("see `architrave check {path}`"))
        })?;
        let mut told = Vec::new();
        for (question, text) in self.given()? {
            let (after, title) = asked.answered(&question, &text)?;
            asked = after;
            told.push(title);
        }
        if self.accept_defaults {
            told.extend(accept_defaults(&mut asked)?);
        }
        if !told.is_empty() {
            self.write(&written, &asked)?;
        }
        let mut open = asked.open();
        if let Some(question) = &self.why {
            open.retain(|it| it.id.eq_ignore_ascii_case(question) || it.fact == question);
            if open.is_empty() {
                console.line(why_closed(&asked, question)?);
                return Ok(Exit::Ok);
            }
        }
        if self.json {
            let list: Vec<serde_json::Value> = open.iter().map(told::as_json).collect();
            console.line(format!("{:#}", json!({ "questions": list, "answered": told })));
        } else {
            self.tell(console, &told, &open);
        }
        Ok(Exit::Ok)
    }

    fn given(&self) -> Result<Vec<(String, String)>, Fault> {
        let mut given = Vec::new();
        if let Some(path) = &self.answers {
            given.extend(answers_of(&source::load_one(path)?)?);
        }
        for text in &self.answer {
            given.push(answer_of(text)?);
        }
        Ok(given)
    }

    fn load(&self) -> Result<(Written, Option<Asked>), Fault> {
        match Subject::load(std::slice::from_ref(&self.path))? {
            Subject::Blueprint { files, paths } => {
                let written = Written { texts: texts(&files), paths };
                Ok((written, Asked::of(files, today())))
            }
            Subject::Existing(existing) => self.load_existing(&existing),
        }
    }

    fn load_existing(&self, existing: &Existing) -> Result<(Written, Option<Asked>), Fault> {
        if !self.path.is_dir() {
            return Err(Fault::new(
                format!("{} is no blueprint and no folder", self.path.display()),
                "name the folder of the system: answers are written to architrave.hcl in it",
            ));
        }
        let names = review::needs_files(&existing.files);
        let said = existing.files.iter().zip(&existing.paths);
        let (mut files, mut paths): (Vec<SourceFile>, Vec<PathBuf>) = said
            .filter(|(file, _)| names.contains(&file.name))
            .map(|(file, path)| (file.clone(), path.clone()))
            .unzip();
        let mut before = texts(&files);
        if files.is_empty() {
            let path = self.path.join(NEEDS_NAME);
            // A link to nothing as well: what is written through it would be written elsewhere.
            if path.symlink_metadata().is_ok() {
                return Err(Fault::new(
                    format!("{} says something else than needs", path.display()),
                    "begin it with `system Name { edition = \"2026\" }`, and nothing but needs behind it",
                ));
            }
            files.push(SourceFile { name: path.display().to_string(), text: begun(&self.path) });
            before.push(String::new());
            paths.push(path);
        }
        let graph = architrave_import::read(&existing.files, today()).graph;
        Ok((Written { texts: before, paths }, Asked::of_existing(files, graph)))
    }

    fn write(&self, written: &Written, asked: &Asked) -> Result<(), Fault> {
        if self.dry_run {
            return Ok(());
        }
        for ((before, after), path) in written.texts.iter().zip(&asked.files).zip(&written.paths) {
            if *before == after.text {
                continue;
            }
            if path.exists() {
                super::fmt::replace(path, &after.text)?;
            } else {
                std::fs::write(path, &after.text).map_err(|it| source::cannot_write(path, &it))?;
            }
        }
        Ok(())
    }

    fn tell(&self, console: Console, told: &[String], open: &[OpenQuestion]) {
        let verb = if self.dry_run { "would write" } else { "wrote" };
        for title in told {
            console.line(format!("{verb}: {title}"));
        }
        if open.is_empty() {
            console.line(
                "Nothing is open: no answer that is left out would change a decision or a verdict.",
            );
            return;
        }
        for question in open {
            console.line(format!("\n{}", told::question(question)));
        }
        let count = open.len();
        let path = self.path.display();
        console.line(format!(
            "\n{count} open. Answer with `architrave questions {path} --answer {}=…`, or take all defaults with --accept-defaults.",
            open.first().map_or("Q01", |it| it.id)
        ));
    }
}

/// What an existing system needs is written here.
const NEEDS_NAME: &str = "architrave.hcl";

/// Files that answers go to, as they are on disk.
struct Written {
    texts: Vec<String>,
    paths: Vec<PathBuf>,
}

fn texts(files: &[SourceFile]) -> Vec<String> {
    files.iter().map(|it| it.text.clone()).collect()
}

/// The beginning of a file of needs, named after its folder.
fn begun(folder: &Path) -> String {
    let name = folder.canonicalize().ok().and_then(|it| Some(it.file_name()?.to_str()?.to_owned()));
    let name = name.unwrap_or_default();
    let words = name.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let pascal: String = words
        .map(|it| {
            let (first, rest) = it.split_at(1);
            format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
        })
        .collect();
    let is_name = pascal.starts_with(|it: char| it.is_ascii_uppercase());
    let name = if is_name { pascal } else { format!("System{pascal}") };
    format!(
        "# What this system needs; its own files do not say it. Read by `architrave review` and `architrave questions`.\nsystem {name} {{ edition = \"2026\" }}\n"
    )
}

/// Why a question is not asked.
fn why_closed(asked: &Asked, question: &str) -> Result<String, Fault> {
    let Some((id, answer)) = architrave_review::question_state(&asked.graph, question) else {
        return Err(Fault::new(
            format!("there is no question `{question}`"),
            "`architrave questions PATH` lists them, each with its id and the name of its fact",
        ));
    };
    Ok(match answer {
        Some(answer) => format!("{id} is answered: {answer}"),
        None => format!(
            "{id} is not asked: no plausible answer changes a decision, a verdict or the number of machines"
        ),
    })
}

/// Answers everything that is open with its default, the weightiest first; what has to be written by hand stays.
pub(super) fn accept_defaults(asked: &mut Asked) -> Result<Vec<String>, Fault> {
    let mut told = Vec::new();
    let mut left = Vec::new();
    for _ in 0..ANSWERS_MAX {
        let next = asked.open().into_iter().find(|it| !left.contains(&it.id));
        let Some(question) = next else { break };
        match asked.answered(question.id, default_of(&question)) {
            Ok((after, title)) => {
                *asked = after;
                told.push(title);
            }
            Err(_) => left.push(question.id),
        }
    }
    Ok(told)
}

/// The default as it is typed: without the words behind a number.
pub(super) fn default_of(question: &OpenQuestion) -> &str {
    question.default.split(' ').next().unwrap_or_default()
}
