//! The Postman collections, run by newman against the served examples.

use std::process::Command;

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};
use crate::bench::process::Server;

pub(super) const VALIDATOR: Validator = Validator {
    name: "postman",
    proves: "newman runs every request of every collection against a fresh server, and every assertion holds",
    is_quick: false,
    run,
};

const PACKAGES: &[&str] = &["newman@6.2.2"];
/// Longest that one answer may take, in milliseconds.
const REQUEST_MS_MAX: &str = "10000";

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let documents = scope.documents("contracts/postman.json");
    if documents.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has a collection".to_owned()));
    }
    let folder = tool::npm("postman", PACKAGES)?;
    let program = tool::architrave()?;
    let mut mistaken = Vec::new();
    for (example, path) in &documents {
        println!("newman: {}", example.name);
        let home = example.fresh_home("postman")?;
        let server = Server::ours(&program, &home, &home.join("data"))?;
        let mut command = Command::new("node");
        command.arg(folder.join("node_modules/.bin/newman")).arg("run").arg(path);
        command.args(["--reporters", "cli", "--reporter-cli-no-success-assertions"]);
        command.args(["--color", "off", "--timeout-request", REQUEST_MS_MAX]);
        command.arg("--env-var").arg(format!("base_url=http://{}", server.address));
        for (name, token) in server.all_tokens()? {
            command.arg("--env-var").arg(format!("token_{name}={token}"));
        }
        match tool::check(&mut command) {
            Ok(()) => {}
            Err(Trouble::Failed(_)) => mistaken.push(example.name.clone()),
            Err(other) => return Err(other),
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(counted(documents.len(), "collection"))),
        false => Err(Trouble::Failed(mistaken.join(", "))),
    }
}
