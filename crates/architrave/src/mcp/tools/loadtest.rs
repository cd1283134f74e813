//! `loadtest`: drives a server of a blueprint at a fixed rate and judges its objectives.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::mcp::{
    desk::Desk,
    jobs,
    running::{self, Run},
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// How to drive it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Times the declared peak, at most 1,000.
    #[serde(default = "factor")]
    #[schemars(default = "factor")]
    factor: u32,
    /// How long to send, in seconds, at most 600.
    #[serde(default = "duration")]
    #[schemars(default = "duration")]
    duration_s: u64,
    /// How long to wait for the end before the answer tells how it stands, in seconds; at most 600.
    #[serde(default)]
    wait_s: u64,
}

pub(super) static TOOL: Tool = Tool {
    name: "loadtest",
    title: "Drive under load",
    description: "Starts a server of the blueprint on this machine, sends the declared mix at a fixed rate and judges each objective by latency from the planned start. Drives no server of anybody else. Answers with the id of a job.",
    effect: Effect::Runs,
    input: schema::<Arguments>,
    output: jobs::output,
    asking: None,
    call,
};

/// Longest step that an agent may ask for, in seconds; longer ones are for the command line.
const DURATION_S_MAX: u64 = 600;
/// Most times the peak.
const FACTOR_MAX: u32 = 1_000;

fn factor() -> u32 {
    1
}

fn duration() -> u64 {
    10
}

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, factor, duration_s, wait_s } = arguments(given)?;
    if !(1..=FACTOR_MAX).contains(&factor) || !(1..=DURATION_S_MAX).contains(&duration_s) {
        return Err(Refusal::new(
            format!("{factor} times the peak for {duration_s} s is out of bounds"),
            "`factor` is 1 to 1000, `duration_s` is 1 to 600; longer runs are for `architrave load`",
        ));
    }
    let factor = factor.to_string();
    let options =
        ["--factors", &factor, "--must-hold", &factor, "--duration", &duration_s.to_string()];
    running::begin(
        desk,
        Run {
            what: "driving a server under load",
            blueprint: &blueprint,
            options: options.iter().map(|it| (*it).to_owned()).collect(),
            is_quick: true,
            is_kept: false,
            wait_s,
        },
    )
}
