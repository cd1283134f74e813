//! `architrave questions PATH`: what is missing, why it matters, and where the answers go.

use std::path::PathBuf;

use architrave_engine::Fault;
use architrave_model::OpenQuestion;
use clap::Args;
use serde_json::json;

use super::told;
use crate::{
    answering::{ANSWERS_MAX, Asked, answer_of, answers_of},
    console::Console,
    exit::Exit,
    source::{self, Blueprint},
    world::today,
};

/// What to ask about and what is known.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files
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
    /// Print the questions as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let blueprint = Blueprint::load(&self.path)?;
        let Some(mut asked) = Asked::of(blueprint.files.clone(), today()) else {
            let what = format!("{} has errors", self.path.display());
            return Err(Fault::new(
                what,
                format!("see `architrave check {}`", self.path.display()),
            ));
        };
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
            self.write(&blueprint, &asked)?;
        }
        let open = asked.open();
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

    fn write(&self, blueprint: &Blueprint, asked: &Asked) -> Result<(), Fault> {
        if self.dry_run {
            return Ok(());
        }
        for ((before, after), path) in
            blueprint.files.iter().zip(&asked.files).zip(&blueprint.paths)
        {
            if before.text != after.text {
                super::fmt::replace(path, &after.text)?;
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
