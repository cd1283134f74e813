//! The server for coding agents, asked as a client would: over standard input and output, in both revisions of the
//! protocol, every tool and prompt, and what is refused.
#![cfg(test)]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use serde_json::{Value, json};
use support::{program, root};

/// Revisions of the protocol.
const REVISIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];

struct Agent {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    revision: &'static str,
    asked: u64,
}

impl Agent {
    fn start(folder: &Path, revision: &'static str) -> Self {
        let mut command = program();
        command.args(["mcp", "--root"]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut agent = Self { process, input, output, revision, asked: 0 };
        if revision == REVISIONS[0] {
            let who = json!({ "name": "test", "version": "1" });
            let hello =
                json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": who });
            let answer = agent.ask("initialize", hello);
            assert_eq!(answer["result"]["protocolVersion"], revision, "{answer}");
            agent.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        }
        agent
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    /// Asks and waits for the answer.
    fn ask(&mut self, method: &str, mut params: Value) -> Value {
        self.asked += 1;
        if self.revision == REVISIONS[1] {
            // Without a session each request says who asks, and how.
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.revision,
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// Calls a tool; whether it refused, its text and its structured answer.
    fn call(&mut self, tool: &str, arguments: Value) -> (bool, String, Value) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
        (result["isError"] == true, text.to_owned(), result["structuredContent"].clone())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A project with the storefront, a schema, and something outside of it.
fn project() -> tempfile::TempDir {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("project");
    fs::create_dir(&folder).unwrap();
    let storefront = root().join("examples/storefront/blueprint.hcl");
    fs::copy(storefront, folder.join("blueprint.hcl")).unwrap();
    fs::write(folder.join("schema.sql"), "create table item (id bigint primary key, name text);")
        .unwrap();
    fs::write(outer.path().join("secret.hcl"), "system Secret { edition = \"2026\" }").unwrap();
    outer
}

/// Arguments with which every tool answers.
fn good_arguments() -> BTreeMap<&'static str, Value> {
    let blueprint = "blueprint.hcl";
    BTreeMap::from([
        ("questions", json!({ "blueprint": blueprint })),
        ("answer", json!({ "blueprint": blueprint, "answers": { "Q02": "2" } })),
        ("validate", json!({ "blueprint": blueprint })),
        ("import", json!({ "paths": ["schema.sql"], "out": "drafted.hcl" })),
        ("review", json!({ "paths": [blueprint] })),
        ("explain", json!({ "id": "REL-01@edge:x" })),
        ("fix", json!({ "blueprint": blueprint })),
        (
            "waive",
            json!({ "blueprint": blueprint, "rule": "REL-08", "reason": "a \"${test}\"", "owner": "me", "until": "2999-01-01" }),
        ),
        ("decide", json!({ "blueprint": blueprint, "decision": "primary_store" })),
        ("adr", json!({ "blueprint": blueprint, "number": 2 })),
        ("capacity", json!({ "blueprint": blueprint })),
        ("roadmap", json!({ "blueprint": blueprint })),
        ("cost", json!({ "blueprint": blueprint })),
        ("gate", json!({ "blueprint": blueprint, "name": "plan" })),
        ("tech_check", json!({ "products": { "postgresql": "9.6", "unheard-of": "1" } })),
        ("threats", json!({ "blueprint": blueprint })),
        ("diff", json!({ "blueprint": blueprint, "revision": "HEAD" })),
        ("render", json!({ "blueprint": blueprint, "document": "data/erd" })),
    ])
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(folder).args([
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.com",
    ]);
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn every_tool_answers_in_its_own_form_and_writes_nothing_unasked() {
    let outer = project();
    let folder = outer.path().join("project");
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "start"]);
    let before = fs::read_to_string(folder.join("blueprint.hcl")).unwrap();
    for revision in REVISIONS {
        let mut agent = Agent::start(&folder, revision);
        let listed = agent.ask("tools/list", json!({}));
        let tools = listed["result"]["tools"].as_array().unwrap().clone();
        let arguments = good_arguments();
        assert_eq!(tools.len(), arguments.len(), "every tool is tried");
        for tool in tools {
            let name = tool["name"].as_str().unwrap();
            let given = arguments[name].clone();
            let input = jsonschema::validator_for(&tool["inputSchema"]).unwrap();
            assert!(input.is_valid(&given), "{name}: {given}");
            let (is_error, text, value) = agent.call(name, given);
            // The storefront leaves questions open, so its gate is closed.
            assert!(is_error == (name == "gate") && !text.is_empty(), "{name}: {text}");
            let output = jsonschema::validator_for(&tool["outputSchema"]).unwrap();
            assert!(output.is_valid(&value), "{name}: {value}");
        }
    }
    assert_eq!(fs::read_to_string(folder.join("blueprint.hcl")).unwrap(), before);
    assert!(!folder.join("drafted.hcl").exists());
}

#[test]
fn what_is_written_is_what_the_dry_run_showed() {
    let outer = project();
    let folder = outer.path().join("project");
    let mut agent = Agent::start(&folder, REVISIONS[1]);
    for tool in ["answer", "waive", "import"] {
        let mut given = good_arguments()[tool].clone();
        let (_, _, dry) = agent.call(tool, given.clone());
        given["dry_run"] = json!(false);
        let (is_error, text, wet) = agent.call(tool, given);
        assert!(!is_error, "{text}");
        assert_eq!(
            (dry["is_written"].clone(), &dry["diff"]),
            (json!(false), &wet["diff"]),
            "{tool}"
        );
        assert_eq!(wet["is_written"], true, "{tool}");
    }
    let text = fs::read_to_string(folder.join("blueprint.hcl")).unwrap();
    assert!(text.contains("release_teams = 2") && text.contains("REL-08"), "{text}");
    let (_, text, value) = agent.call("validate", json!({ "blueprint": "blueprint.hcl" }));
    assert_eq!(value["is_valid"], true, "{text}");
    assert!(folder.join("drafted.hcl").exists());
}

#[test]
fn nothing_outside_of_the_root_is_read_or_written() {
    let outer = project();
    let folder = outer.path().join("project");
    let mut agent = Agent::start(&folder, REVISIONS[0]);
    for (tool, arguments) in [
        ("validate", json!({ "blueprint": "../secret.hcl" })),
        ("validate", json!({ "blueprint": "/etc/passwd" })),
        ("review", json!({ "paths": ["..", "blueprint.hcl"] })),
        ("import", json!({ "paths": ["schema.sql"], "out": "../new.hcl", "dry_run": false })),
        ("import", json!({ "paths": ["schema.sql"], "out": "blueprint.hcl", "dry_run": false })),
        ("import", json!({ "paths": ["schema.sql"], "out": "new.sh", "dry_run": false })),
    ] {
        let (is_error, text, _) = agent.call(tool, arguments.clone());
        assert!(is_error, "{tool} {arguments}: {text}");
        assert!(!text.contains("Secret"), "{text}");
    }
    assert!(!outer.path().join("new.hcl").exists());
}

#[test]
fn nonsense_is_refused_and_the_conversation_goes_on() {
    let outer = project();
    let folder = outer.path().join("project");
    fs::write(folder.join("broken.hcl"), "system {{{").unwrap();
    for revision in REVISIONS {
        let mut agent = Agent::start(&folder, revision);
        for (tool, arguments) in [
            ("validate", json!({})),
            ("validate", json!({ "blueprint": 5 })),
            ("validate", json!({ "blueprint": "blueprint.hcl", "more": true })),
            ("validate", json!({ "blueprint": "x".repeat(1_000_000) })),
            ("validate", json!({ "blueprint": "nothing.hcl" })),
            ("validate", json!({ "blueprint": "a\u{0}b" })),
            ("questions", json!({ "blueprint": "broken.hcl" })),
            ("answer", json!({ "blueprint": "blueprint.hcl", "answers": { "Q99": "1" } })),
            ("answer", json!({ "blueprint": "blueprint.hcl", "answers": { "Q02": "many" } })),
            ("explain", json!({ "id": "XYZ-99" })),
            ("decide", json!({ "blueprint": "blueprint.hcl", "decision": "D-99" })),
            ("diff", json!({ "blueprint": "blueprint.hcl", "revision": "--output=/tmp/x" })),
            ("render", json!({ "blueprint": "blueprint.hcl", "document": "no-such-document" })),
            ("gate", json!({ "blueprint": "blueprint.hcl", "name": "heaven" })),
            ("adr", json!({ "blueprint": "blueprint.hcl", "number": 999 })),
            (
                "waive",
                json!({ "blueprint": "blueprint.hcl", "rule": "REL-08", "reason": "r", "owner": "o", "until": "2001-01-01" }),
            ),
            (
                "waive",
                json!({ "blueprint": "blueprint.hcl", "rule": "REL-08", "reason": " ", "owner": "o", "until": "2999-01-01" }),
            ),
        ] {
            let (is_error, text, _) = agent.call(tool, arguments);
            assert!(is_error, "{tool}: {text}");
        }
        let unknown = agent.ask("tools/call", json!({ "name": "nothing", "arguments": {} }));
        assert!(unknown["error"]["message"].is_string(), "{unknown}");
        let unknown = agent.ask("prompts/get", json!({ "name": "nothing" }));
        assert!(unknown["error"]["message"].is_string(), "{unknown}");
        let missing = agent.ask("prompts/get", json!({ "name": "plan" }));
        assert!(missing["error"]["message"].is_string(), "{missing}");
        let unknown = agent.ask("resources/read", json!({ "uri": "file:///etc/passwd" }));
        assert!(unknown["error"]["message"].is_string(), "{unknown}");
        let (is_error, _, value) = agent.call("validate", json!({ "blueprint": "broken.hcl" }));
        assert!(!is_error && value["is_valid"] == false, "{value}");
    }
}

#[test]
fn a_message_without_end_ends_the_conversation() {
    let outer = project();
    let mut agent = Agent::start(&outer.path().join("project"), REVISIONS[0]);
    let long = "x".repeat(1024 * 1024);
    // It may hang up before all is written.
    while agent.input.write_all(long.as_bytes()).is_ok() {}
    assert!(agent.process.wait().is_ok());
}

#[test]
fn every_prompt_and_resource_can_be_read() {
    let outer = project();
    for revision in REVISIONS {
        let mut agent = Agent::start(&outer.path().join("project"), revision);
        let prompts = agent.ask("prompts/list", json!({}));
        let prompts = prompts["result"]["prompts"].as_array().unwrap().clone();
        assert!(prompts.len() >= 12);
        for prompt in prompts {
            let arguments = prompt["arguments"].as_array().cloned().unwrap_or_default();
            let given: serde_json::Map<String, Value> = arguments
                .iter()
                .map(|it| (it["name"].as_str().unwrap().to_owned(), json!("x")))
                .collect();
            let got =
                agent.ask("prompts/get", json!({ "name": prompt["name"], "arguments": given }));
            let text = &got["result"]["messages"][0]["content"]["text"];
            assert!(text.as_str().is_some_and(|it| it.contains("\n1. ")), "{got}");
        }
        let resources = agent.ask("resources/list", json!({}));
        let resources = resources["result"]["resources"].as_array().unwrap().clone();
        assert!(resources.len() > 20, "{}", resources.len());
        // Of the documents a part: each call assesses the system anew.
        for resource in resources.iter().step_by(9).chain(resources.first()) {
            let read = agent.ask("resources/read", json!({ "uri": resource["uri"] }));
            let text = &read["result"]["contents"][0]["text"];
            assert!(text.as_str().is_some_and(|it| !it.is_empty()), "{resource}: {read}");
        }
        for uri in ["architrave://rules/REL-01", "architrave://contract/devops"] {
            let read = agent.ask("resources/read", json!({ "uri": uri }));
            assert!(read["result"]["contents"][0]["text"].is_string(), "{read}");
        }
        let reference = json!({ "type": "ref/resource", "uri": "architrave://rules/{id}" });
        let argument = json!({ "name": "id", "value": "rel-0" });
        let completed =
            agent.ask("completion/complete", json!({ "ref": reference, "argument": argument }));
        let values = completed["result"]["completion"]["values"].as_array().unwrap();
        assert!(values.contains(&json!("REL-01")), "{completed}");
    }
}
