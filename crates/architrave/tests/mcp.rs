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
    capabilities: Value,
    /// Notifications that came in between.
    noted: Vec<Value>,
}

impl Agent {
    fn start(folder: &Path, revision: &'static str) -> Self {
        Self::with(folder, revision, json!({}))
    }

    /// One whose client can do more than call.
    fn with(folder: &Path, revision: &'static str, capabilities: Value) -> Self {
        let mut command = program();
        command.args(["mcp", "--root"]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let noted = Vec::new();
        let mut agent = Self { process, input, output, revision, asked: 0, capabilities, noted };
        if revision == REVISIONS[0] {
            let who = json!({ "name": "test", "version": "1" });
            let hello = json!({ "protocolVersion": revision, "capabilities": agent.capabilities, "clientInfo": who });
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
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// Asks and does not wait; the id of the request.
    fn begin(&mut self, method: &str, mut params: Value) -> u64 {
        self.asked += 1;
        let mut meta = params["_meta"].take();
        if self.revision == REVISIONS[1] {
            // Without a session each request says who asks, and how.
            meta["io.modelcontextprotocol/protocolVersion"] = json!(self.revision);
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
            meta["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        }
        params.as_object_mut().unwrap().remove("_meta");
        if !meta.is_null() {
            params["_meta"] = meta;
        }
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The next message that is no notification.
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let message: Value = serde_json::from_str(&line).unwrap();
            if message.get("id").is_some() {
                return message;
            }
            self.noted.push(message);
        }
    }

    /// Calls a tool that asks a person, who says this; the result.
    fn call_and_say(&mut self, tool: &str, arguments: &Value, reply: &Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let id = self.begin("tools/call", params.clone());
        let asked = self.next();
        if self.revision == REVISIONS[0] {
            assert_eq!(asked["method"], "elicitation/create", "{asked}");
            check_form(&asked["params"]);
            self.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": reply }));
            let answer = self.next();
            assert_eq!(answer["id"], id, "{answer}");
            return answer["result"].clone();
        }
        let result = &asked["result"];
        assert_eq!(result["resultType"], "input_required", "{asked}");
        check_form(&result["inputRequests"]["reply"]["params"]);
        let mut again = params;
        again["inputResponses"] = json!({ "reply": reply });
        again["requestState"] = result["requestState"].clone();
        self.ask("tools/call", again)["result"].clone()
    }

    /// Calls a tool; whether it refused, its text and its structured answer.
    fn call(&mut self, tool: &str, arguments: Value) -> (bool, String, Value) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
        (result["isError"] == true, text.to_owned(), result["structuredContent"].clone())
    }
}

/// Forms have primitive fields alone.
fn check_form(form: &Value) {
    assert!(form["message"].as_str().is_some_and(|it| !it.is_empty()), "{form}");
    let fields = form["requestedSchema"]["properties"].as_object().unwrap();
    assert!(!fields.is_empty());
    for field in fields.values() {
        assert!(["string", "boolean"].contains(&field["type"].as_str().unwrap()), "{field}");
    }
}

/// What a client offers that can show forms.
fn forms() -> Value {
    json!({ "elicitation": { "form": {} } })
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
        (
            "evidence_add",
            json!({ "product": "scylladb", "version": "6.2", "until": "2027-03-01", "url": "https://example.com/s", "quote": "6.2 is supported until March 2027." }),
        ),
        ("calibrate", json!({ "blueprint": blueprint })),
        ("loadtest", json!({ "blueprint": blueprint, "factor": 2, "duration_s": 60 })),
        ("job_status", json!({ "job": "job-2" })),
        ("job_cancel", json!({ "job": "job-2" })),
        ("memory", json!({ "action": "get", "key": "architecture:decisions" })),
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
            if name == "loadtest" {
                let (is_error, text, _) = agent.call(name, arguments[name].clone());
                assert!(is_error && text.contains("job-1 is still at work"), "{text}");
                assert!(!agent.call("job_cancel", json!({ "job": "job-1" })).0);
            }
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
    for tool in ["answer", "waive", "import", "evidence_add"] {
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
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path(), folder.join("link")).unwrap();
    for (tool, arguments) in [
        ("validate", json!({ "blueprint": "link/secret.hcl" })),
        ("validate", json!({ "blueprint": "link/../../secret.hcl" })),
        ("import", json!({ "paths": ["schema.sql"], "out": "link/new.hcl", "dry_run": false })),
        ("calibrate", json!({ "blueprint": "../secret.hcl" })),
        ("capacity", json!({ "blueprint": "blueprint.hcl", "measurements": "../secret.hcl" })),
        ("cost", json!({ "blueprint": "blueprint.hcl", "prices": "/etc/passwd" })),
        ("review", json!({ "paths": ["blueprint.hcl"], "baseline": "../secret.hcl" })),
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
                "adr",
                json!({ "blueprint": "blueprint.hcl", "action": "accept", "number": 1, "by": "Ada", "dry_run": false }),
            ),
            ("adr", json!({ "blueprint": "blueprint.hcl", "action": "accept" })),
            ("review", json!({ "paths": ["blueprint.hcl"], "families": ["heaven"] })),
            ("review", json!({ "paths": ["blueprint.hcl"], "level_min": "much" })),
            ("review", json!({ "paths": [] })),
            ("capacity", json!({ "blueprint": "blueprint.hcl", "factor": 0 })),
            ("loadtest", json!({ "blueprint": "blueprint.hcl", "factor": 100_000 })),
            ("loadtest", json!({ "blueprint": "blueprint.hcl", "wait_s": 100_000 })),
            ("job_status", json!({ "job": "job-77" })),
            ("job_cancel", json!({ "job": "../job" })),
            ("memory", json!({ "action": "get", "key": "notes:nothing" })),
            (
                "memory",
                json!({ "action": "put", "key": "architecture:apis", "value": 1, "by": "me", "dry_run": false }),
            ),
            (
                "memory",
                json!({ "action": "put", "key": "elsewhere", "value": 1, "by": "me", "dry_run": false }),
            ),
            (
                "memory",
                json!({ "action": "put", "key": "notes:a b", "value": 1, "by": "me", "dry_run": false }),
            ),
            (
                "memory",
                json!({ "action": "put", "key": "notes:x", "value": "x".repeat(100_000), "by": "me", "dry_run": false }),
            ),
            ("memory", json!({ "action": "put", "key": "notes:x", "by": "me", "dry_run": false })),
            (
                "evidence_add",
                json!({ "product": "x", "version": "1", "url": "javascript:x", "quote": "q" }),
            ),
            (
                "evidence_add",
                json!({ "product": "x|y", "version": "1", "url": "https://example.com", "quote": "q" }),
            ),
            (
                "evidence_add",
                json!({ "product": "x", "version": "1", "url": "https://example.com", "quote": "" }),
            ),
            (
                "evidence_add",
                json!({ "product": "x", "version": "1", "url": "https://example.com", "quote": "q", "checked": "2999-01-01" }),
            ),
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
        for uri in [
            "file:///etc/passwd",
            "architrave://document/../../secret.hcl",
            "architrave://adr/77",
            "architrave://",
        ] {
            let unknown = agent.ask("resources/read", json!({ "uri": uri }));
            assert!(unknown["error"]["message"].is_string(), "{unknown}");
        }
        for list in ["tools/list", "prompts/list", "resources/list", "resources/templates/list"] {
            for cursor in ["heaven", "-1", "99999999"] {
                let refused = agent.ask(list, json!({ "cursor": cursor }));
                assert!(refused["error"]["message"].is_string(), "{list} {refused}");
            }
        }
        // What was kept for nobody, and a reply that nobody asked for.
        assert!(!folder.join(".architrave").exists());
        let forged = json!({ "name": "adr", "arguments": { "blueprint": "blueprint.hcl" }, "inputResponses": {}, "requestState": "x" });
        assert!(agent.ask("tools/call", forged)["error"]["message"].is_string());
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
        let mut resources = Vec::new();
        let mut page = json!({});
        loop {
            let listed = agent.ask("resources/list", page);
            resources.extend(listed["result"]["resources"].as_array().unwrap().clone());
            match listed["result"]["nextCursor"].as_str() {
                Some(cursor) => page = json!({ "cursor": cursor }),
                None => break,
            }
        }
        assert!(resources.len() > 100, "{}", resources.len());
        let addresses: std::collections::BTreeSet<String> =
            resources.iter().map(|it| it["uri"].to_string()).collect();
        assert_eq!(addresses.len(), resources.len(), "no address is listed twice");
        // Of the documents a part: each call assesses the system anew.
        for resource in resources.iter().step_by(37).chain(resources.first()) {
            let read = agent.ask("resources/read", json!({ "uri": resource["uri"] }));
            let text = &read["result"]["contents"][0]["text"];
            assert!(text.as_str().is_some_and(|it| !it.is_empty()), "{resource}: {read}");
        }
        for uri in [
            "architrave://rules/REL-01",
            "architrave://contract/devops",
            "architrave://openapi.json",
            "architrave://adr/2",
            "architrave://runbook/disk-full",
            "architrave://memory/architecture:slo",
        ] {
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

#[test]
fn a_person_is_asked_where_the_client_can_and_the_agent_where_it_cannot() {
    let outer = project();
    let folder = outer.path().join("project");
    let blueprint = json!({ "blueprint": "blueprint.hcl" });
    for revision in REVISIONS {
        let mut agent = Agent::with(&folder, revision, forms());
        let filled = json!({ "action": "accept", "content": { "Q02": "3", "Q01": "" } });
        let result = agent.call_and_say("answer", &blueprint, &filled);
        let value = &result["structuredContent"];
        assert_eq!(value["answers"], json!({ "Q02": "3" }), "{result}");
        assert!(value["diff"].as_str().unwrap().contains("release_teams = 3"), "{result}");
        assert_eq!(value["is_written"], false, "still a dry run");
        let declined = agent.call_and_say("answer", &blueprint, &json!({ "action": "decline" }));
        assert_eq!(declined["isError"], true, "{declined}");
        // The third way: the questions are the answer.
        let mut agent = Agent::start(&folder, revision);
        let (is_error, text, value) = agent.call("answer", blueprint.clone());
        assert!(!is_error && text.starts_with("ask the user these"), "{text}");
        assert!(!value["questions"].as_array().unwrap().is_empty(), "{value}");
    }
}

#[test]
fn only_a_person_accepts_a_record() {
    for revision in REVISIONS {
        let outer = project();
        let folder = outer.path().join("project");
        let record = folder.join("docs/architecture/decisions/0002-primary-store.md");
        let mut agent = Agent::with(&folder, revision, forms());
        let propose =
            json!({ "blueprint": "blueprint.hcl", "action": "propose", "dry_run": false });
        let (is_error, text, value) = agent.call("adr", propose);
        assert!(!is_error && value["is_written"] == true, "{text}");
        assert!(folder.join("decisions.lock").exists());
        let mut accept =
            json!({ "blueprint": "blueprint.hcl", "action": "accept", "number": 2, "by": "Ada" });
        let (_, _, dry) = agent.call("adr", accept.clone());
        assert!(dry["diff"].as_str().unwrap().contains("+status: accepted"), "{dry}");
        accept["dry_run"] = json!(false);
        let before = fs::read_to_string(&record).unwrap();
        for reply in [
            json!({ "action": "accept", "content": { "confirmed": false } }),
            json!({ "action": "accept" }),
            json!({ "action": "cancel" }),
            json!({ "action": "decline" }),
        ] {
            let result = agent.call_and_say("adr", &accept, &reply);
            assert_eq!(result["isError"], true, "{reply}: {result}");
        }
        assert_eq!(fs::read_to_string(&record).unwrap(), before);
        let mut plain = Agent::start(&folder, revision);
        let (is_error, text, _) = plain.call("adr", accept.clone());
        assert!(is_error && text.contains("architrave adr accept 2 --by"), "{text}");
        let yes = json!({ "action": "accept", "content": { "confirmed": true } });
        let result = agent.call_and_say("adr", &accept, &yes);
        assert_eq!(result["structuredContent"]["is_written"], true, "{result}");
        assert!(fs::read_to_string(&record).unwrap().contains("status: accepted"));
        // What a person said is what every tool and resource tells from then on.
        let (_, text, _) = agent.call("adr", json!({ "blueprint": "blueprint.hcl" }));
        assert!(text.contains("(D-02, accepted)"), "{text}");
        let read = agent.ask("resources/read", json!({ "uri": "architrave://adr/2" }));
        assert!(read.to_string().contains("accepted"), "{read}");
        // Twice is once too often, and nobody is asked.
        assert!(agent.call("adr", accept).0);
    }
}

#[test]
fn what_was_looked_up_and_remembered_is_told_again() {
    let outer = project();
    let mut agent = Agent::start(&outer.path().join("project"), REVISIONS[1]);
    let ask = json!({ "products": { "scylladb": "6.2.1" } });
    let (_, text, _) = agent.call("tech_check", ask.clone());
    assert!(text.contains("unknown"), "{text}");
    for until in ["2027-03-01", "2027-06-30"] {
        let mut found = good_arguments()["evidence_add"].clone();
        found["dry_run"] = json!(false);
        found["until"] = json!(until);
        assert!(!agent.call("evidence_add", found).0);
        let (_, text, value) = agent.call("tech_check", ask.clone());
        assert!(text.contains(until), "{text}");
        assert_eq!(value["products"][0]["is_own"], true, "{value}");
    }
    let kept = outer.path().join("project/.architrave/lifecycles.txt");
    let kept = fs::read_to_string(kept).unwrap();
    assert_eq!(kept.matches("scylladb").count(), 1, "{kept}");
    let mut note =
        json!({ "action": "put", "key": "notes:checkout", "value": { "is": 1 }, "by": "frontend" });
    assert_eq!(agent.call("memory", note.clone()).2["is_written"], false);
    note["dry_run"] = json!(false);
    assert_eq!(agent.call("memory", note.clone()).2["is_written"], true);
    note["value"] = json!("two");
    assert_eq!(agent.call("memory", note).2["is_written"], true);
    let (_, _, value) = agent.call("memory", json!({ "action": "get", "key": "notes:checkout" }));
    assert_eq!(
        (&value["value"]["value"], &value["value"]["by"]),
        (&json!("two"), &json!("frontend"))
    );
    let (_, text, _) = agent.call("memory", json!({ "action": "list", "key": "notes:" }));
    assert_eq!(text, "notes:checkout");
}

#[test]
fn long_work_is_told_of_and_ends_when_nobody_wants_it() {
    let outer = project();
    let folder = outer.path().join("project");
    for revision in REVISIONS {
        let mut agent = Agent::start(&folder, revision);
        // Whoever wants to hear of it hears of it.
        let waiting = json!({ "name": "loadtest", "arguments": { "blueprint": "blueprint.hcl", "duration_s": 300, "wait_s": 1 }, "_meta": { "progressToken": "p" } });
        let answer = agent.ask("tools/call", waiting.clone());
        assert_eq!(answer["result"]["structuredContent"]["state"], "running", "{answer}");
        let first = &agent.noted[0];
        assert_eq!(first["method"], "notifications/progress", "{first}");
        assert_eq!(first["params"]["progressToken"], "p", "{first}");
        let (_, _, value) = agent.call("job_cancel", json!({ "job": "job-1" }));
        assert_eq!(value["state"], "cancelled", "{value}");
        // A call that is taken back ends the work that it began.
        let mut waiting = waiting;
        waiting["arguments"]["wait_s"] = json!(300);
        agent.noted.clear();
        let id = agent.begin("tools/call", waiting);
        // It is under way once it tells how far it is; its own answer never comes.
        let mut line = String::new();
        agent.output.read_line(&mut line).unwrap();
        assert!(line.contains("notifications/progress"), "{line}");
        agent.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
        let state = (0..100).find_map(|_| {
            let asked = agent.begin(
                "tools/call",
                json!({ "name": "job_status", "arguments": { "job": "job-2", "wait_s": 1 } }),
            );
            let answer = agent.next();
            let state = answer["result"]["structuredContent"]["state"].clone();
            (answer["id"] == asked && state != "running").then_some(state)
        });
        assert_eq!(state, Some(json!("cancelled")));
    }
    assert!(!folder.join(".architrave").exists(), "a load test keeps nothing");
    assert!(!folder.join("architrave.lock").exists(), "nothing is written beside the blueprint");
}

#[test]
fn what_is_measured_is_what_capacity_goes_by() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path();
    let shop = "system Shop {\n  edition = \"2026\"\n}\n\nworkload {\n  peak = \"20/s\"\n}\n\ncontext sales {\n  entity Order {\n    total = money\n\n    access {\n      read   = true\n      create = true\n    }\n  }\n}\n";
    fs::write(folder.join("blueprint.hcl"), shop).unwrap();
    let mut agent = Agent::start(folder, REVISIONS[1]);
    let (_, text, _) = agent.call("capacity", json!({ "blueprint": "blueprint.hcl" }));
    assert!(text.contains("assumed"), "{text}");
    let measuring = json!({ "blueprint": "blueprint.hcl", "wait_s": 300 });
    let (is_error, text, value) = agent.call("calibrate", measuring);
    assert!(!is_error && value["state"] == "done", "{text}");
    assert!(value["result"].is_object() && folder.join(".architrave/measurements.json").exists());
    let (is_error, text, value) = agent.call("capacity", json!({ "blueprint": "blueprint.hcl" }));
    assert!(!is_error && text.contains("measured"), "{text} {value}");
}
