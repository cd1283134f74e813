//! `job_status`: how it stands with long work.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::mcp::{
    desk::Desk,
    jobs, running,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// Which work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The id that `calibrate` or `loadtest` gave.
    job: String,
    /// How long to wait for its end, in seconds; at most 600.
    #[serde(default)]
    wait_s: u64,
}

pub(super) static TOOL: Tool = Tool {
    name: "job_status",
    title: "Look at long work",
    description: "How it stands with a job: what it says, and its result once it is done. Waits for its end where `wait_s` is given, with notes of progress where the client asked for them.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: jobs::output,
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { job, wait_s } = arguments(given)?;
    let wait_s = running::waits(wait_s)?;
    let answer = desk.jobs.status(&job)?;
    Ok(Answer { follow: running::follow(job, wait_s, false), ..answer })
}
