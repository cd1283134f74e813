//! `cargo xtask conformance`: what the world's checkers say of the API document and of the server behind it.
//! Needs Node.js, Python and the network; everything is installed below `target/conformance`.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
};

use serde_json::Value;

use crate::{
    bench::process::Server,
    shell::{self, Outcome, cargo, number, root},
};

/// Checkers of the document.
const LINTERS: &[&str] =
    &["@redocly/cli@2", "@stoplight/spectral-cli@6", "@stoplight/spectral-owasp-ruleset@2"];
/// The checker of the server. Checks differ from release to release, hence exactly this one.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

pub(crate) fn run(options: &[&str]) -> Outcome {
    let examples = number(options, "examples", 50)?.to_string();
    let seed = number(options, "seed", 1)?.to_string();
    let folder = root().join("target/conformance");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    lint(&folder)?;
    let python = folder.join("python");
    shell::run(Path::new("python3"), &["-m", "venv", "python"], &folder, &[])?;
    let install = ["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS];
    shell::run(&python.join("bin/pip"), &install, &folder, &[])?;
    cargo(&["build", "--package", "architrave"], &[])?;
    let mut failed = Vec::new();
    for caller in ["merchant", "customer", "anonymous"] {
        if let Err(reason) = drive(&folder, caller, &examples, &seed) {
            eprintln!("as {caller}: {reason}");
            failed.push(caller);
        }
    }
    if failed.is_empty() {
        println!("everything conforms");
        return Ok(());
    }
    Err(format!("schemathesis has found something as {}", failed.join(", ")))
}

/// Redocly and Spectral look at the storefront's document.
fn lint(folder: &Path) -> Outcome {
    for name in [".spectral.yaml", "redocly.yaml"] {
        copy(&root().join("xtask/openapi").join(name), &folder.join(name))?;
    }
    let install = [&["install", "--no-audit", "--no-fund", "--prefix", "."], LINTERS].concat();
    shell::run(Path::new("npm"), &install, folder, &[])?;
    copy(
        &root().join("examples/storefront/expected/contracts/openapi.json"),
        &folder.join("openapi.json"),
    )?;
    let npx = Path::new("npx");
    shell::run(npx, &["redocly", "lint", "openapi.json", "--config", "redocly.yaml"], folder, &[])?;
    shell::run(npx, &["spectral", "lint", "openapi.json"], folder, &[])
}

/// Schemathesis calls a fresh server as one caller, with every check.
fn drive(folder: &Path, caller: &str, examples: &str, seed: &str) -> Outcome {
    let home = folder.join(caller);
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).map_err(|error| format!("{}: {error}", home.display()))?;
    for name in ["blueprint.hcl", "architrave.lock"] {
        copy(&root().join("examples/storefront").join(name), &home.join(name))?;
    }
    let program = root().join("target/debug/architrave");
    let server = Server::ours(&program, &home, &home.join("data"))?;
    let (customer, merchant) = server.tokens()?;
    let position = first_position(server.address, &merchant)?;
    let config = root().join("xtask/openapi/schemathesis.toml").display().to_string();
    let document = format!("http://{}/openapi.json", server.address);
    let mut arguments = vec!["--config-file", &config, "run", &document, "--checks", "all"];
    arguments.extend(["--continue-on-failure", "--generation-database", "none"]);
    arguments.extend(["--max-examples", examples, "--seed", seed]);
    let authorization = match caller {
        "merchant" => Some(format!("Authorization: Bearer {merchant}")),
        "customer" => Some(format!("Authorization: Bearer {customer}")),
        _ => None,
    };
    if let Some(authorization) = &authorization {
        arguments.extend(["--header", authorization]);
    }
    println!("schemathesis as {caller}");
    let program = folder.join("python/bin/schemathesis");
    shell::run(&program, &arguments, &home, &[("ARCHITRAVE_POSITION", &position)])
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

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}
