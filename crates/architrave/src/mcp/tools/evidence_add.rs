//! `evidence_add`: writes down what a page says about the support of a version.

use architrave_model::civil::{day_of, day_text};
use architrave_review::measure::lifecycle;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mcp::{
        desk::Desk,
        system::LIFECYCLES,
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing::{self, Edit},
    },
    world::today,
};

/// What was looked up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Name of the product, in lower case, e.g. postgresql.
    product: String,
    /// Name of the line of versions, e.g. 16 or 3.12.
    version: String,
    /// Last day with fixes, e.g. 2028-11-09; left out where the page names none.
    until: Option<String>,
    /// Address of the page.
    url: String,
    /// The sentence of the page that says so, at most 500 characters.
    quote: String,
    /// The day on which it was looked up; today if left out.
    checked: Option<String>,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "evidence_add",
    title: "Write down evidence",
    description: "Writes down until when a version gets fixes, with the page that says so and its words, into .architrave/lifecycles.txt. From then on `tech_check`, the rules and the documents go by it; on the command line with --lifecycles.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || writing::output(json!({ "line": { "type": "string" } })),
    asking: None,
    call,
};

/// Longest quote, in characters.
const QUOTE_MAX: usize = 500;
const HEAD: &str = "# Until when versions of products get fixes, as it was looked up. A line: product | line of versions | last day with\n# fixes, or - where none is named | source | checked on. The words of the source stand above it.\n";

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { product, version, until, url, quote, checked, dry_run } = arguments(given)?;
    let checked = checked.unwrap_or_else(|| day_text(i64::from(today())));
    if day_of(&checked).is_none_or(|it| it > today()) {
        return Err(Refusal::new(
            format!("`{checked}` is no day that was"),
            "write it as 2026-11-21",
        ));
    }
    let quote = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    if quote.is_empty() || quote.chars().count() > QUOTE_MAX {
        return Err(Refusal::new(
            "the quote is empty or longer than 500 characters",
            "quote the sentence of the page that names the version and the day",
        ));
    }
    if [&product, &version, &url].iter().any(|it| it.contains(['|', '#'])) {
        return Err(Refusal::new(
            "a name or the address has `|` or `#` in it",
            "leave the part behind it out",
        ));
    }
    let line =
        format!("{product} | {version} | {} | {url} | {checked}", until.as_deref().unwrap_or("-"));
    if lifecycle::read(&line).map(|it| it.len()) != Ok(1) {
        return Err(Refusal::new(
            format!("`{line}` is no line of the table"),
            "name product, version, a day as in 2028-11-09 and an address that begins with https://",
        ));
    }
    let path = desk.writable(LIFECYCLES)?;
    let before = if path.exists() {
        crate::source::load_one(&desk.existing(LIFECYCLES)?)?.text
    } else {
        String::new()
    };
    let after = with(&before, &product, &version, &format!("# \"{quote}\"\n{line}\n"));
    writing::apply(desk, &[Edit { path, before, after }], dry_run, json!({ "line": line }))
}

/// The table with an entry in the place of the one for the same line of versions, words and all.
fn with(before: &str, product: &str, version: &str, entry: &str) -> String {
    let is_same = |line: &str| {
        let mut cells = line.split('|').map(str::trim);
        !line.starts_with('#') && cells.next() == Some(product) && cells.next() == Some(version)
    };
    let mut lines: Vec<&str> = Vec::new();
    for line in before.lines() {
        if is_same(line) {
            if lines.last().is_some_and(|it| it.starts_with("# \"")) {
                lines.pop();
            }
        } else {
            lines.push(line);
        }
    }
    let kept: String = lines.iter().map(|it| format!("{it}\n")).collect();
    if kept.is_empty() { format!("{HEAD}{entry}") } else { format!("{kept}{entry}") }
}
