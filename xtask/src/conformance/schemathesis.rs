//! Every operation of the served examples, called by schemathesis with what the OpenAPI document allows and forbids.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
};

use serde_json::Value;

use super::{Example, Scope, Trouble, Validator, Verdict, scope::counted, tool};
use crate::{bench::process::Server, shell::Outcome, shell::root};

pub(super) const VALIDATOR: Validator = Validator {
    name: "schemathesis",
    proves: "the running servers answer as their OpenAPI documents say, as each role and as nobody",
    is_quick: false,
    run,
};

/// Checks differ from release to release, hence exactly this one.
const PACKAGES: &[&str] = &["schemathesis==4.32.5"];
/// Tokens of `--dev` that are nobody's role in the first tenant.
const NO_ROLES: &[&str] = &["system", "user", "other_tenant_"];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let folder = tool::pip("schemathesis", PACKAGES)?;
    let program = tool::architrave()?;
    let (mut count, mut mistaken) = (0, Vec::new());
    for example in &scope.examples {
        let mut callers = roles(&program, example)?;
        callers.push("anonymous".to_owned());
        for caller in callers {
            println!("schemathesis: {} as {caller}", example.name);
            count += 1;
            match drive(&folder, &program, example, &caller, scope) {
                Ok(()) => {}
                Err(Trouble::Failed(_)) => mistaken.push(format!("{} as {caller}", example.name)),
                Err(other) => return Err(other),
            }
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(format!("{}, {}", scope.size(), counted(count, "caller")))),
        false => Err(Trouble::Failed(mistaken.join(", "))),
    }
}

/// The roles of an example, as `--dev` has tokens for them.
fn roles(program: &Path, example: &Example) -> Outcome<Vec<String>> {
    let server = serve(program, example, "roles")?;
    let names = server.all_tokens()?.into_keys();
    Ok(names.filter(|name| NO_ROLES.iter().all(|it| !name.starts_with(it))).collect())
}

/// A server with data of its own: what one caller left behind must not change what another one finds.
fn serve(program: &Path, example: &Example, purpose: &str) -> Outcome<Server> {
    let home = example.fresh_home(&format!("schemathesis-{purpose}"))?;
    Server::ours(program, &home, &home.join("data"))
}

/// Calls a fresh server as one caller, with every check.
fn drive(
    folder: &Path,
    program: &Path,
    example: &Example,
    caller: &str,
    scope: &Scope,
) -> Result<(), Trouble> {
    let server = serve(program, example, caller)?;
    let tokens = server.all_tokens()?;
    let position = tokens.values().find_map(|it| first_position(server.address, it).ok());
    let position = position.ok_or_else(|| format!("{}: nobody sees an event", example.name))?;
    let mut command = Command::new(folder.join("bin/schemathesis"));
    command.arg("--config-file").arg(root().join("xtask/src/conformance/rules/schemathesis.toml"));
    command.arg("run").arg(format!("http://{}/openapi.json", server.address));
    command.args(["--checks", "all", "--continue-on-failure", "--generation-database", "none"]);
    command.args(["--max-examples", &scope.requests.to_string()]);
    command.args(["--seed", &scope.seed.to_string()]);
    if let Some(token) = tokens.get(caller) {
        command.arg("--header").arg(format!("Authorization: Bearer {token}"));
    }
    tool::check(command.current_dir(folder).env("ARCHITRAVE_POSITION", position))
}

/// A position that the server has reached: that of the first event.
fn first_position(address: SocketAddr, token: &str) -> Outcome<String> {
    let fault = |error: std::io::Error| format!("{address}: {error}");
    let mut stream = TcpStream::connect(address).map_err(fault)?;
    let request = format!(
        "GET /v1/events?limit=1 HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).map_err(fault)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(fault)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |it| it.1);
    let page: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {answer}"))?;
    let position = page["items"][0]["position"].as_str().map(str::to_owned);
    position.ok_or_else(|| format!("no first event: {page}"))
}
