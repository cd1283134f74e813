//! `adr`: decision records, where they stand, and what people say of them.

use architrave_model::decision::Record;
use architrave_review::{
    Tables, decide_by, graph_of,
    record::{self, Act, FOLDER, LOCK_NAME},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mcp::{
        asking::{Asking, Form},
        desk::Desk,
        resources,
        system::{self, System},
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing::{self, Edit},
    },
    records::{self, Records},
    world::today,
};

/// What to do with which record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// list: where records stand; propose: write those that are missing; accept, reject, supersede: what only a person
    /// may do, who is asked for it.
    #[serde(default)]
    action: Action,
    /// The number of a record: its text with `list`, else the one that is meant.
    number: Option<u32>,
    /// With `accept` and `reject`: the name of the person.
    #[serde(default)]
    by: String,
    /// With `reject`: why.
    #[serde(default)]
    because: String,
    /// With `supersede`: the number of the accepted record that takes its place.
    with: Option<u32>,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    #[default]
    List,
    Propose,
    Accept,
    Reject,
    Supersede,
}

pub(super) static TOOL: Tool = Tool {
    name: "adr",
    title: "Decision records",
    description: "The decision records of the blueprint with status and number, or the text of one; writes those that are missing as proposals. Accepting, rejecting and superseding needs a person: the client asks them, or they use `architrave adr`.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        writing::output_or(json!({ "records": { "type": "array", "items": { "type": "object" } } }))
    },
    asking: Some(Asking { form, call: confirmed }),
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let given: Arguments = arguments(given)?;
    match given.action {
        Action::List => list(desk, &given),
        Action::Propose => propose(desk, &given),
        _ if given.dry_run => act(desk, &given),
        _ => Err(Refusal::new(
            "only a person may do this, and this client cannot ask one; nothing was written",
            format!(
                "show the user the difference (a dry run) and let them run: {}",
                command(&given)
            ),
        )),
    }
}

/// Acts of people are confirmed by the person, not by the agent.
fn form(desk: &Desk, given: &Value) -> Result<Option<Form>, Refusal> {
    let given: Arguments = arguments(given.clone())?;
    if given.dry_run || matches!(given.action, Action::List | Action::Propose) {
        return Ok(None);
    }
    // What cannot be done is refused before anybody is asked.
    let changed = changed(desk, &given)?;
    let names: Vec<&str> = changed.iter().map(|it| it.0.as_str()).collect();
    let message = format!("{}\n\nIt changes {}.", command(&given), names.join(", "));
    let schema = json!({
        "type": "object",
        "properties": { "confirmed": { "type": "boolean", "title": "Yes, write it down in my name" } },
        "required": ["confirmed"]
    });
    Ok(Some(Form { message, schema }))
}

fn confirmed(desk: &Desk, given: Value, filled: Value) -> Result<Answer, Refusal> {
    if filled.get("confirmed") != Some(&Value::Bool(true)) {
        return Err(Refusal::new(
            "the user did not confirm it; nothing was written",
            "leave the record as it is",
        ));
    }
    act(desk, &Arguments { dry_run: false, ..arguments(given)? })
}

/// The same on the command line.
fn command(given: &Arguments) -> String {
    let number = given.number.unwrap_or_default();
    match given.action {
        Action::Accept => format!("architrave adr accept {number} --by \"{}\"", given.by),
        Action::Reject => {
            format!(
                "architrave adr reject {number} --by \"{}\" --because \"{}\"",
                given.by, given.because
            )
        }
        Action::Supersede => {
            format!("architrave adr supersede {number} --with {}", given.with.unwrap_or_default())
        }
        Action::List | Action::Propose => "architrave adr list".to_owned(),
    }
}

