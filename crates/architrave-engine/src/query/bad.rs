//! What is wrong with a query: all of it in one answer.

use architrave_plan::problem;

use crate::{Problem, ProblemDetail, input::ERRORS_MAX};

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Bad {
    found: Vec<(&'static str, ProblemDetail)>,
}

impl Bad {
    fn push(&mut self, kind: &'static str, parameter: &str, detail: String) {
        if self.found.len() < ERRORS_MAX {
            let parameter = Some(parameter.to_owned());
            let code = kind.to_owned();
            self.found.push((kind, ProblemDetail { pointer: None, parameter, code, detail }));
        }
    }

    pub(crate) fn unknown(&mut self, parameter: &str) {
        self.push("unknown-parameter", parameter, "There is no such parameter.".to_owned());
    }

    pub(crate) fn repeated(&mut self, parameter: &str) {
        self.push("unknown-parameter", parameter, "It is sent more than once.".to_owned());
    }

    pub(crate) fn invalid(&mut self, parameter: &str, detail: String) {
        self.push("invalid-parameter", parameter, detail);
    }

    pub(crate) fn unreadable(&mut self, parameter: &str, name: &str) {
        self.push("unreadable-field", parameter, format!("`{name}` cannot be read."));
    }

    pub(crate) fn unserved(&mut self, parameter: &str, detail: String) {
        self.push("index-missing", parameter, detail);
    }

    /// The problem of the first thing found, naming them all.
    pub(crate) fn into_result(self) -> Result<(), Problem> {
        let Some((kind, first)) = self.found.first() else { return Ok(()) };
        let title = problem(kind).map(|it| it.title).unwrap_or_default();
        let detail = match &first.parameter {
            // Says itself what is missing, and names the index to add.
            _ if *kind == "index-missing" => first.detail.clone(),
            Some(parameter) => format!("{title}: `{parameter}`. {}", first.detail),
            None => first.detail.clone(),
        };
        let problem = Problem::of(kind, detail);
        Err(problem.with(self.found.into_iter().map(|(_, it)| it).collect()))
    }
}
