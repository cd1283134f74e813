//! What a tool is, and what it answers.

use std::sync::Arc;

use rmcp::model::{self, CallToolResult, ContentBlock, JsonObject, Resource, ToolAnnotations};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{asking::Asking, desk::Desk};

/// Longest text of an answer, in bytes: about 8,000 tokens. What is longer is cut, and says where the rest is.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// A tool, in a file of its own in `tools/`.
pub(super) struct Tool {
    /// `snake_case`; clients put the server's name in front.
    pub(super) name: &'static str,
    /// As a person reads it in a list.
    pub(super) title: &'static str,
    /// What it does and when to use it; agents choose by this.
    pub(super) description: &'static str,
    /// What it changes.
    pub(super) effect: Effect,
    /// JSON Schema of its arguments.
    pub(super) input: fn() -> Value,
    /// JSON Schema of its structured answer.
    pub(super) output: fn() -> Value,
    /// What it asks a person, where the client lets it; it does its work without, too.
    pub(super) asking: Option<Asking>,
    /// Does it.
    pub(super) call: fn(&Desk, Value) -> Result<Answer, Refusal>,
}

/// What a tool changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// Files below the root, unless `dry_run` is true, which it is if not said.
    Writes,
    /// Starts or ends a process that keeps the machine busy for a while.
    Runs,
}

/// What a tool found out.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// For agents that read text.
    pub(super) text: String,
    /// The same for programs.
    pub(super) value: Value,
    /// Whether a check that was asked for does not hold; the agent must not go on as if it did.
    pub(super) has_failed: bool,
    /// Where everything is, for whoever wants more than an answer holds.
    pub(super) links: Vec<Resource>,
    /// Work that the client wants to wait for.
    pub(super) follow: Option<Follow>,
}

/// Work under way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Follow {
    /// Its id.
    pub(super) job: String,
    /// How long to wait for its end, in seconds.
    pub(super) up_to_s: u64,
    /// Whether this call began it, so that taking the call back ends it.
    pub(super) is_own: bool,
}

impl Answer {
    /// An answer that holds.
    pub(super) fn of(text: impl Into<String>, value: Value) -> Self {
        Self { text: text.into(), value, ..Self::default() }
    }

    /// With the place where everything is.
    pub(super) fn with_links(mut self, links: impl IntoIterator<Item = Resource>) -> Self {
        self.links.extend(links);
        self
    }
}

/// Why a tool did nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    what: String,
    help: String,
}

impl Refusal {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl Refusal {
    /// The blueprint does not check.
    pub(super) fn has_errors() -> Self {
        Self::new("the blueprint has errors", "call `validate` and mend them first")
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.what)?;
        if self.help.is_empty() { Ok(()) } else { write!(out, "\nhelp: {}", self.help) }
    }
}

impl From<architrave_engine::Fault> for Refusal {
    fn from(fault: architrave_engine::Fault) -> Self {
        Self { what: fault.what, help: fault.help }
    }
}

impl Tool {
    /// As it is listed.
    pub(super) fn listed(&self) -> model::Tool {
        let is_reading = self.effect == Effect::Reads;
        let annotations = ToolAnnotations::new()
            .read_only(is_reading)
            .destructive(false)
            .idempotent(self.effect != Effect::Runs)
            .open_world(false);
        model::Tool::new(self.name, self.description, object((self.input)()))
            .with_title(self.title)
            .with_raw_output_schema(object((self.output)()))
            .with_annotations(annotations)
    }
}

/// As the protocol says it; a refusal is an answer that the agent can read.
pub(super) fn told(done: Result<Answer, Refusal>) -> CallToolResult {
    let answer = match done {
        Ok(answer) => answer,
        Err(refusal) => {
            return CallToolResult::error(vec![ContentBlock::text(cut(refusal.to_string()))]);
        }
    };
    let mut content = vec![ContentBlock::text(cut(answer.text))];
    content.extend(answer.links.into_iter().map(ContentBlock::resource_link));
    let mut result = match answer.has_failed {
        true => CallToolResult::error(content),
        false => CallToolResult::success(content),
    };
    result.structured_content = Some(answer.value);
    result
}

/// The arguments of tools that ask for a blueprint and nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BlueprintOnly {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    pub(super) blueprint: String,
}

/// The arguments of a tool as its type; unknown members and wrong types are refused with what was wrong.
pub(super) fn arguments<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|error| {
        Refusal::new(format!("the arguments do not fit: {error}"), "see the tool's input schema")
    })
}

/// The JSON Schema of arguments, from their type: one source.
pub(super) fn schema<T: JsonSchema>() -> Value {
    let mut value = schemars::schema_for!(T).to_value();
    if let Some(members) = value.as_object_mut() {
        // The name of a type in our code says nothing to an agent.
        members.remove("title");
        let properties = members.get_mut("properties").and_then(Value::as_object_mut);
        properties.into_iter().flatten().for_each(|it| without_null(it.1));
    }
    value
}

/// What may be left out is of its type where it is there: some clients read "or null" as text.
fn without_null(property: &mut Value) {
    let Some(members) = property.as_object_mut() else { return };
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
}

fn object(schema: Value) -> Arc<JsonObject> {
    Arc::new(schema.as_object().cloned().unwrap_or_default())
}

fn cut(mut text: String) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text;
    }
    let mut end = TEXT_BYTES_MAX;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push_str("\n… cut here; the structured answer has everything");
    text
}

/// What `dry_run` is where nobody says.
pub(super) fn is_dry_run() -> bool {
    true
}
