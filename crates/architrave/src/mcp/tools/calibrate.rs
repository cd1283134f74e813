//! `calibrate`: measures what requests of a blueprint cost on this machine.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::mcp::{
    desk::Desk,
    jobs,
    running::{self, Run},
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to measure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// quick: about half a minute, for a first look; full: some minutes.
    #[serde(default)]
    profile: Profile,
    /// How long to wait for the end before the answer tells how it stands, in seconds; at most 600.
    #[serde(default)]
    wait_s: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Profile {
    #[default]
    Quick,
    Full,
}

pub(super) static TOOL: Tool = Tool {
    name: "calibrate",
    title: "Measure",
    description: "Measures what each kind of request costs on this machine, by a server of its own that is thrown away, and writes .architrave/measurements.json, which `capacity` reads. Keeps the machine busy. Answers with the id of a job.",
    effect: Effect::Runs,
    input: schema::<Arguments>,
    output: jobs::output,
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, profile, wait_s } = arguments(given)?;
    running::begin(
        desk,
        Run {
            what: "measuring what requests cost",
            blueprint: &blueprint,
            options: vec!["--factors".to_owned(), "1".to_owned()],
            is_quick: profile == Profile::Quick,
            is_kept: true,
            wait_s,
        },
    )
}
