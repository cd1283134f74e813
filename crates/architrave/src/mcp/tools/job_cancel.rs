//! `job_cancel`: ends long work.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::mcp::{
    desk::Desk,
    jobs,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// Which work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The id that `calibrate` or `loadtest` gave.
    job: String,
}

pub(super) static TOOL: Tool = Tool {
    name: "job_cancel",
    title: "End long work",
    description: "Ends a job that is at work, with the server that it started. What is over already stays as it is.",
    effect: Effect::Runs,
    input: schema::<Arguments>,
    output: jobs::output,
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { job } = arguments(given)?;
    desk.jobs.cancel(&job)
}
