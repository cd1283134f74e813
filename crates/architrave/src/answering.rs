//! Writes answers into a blueprint's text and works out what is still open.

use architrave_blueprint::syntax;
use architrave_engine::Fault;
use architrave_model::{Fix, OpenQuestion, SourceFile, graph::Graph};
use architrave_plan::Lock;
use architrave_review::{AnswerRefused, answer, graph_of, needs_from, open_questions};

use crate::{checked::has_errors, review};

/// Most answers in one go. There are fewer questions; more is a loop.
pub const ANSWERS_MAX: usize = 200;

/// A blueprint, or an existing system with what a file beside it says of its needs, that is being asked about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The files that answers are written to, as they now are.
    pub files: Vec<SourceFile>,
    /// What they mean.
    pub graph: Graph,
    as_of_day: i32,
    /// The system as its own files tell of it; none for a blueprint.
    existing: Option<Box<Graph>>,
}

impl Asked {
    /// Reads the files; none where they do not check.
    #[must_use]
    pub fn of(files: Vec<SourceFile>, as_of_day: i32) -> Option<Self> {
        let (system, findings) = architrave_blueprint::read(&files);
        if has_errors(&findings) {
            return None;
        }
        // Names of tables decide nothing here, so the lock can stay out of it.
        let derived = architrave_plan::derive(system, &Lock::default());
        let graph = graph_of(&derived.plan, as_of_day);
        Some(Self { files, graph, as_of_day, existing: None })
    }

    /// Takes an existing system and the files beside it that say what it needs; none where these do not check.
    #[must_use]
    pub fn of_existing(files: Vec<SourceFile>, existing: Graph) -> Option<Self> {
        let stated = review::stated(&files)?;
        if has_errors(&stated.1) {
            return None;
        }
        let mut graph = existing.clone();
        needs_from(&stated.0, &mut graph);
        let as_of_day = existing.as_of_day;
        Some(Self { files, graph, as_of_day, existing: Some(Box::new(existing)) })
    }

    /// What is open, the weightiest first.
    #[must_use]
    pub fn open(&self) -> Vec<OpenQuestion> {
        open_questions(&self.graph)
    }

    /// The same with an answer written into it, and what was written, in words.
    ///
    /// # Errors
    /// Where the answer cannot be taken; nothing has changed then.
    pub fn answered(&self, question: &str, text: &str) -> Result<(Self, String), Fault> {
        let said =
            answer(&self.graph, question, text).map_err(|it| refused(question, text, &it))?;
        let fix = syntax::propose(&self.files, &said.proposal)
            .ok_or_else(|| cannot_write(question, "there is no place for it in the text"))?;
        let files = applied(&self.files, &fix);
        let after = match &self.existing {
            Some(existing) => Self::of_existing(files, (**existing).clone()),
            None => Self::of(files, self.as_of_day),
        };
        let after =
            after.ok_or_else(|| cannot_write(question, "the blueprint would not check with it"))?;
        Ok((after, said.proposal.title))
    }
}

fn applied(files: &[SourceFile], fix: &Fix) -> Vec<SourceFile> {
    let texts = syntax::edit::apply(files, [fix]).texts;
    let named = files.iter().zip(texts);
    named.map(|(file, text)| SourceFile { name: file.name.clone(), text }).collect()
}

fn cannot_write(question: &str, why: &str) -> Fault {
    Fault::new(format!("the answer to {question} cannot be written: {why}"), "write it by hand")
}

fn refused(question: &str, text: &str, refused: &AnswerRefused) -> Fault {
    match refused {
        AnswerRefused::NoSuchQuestion => Fault::new(
            format!("there is no question `{question}`"),
            "`architrave questions PATH` lists them, each with its id and the name of its fact",
        ),
        AnswerRefused::Unreadable { form, plausible } => Fault::new(
            format!("`{text}` is no answer to {question}"),
            format!("write {form}; plausible are {}", plausible.join(", ")),
        ),
        AnswerRefused::ByHand => Fault::new(
            format!("the answer to {question} is yours to write"),
            "it needs names that only you know, such as `regions` of the `system`",
        ),
    }
}

