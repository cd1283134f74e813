//! `architrave explain CODE`

use architrave_engine::Fault;
use architrave_review::Tables;
use clap::Args;

use crate::{console::Console, exit::Exit};

/// What to explain.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A finding's code such as AR0501, a problem's such as not-unique, a rule such as REL-01 or no-timeout,
    /// or a decision such as D-02 or primary_store
    code: String,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        if let Some(page) = page_of(&self.code) {
            console.line(page.trim_end());
            return Ok(Exit::Ok);
        }
        console.note(format!("error: there is no code {}", self.code));
        console.note("help: codes stand in findings (error[AR0501], high[REL-01]) and in problems (\"code\")");
        Ok(Exit::Usage)
    }
}

/// The page of a finding's code, a rule (also as the id of a finding, `RULE@ELEMENT`) or a problem.
pub(crate) fn page_of(code: &str) -> Option<String> {
    let page =
        architrave_blueprint::codes::page(code).or_else(|| architrave_import::codes::page(code));
    if let Some(page) = page {
        return Some(page.text.to_owned());
    }
    let id = code.split('@').next().unwrap_or_default();
    if let Some(rule) = architrave_review::rule(id) {
        return Some(architrave_review::pages::page(rule));
    }
    if let Some(page) = architrave_review::decision_page::page(Tables::ours(), code) {
        return Some(page);
    }
    let problem = architrave_plan::problem(&code.to_lowercase())?;
    Some(format!(
        "# {}: {}\n\nHTTP status {}. {}\n\nThe same request may succeed later: {}.",
        problem.code,
        problem.title,
        problem.status,
        problem.explanation,
        if problem.is_retryable { "yes" } else { "no, not without change" },
    ))
}
