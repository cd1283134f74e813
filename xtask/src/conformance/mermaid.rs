//! Every diagram of every page, read by Mermaid's own parser.

use std::process::Command;

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "mermaid",
    proves: "Mermaid's parser accepts every diagram of every page, and still refuses a broken one",
    is_quick: true,
    run,
};

/// The parser, and the document model of a browser that it asks for.
const PACKAGES: &[&str] = &["mermaid@12.3.0", "jsdom@29.1.1"];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let pages = scope.examples.iter().flat_map(|it| it.files("", ".md"));
    let pages: Vec<_> = pages.collect();
    if pages.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has pages".to_owned()));
    }
    let folder = tool::npm("mermaid", PACKAGES)?;
    let script = tool::script(&folder, "mermaid.mjs", include_str!("mermaid.mjs"))?;
    let count = tool::ask(Command::new("node").arg(script).args(&pages))?;
    let count = count.trim();
    Ok(Verdict::Passed(format!("{count} diagrams on {}", counted(pages.len(), "page"))))
}