fn list(desk: &Desk, given: &Arguments) -> Result<Answer, Refusal> {
    let records = System::without_questions(desk, &given.blueprint)?.assessment.records;
    let is_meant = |it: &&Record| given.number.is_none_or(|number| number == it.number);
    let found: Vec<_> = records.iter().filter(is_meant).collect();
    if found.is_empty() {
        return Err(Refusal::new(
            "there is no such record",
            "call `adr` without `number` for the list",
        ));
    }
    let text: Vec<String> = found
        .iter()
        .map(|it| match given.number {
            Some(_) => it.text.clone(),
            None => {
                format!("{:04} {} ({}, {})", it.number, it.title, it.decision, it.status.name())
            }
        })
        .collect();
    let values: Vec<Value> = found
        .iter()
        .map(|it| {
            json!({
                "number": it.number,
                "decision": it.decision,
                "title": it.title,
                "status": it.status.name(),
                "accepted_by": it.accepted_by,
                "text": given.number.map(|_| it.text.clone()),
            })
        })
        .collect();
    let links = resources::link(desk, &given.blueprint, "document/decisions/README.md");
    Ok(Answer::of(text.join("\n"), json!({ "records": values })).with_links(links))
}

/// Writes records that are missing and the lock, as `architrave decide --write` does.
fn propose(desk: &Desk, given: &Arguments) -> Result<Answer, Refusal> {
    let path = desk.existing(&given.blueprint)?;
    let plan = system::plan(desk, &given.blueprint)?;
    let there = Records::of(&path)?;
    let mut graph = graph_of(&plan, today());
    graph.lifecycles = system::lifecycles(desk)?;
    there.into_graph(&mut graph);
    let decisions = decide_by(Tables::ours(), &graph, &record::precedents(&there.files));
    let kept = record::keep(Tables::ours(), &decisions, &graph, there.kept());
    if let Some(fault) = kept.faults.first() {
        return Err(Refusal::new(fault.clone(), "mend it by hand; nothing was written"));
    }
    let mut edits = edits(desk, &path, &there, &kept.changed)?;
    if kept.lock != there.lock {
        let lock = desk.shown(&records::home(&path).join(LOCK_NAME));
        let path = desk.writable(&lock)?;
        edits.push(Edit { path, before: there.lock.clone(), after: kept.lock });
    }
    let standings = record::text(&kept.standings);
    let answer = writing::apply(desk, &edits, given.dry_run, json!({}))?;
    Ok(Answer { text: format!("{standings}\n{}", answer.text), ..answer })
}

fn act(desk: &Desk, given: &Arguments) -> Result<Answer, Refusal> {
    let path = desk.existing(&given.blueprint)?;
    let there = Records::of(&path)?;
    let changed = changed(desk, given)?;
    writing::apply(desk, &edits(desk, &path, &there, &changed)?, given.dry_run, json!({}))
}

/// The files that an act of a person changes.
fn changed(desk: &Desk, given: &Arguments) -> Result<Vec<(String, String)>, Refusal> {
    let there = Records::of(&desk.existing(&given.blueprint)?)?;
    let missing = |what: &str| Refusal::new(format!("`{what}` is missing"), "ask the user for it");
    let number = given.number.ok_or_else(|| missing("number"))?;
    let act = match given.action {
        Action::Reject => Act::Reject { by: given.by.clone(), because: given.because.clone() },
        Action::Supersede => Act::Supersede { with: given.with.ok_or_else(|| missing("with"))? },
        _ => Act::Accept { by: given.by.clone() },
    };
    record::act(&there.files, number, &act, today()).map_err(|it| Refusal::new(it.what, it.help))
}

fn edits(
    desk: &Desk,
    blueprint: &std::path::Path,
    there: &Records,
    changed: &[(String, String)],
) -> Result<Vec<Edit>, Refusal> {
    let folder = records::home(blueprint).join(FOLDER);
    let edit = |(name, after): &(String, String)| {
        let before = there.files.iter().find(|it| it.name == *name);
        Ok(Edit {
            path: desk.writable(&desk.shown(&folder.join(name)))?,
            before: before.map_or_else(String::new, |it| it.text.clone()),
            after: after.clone(),
        })
    };
    changed.iter().map(edit).collect()
}
