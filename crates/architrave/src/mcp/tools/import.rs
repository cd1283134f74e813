//! `import`: drafts a blueprint from what exists.

use architrave_model::SourceFile;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    existing,
    mcp::{
        desk::Desk,
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing::{self, Edit},
    },
    world::today,
};

/// What to import.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A schema in SQL, migrations, an OpenAPI document or an SQLite database, or folders with them, below the root.
    paths: Vec<String>,
    /// The file to write, ending in .hcl; it must not be there yet.
    #[serde(default = "out")]
    #[schemars(default = "out")]
    out: String,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "import",
    title: "Import what exists",
    description: "Drafts a blueprint that checks from a schema, migrations, an OpenAPI document or a database, and lists everything that had to be guessed or was left out.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        writing::output(json!({ "guesses": { "type": "array" }, "left_out": { "type": "array" } }))
    },
    asking: None,
    call,
};

fn out() -> String {
    "blueprint.hcl".to_owned()
}

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { paths, out, dry_run } = arguments(given)?;
    let paths = paths.iter().map(|it| desk.existing(it)).collect::<Result<Vec<_>, _>>()?;
    let path = desk.writable(&out)?;
    if !out.ends_with(".hcl") || path.exists() {
        let what =
            format!("`{out}` cannot be written: it is there already, or does not end in .hcl");
        return Err(Refusal::new(what, "name a new file in `out`"));
    }
    let existing = existing::load_all(&paths)?;
    let import = architrave_import::read(&existing.files, today());
    let draft = architrave_import::draft(&import);
    if draft.text.is_empty() {
        return Err(Refusal::new(
            "neither tables nor operations were found",
            "name a schema in SQL, an OpenAPI document or an SQLite database",
        ));
    }
    let read: Vec<&SourceFile> = existing.files.iter().collect();
    let names: Vec<&str> = read.iter().map(|it| it.name.as_str()).collect();
    let edit = Edit { path, before: String::new(), after: draft.text.clone() };
    let more = json!({ "guesses": draft.guesses, "left_out": draft.left_out, "read": names });
    writing::apply(desk, &[edit], dry_run, more)
}
