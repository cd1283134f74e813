//! The AsyncAPI documents, read by the parser of their makers.

use std::process::Command;

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "asyncapi",
    proves: "AsyncAPI's own parser finds no error in any AsyncAPI document, and still refuses a broken one",
    is_quick: true,
    run,
};

const PACKAGES: &[&str] = &["@asyncapi/parser@3.6.3"];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let documents = scope.documents("contracts/asyncapi.json");
    if documents.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has an AsyncAPI document".to_owned()));
    }
    let folder = tool::npm("asyncapi", PACKAGES)?;
    let script = tool::script(&folder, "asyncapi.mjs", include_str!("asyncapi.mjs"))?;
    let paths = documents.iter().map(|it| &it.1);
    let count = tool::ask(Command::new("node").arg(script).args(paths))?;
    let count = count.trim();
    Ok(Verdict::Passed(format!("{}, {count} messages", counted(documents.len(), "document"))))
}
