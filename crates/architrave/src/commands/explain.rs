//! `architrave explain CODE`

use architrave_engine::Fault;
use clap::Args;

use crate::{console::Console, exit::Exit};

/// What to explain.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A finding's code such as AR0501, a problem's such as not-unique, or a rule such as REL-01 or no-timeout
    code: String,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let page = architrave_blueprint::codes::page(&self.code)
            .or_else(|| architrave_import::codes::page(&self.code));
        if let Some(page) = page {
            console.line(page.text.trim_end());
            return Ok(Exit::Ok);
        }
        // A finding of the review is `RULE@ELEMENT`.
        let id = self.code.split('@').next().unwrap_or_default();
        if let Some(rule) = architrave_review::rule(id) {
            console.line(architrave_review::pages::page(rule).trim_end());
            return Ok(Exit::Ok);
        }
        if let Some(problem) = architrave_plan::problem(&self.code.to_lowercase()) {
            console.line(format!(
                "# {}: {}\n\nHTTP status {}. {}\n\nThe same request may succeed later: {}.",
                problem.code,
                problem.title,
                problem.status,
                problem.explanation,
                if problem.is_retryable { "yes" } else { "no, not without change" },
            ));
            return Ok(Exit::Ok);
        }
        console.note(format!("error: there is no code {}", self.code));
        console.note("help: codes stand in findings (error[AR0501], high[REL-01]) and in problems (\"code\")");
        Ok(Exit::Usage)
    }
}