/// The answers of a file: settings of a blueprint's syntax, `team = 4` or `Q10 = "15m"`, in order.
///
/// # Errors
/// Where the file holds anything else.
pub fn answers_of(file: &SourceFile) -> Result<Vec<(String, String)>, Fault> {
    use syntax::ast::Item;
    let (tree, findings) = syntax::parse(architrave_model::FileId(0), &file.text);
    let wrong = |what: String| {
        Fault::new(what, "write one answer a line, as in `team = 4` or `rpo = \"15m\"`")
    };
    if let Some(finding) = findings.first() {
        return Err(wrong(format!("{}: {}", file.name, finding.title)));
    }
    let mut answers = Vec::new();
    for item in &tree.items {
        let Item::Attribute(attribute) = item else {
            return Err(wrong(format!("{} holds a block, not only answers", file.name)));
        };
        let span = attribute.value.span;
        let text = file.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        answers.push((attribute.name.text.clone(), text.to_owned()));
        if answers.len() > ANSWERS_MAX {
            return Err(wrong(format!("{} has more than {ANSWERS_MAX} answers", file.name)));
        }
    }
    Ok(answers)
}

/// One answer of a command line: `team=4`.
///
/// # Errors
/// Where there is no `=`.
pub fn answer_of(text: &str) -> Result<(String, String), Fault> {
    let (question, answer) = text.split_once('=').ok_or_else(|| {
        Fault::new(
            format!("`{text}` answers nothing"),
            "write QUESTION=ANSWER, as in Q01=4 or team=4",
        )
    })?;
    Ok((question.trim().to_owned(), answer.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "# The shop.\nsystem Shop { edition = \"2026\" }\n\nworkload { peak = \"900/s\" } # guessed\n\ncontext catalog {\n  entity Product {\n    name = string(80)\n    access { read = true }\n  }\n}\n";

    fn shop() -> Asked {
        let file = SourceFile { name: "blueprint.hcl".to_owned(), text: SHOP.to_owned() };
        Asked::of(vec![file], 20_000).unwrap()
    }

    #[test]
    fn an_answer_is_written_beside_what_is_there_and_no_longer_asked() {
        let before = shop();
        assert!(before.open().iter().any(|it| it.fact == "rpo"));
        let (after, _) = before.answered("rpo", "15m").unwrap();
        let (after, _) = after.answered("Q07", "3").unwrap();
        let text = &after.files[0].text;
        for kept in ["# The shop.", "# guessed", "spike = 3", "rpo = \"15m\"", "peak  = \"900/s\""]
        {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        assert!(!after.open().iter().any(|it| it.fact == "rpo" || it.fact == "spike"));
    }

    #[test]
    fn every_open_question_can_be_answered_with_its_default() {
        let mut asked = shop();
        for _ in 0..ANSWERS_MAX {
            let Some(question) = asked.open().into_iter().find(|it| it.fact != "regions") else {
                return;
            };
            let default = question.default.split(' ').next().unwrap().to_owned();
            asked = asked.answered(question.id, &default).unwrap().0;
        }
        panic!("never done: {:?}", asked.open());
    }

    #[test]
    fn what_is_no_answer_changes_nothing_and_says_why() {
        let asked = shop();
        for (question, text, why) in [
            ("Q99", "1", "there is no question `Q99`"),
            ("rpo", "soon", "`soon` is no answer to rpo"),
            ("regions", "2", "is yours to write"),
        ] {
            let fault = asked.answered(question, text).unwrap_err();
            assert!(fault.what.contains(why), "{fault}");
        }
    }

    #[test]
    fn a_file_of_answers_is_settings_and_nothing_else() {
        let file =
            |text: &str| SourceFile { name: "answers.hcl".to_owned(), text: text.to_owned() };
        let answers = answers_of(&file("# known\nteam = 4\nrpo  = \"15m\"\n")).unwrap();
        assert_eq!(
            answers,
            [("team".to_owned(), "4".to_owned()), ("rpo".to_owned(), "\"15m\"".to_owned())]
        );
        for wrong in ["team {\n}\n", "team = = 4\n", "\u{0}\u{1}"] {
            assert!(answers_of(&file(wrong)).is_err(), "{wrong:?}");
        }
        assert!(answer_of("team").is_err());
        assert_eq!(answer_of("team = 4").unwrap(), ("team".to_owned(), "4".to_owned()));
    }
}
