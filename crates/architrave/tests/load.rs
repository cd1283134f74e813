//! `architrave load`: a tiny run against a real server, from the command line to the files it writes. Nothing here
//! looks at how long something took: what the machine does besides is its own affair.
#![cfg(test)]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use architrave_model::measurement::{MEASUREMENTS_VERSION, Measurements};
use serde_json::Value;
use support::{Served, program};

const TICKETS: &str = r#"
system Tickets { edition = "2026" }

workload {
  peak       = "60/s"
  read_share = "70%"
}

slo ask {
  covers       = [desk.Ticket.read, desk.Ticket.resolve]
  availability = "99%"
  latency      = { p50 = "10m" }
}

identity {
  user  = desk.Person
  roles = ["agent"]
}

context desk {
  entity Person {
    email = email(unique)
    access { read = this == caller.user }
  }

  entity Ticket {
    number = string(20, unique)
    title  = string(120)
    owner  = ref(Person, immutable)
    lifecycle status {
      initial     = "open"
      transitions = { open = ["taken"], taken = ["resolved"] }
    }
    index { on = [title] }
    search { on = [title] }
    access {
      read   = caller.is_authenticated
      create = this.owner == caller.user
      update = this.owner == caller.user
      delete = has_role("agent")
    }
    command take {
      allow      = caller.is_authenticated
      transition = "taken"
    }
    command resolve {
      input      = { note = string(200) }
      allow      = caller.is_authenticated
      transition = "resolved"
    }
  }
}
"#;

fn folder(blueprint: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("blueprint.hcl"), blueprint).unwrap();
    folder
}

fn load(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(["load", "."]).args(arguments).current_dir(folder);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |it: Vec<u8>| String::from_utf8(it).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn a_run_drives_everything_that_somebody_may_ask_for_and_writes_what_it_found() {
    let folder = folder(TICKETS);
    let arguments = ["--quick", "--duration", "2", "--factors", "1,2", "--json"];
    let files = ["--measurements", "m.json", "--report", "load.html"];
    let (code, out, err) = load(folder.path(), &[&arguments[..], &files].concat());
    // Kept, missed, or a machine that was not quiet.
    assert!([0, 1, 6].contains(&code), "{code}: {err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let judgement = told["judgement"].as_str().unwrap();
    assert_eq!(
        judgement,
        match code {
            0 => "kept",
            1 => "missed",
            _ => "cannot tell",
        }
    );
    let measured = fs::read_to_string(folder.path().join("m.json")).unwrap();
    let measured: Measurements = serde_json::from_str(&measured).unwrap();
    check_measurements(&measured);
    // Never a verdict on a noisy machine.
    let verdicts = told["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 2 * 2 * 2);
    if !measured.noise.is_quiet {
        assert!(verdicts.iter().all(|it| it["judgement"] == "cannot tell"), "{out}");
        assert!(!told["noise"].as_array().unwrap().is_empty());
    }
    check_page(&fs::read_to_string(folder.path().join("load.html")).unwrap());
}

/// Drives a server that runs already, and lets something happen once the first step is over.
fn interrupted(folder: &Path, happens: impl FnOnce(u32, Served)) -> (i32, String, String) {
    let blueprint = folder.join("blueprint.hcl");
    let served = Served::start(&blueprint, &folder.join("data"));
    let tokens = ["agent", "system"].map(|it| format!("{it}={}", served.token(it)));
    let mut process = program()
        .args(["load", ".", "--quick", "--duration", "3", "--factors", "1,2,3,4,5,6,7,8,9,10"])
        .args(["--measurements", "m.json", "--report", "load.html", "--no-limits"])
        .args(["--url", &served.api, "--token", &tokens[0], "--token", &tokens[1]])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut said: Vec<String> = Vec::new();
    while !said.last().is_some_and(|it| it.starts_with("1× the peak")) {
        let line = lines.next();
        said.push(line.unwrap_or_else(|| panic!("{said:?}: {:?}", process.wait())).unwrap());
    }
    happens(process.id(), served);
    said.extend(lines.map_while(Result::ok));
    let mut out = String::new();
    process.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    (process.wait().unwrap().code().unwrap(), out, said.join("\n"))
}

/// What a run that ended early leaves behind: everything until then, and no verdict.
fn check_ended(folder: &Path, out: &str, why: &str) {
    assert!(out.contains("ended early: ") && out.contains(why), "{out}");
    assert!(out.contains("1× the peak: 60/s offered"), "{out}");
    assert!(out.contains("the run ended early\n"), "{out}");
    assert!(!out.contains("kept  ") && !out.contains("missed  "), "{out}");
    let page = fs::read_to_string(folder.join("load.html")).unwrap();
    assert!(page.contains("The run ended early: ") && page.contains(why), "{page}");
    let run = fs::read_to_string(folder.join("m.json")).unwrap();
    let run: Measurements = serde_json::from_str(&run).unwrap();
    assert!(run.ended_early.is_some_and(|it| it.contains(why)));
    assert!(!run.noise.is_quiet && !run.steps.is_empty() && run.sweep.len() == 4);
    let mut capacity = program();
    capacity.args(["capacity", ".", "--measurements", "m.json"]).current_dir(folder);
    let Output { status, stderr, .. } = capacity.output().unwrap();
    let refusal = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(3), "{refusal}");
    assert!(refusal.contains("the run ended early"), "{refusal}");
}

#[test]
fn a_run_that_is_stopped_leaves_what_it_measured_and_says_so() {
    let folder = folder(TICKETS);
    let mut server = None;
    let (code, out, err) = interrupted(folder.path(), |id, served| {
        let sent = Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap();
        assert!(sent.success());
        server = Some(served);
    });
    assert_eq!(code, 6, "{err}");
    check_ended(folder.path(), &out, "somebody stopped it");
}

#[test]
fn a_server_that_dies_ends_the_run_and_leaves_what_was_measured() {
    let folder = folder(TICKETS);
    let (code, out, err) = interrupted(folder.path(), |_, served| served.kill());
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("error: the run ended early"), "{err}");
    check_ended(folder.path(), &out, "");
}

fn check_measurements(measured: &Measurements) {
    assert_eq!((measured.version, measured.system.as_str()), (MEASUREMENTS_VERSION, "Tickets"));
    let expected = ["list", "read", "create", "update", "delete", "take", "resolve"]
        .map(|it| format!("desk.Ticket.{it}"));
    for name in &expected {
        let class = measured.classes.iter().find(|it| it.name == *name);
        let class = class.unwrap_or_else(|| panic!("{name} was not measured"));
        assert!(class.requests >= 900, "{class:?}");
        assert_eq!(class.is_write, !name.ends_with("list") && !name.ends_with("read"));
        assert!(class.is_write || class.writer_ns == 0, "{class:?}");
    }
    assert_eq!(measured.sweep.iter().map(|it| it.clients).collect::<Vec<_>>(), [1, 4, 16, 64]);
    assert_eq!(
        measured.steps.iter().map(|it| it.factor_permille).collect::<Vec<_>>(),
        [1_000, 2_000]
    );
    for step in &measured.steps {
        assert_eq!(step.offered_milli_per_s, 60 * step.factor_permille);
        assert_eq!(step.classes.iter().map(|it| it.failures).sum::<u64>(), 0, "{step:?}");
        // About as many as were planned; a Poisson process has its own mind.
        let requests: u64 = step.classes.iter().map(|it| it.requests).sum();
        let planned = step.offered_milli_per_s * step.duration_us / 1_000_000_000;
        assert!((planned / 2..=planned * 2).contains(&requests), "{requests} of {planned}");
        assert!(step.lag_us.windows(2).all(|it| it[0].0 < it[1].0 && it[0].1 <= it[1].1));
    }
}

fn check_page(page: &str) {
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.matches("<svg").count() > 6);
    for part in
        ["desk.Ticket.resolve", "Load run: Tickets", "What a request takes", "prefers-color-scheme"]
    {
        assert!(page.contains(part), "{part}");
    }
    // It opens offline and runs nothing.
    for part in ["http://", "https://", "<script", "<link", "url(", "NaN", "inf\""] {
        assert!(!page.contains(part), "{part}");
    }
}

#[test]
fn what_cannot_or_must_not_be_driven_is_refused_in_words() {
    let silent = "system Silent { edition = \"2026\" }\n";
    let limited = TICKETS.replace(
        "context desk",
        "limits { signed_in = rate(\"10/min\", caller.id) }\ncontext desk",
    );
    for (blueprint, arguments, code, words) in [
        (TICKETS, &["--factors", "0"][..], 2, "--factors"),
        (TICKETS, &["--token", "x"], 2, "--url"),
        (TICKETS, &["--url", "http://192.0.2.7:80", "--token", "x"], 3, "--i-own-this-target"),
        (TICKETS, &["--url", "ftp://127.0.0.1", "--token", "x"], 3, "http://HOST:PORT"),
        (TICKETS, &["--url", "http://127.0.0.1:9", "--token", "x"], 3, "127.0.0.1:9"),
        (&limited, &["--url", "http://127.0.0.1:9", "--token", "x"], 3, "rate limit `signed-in`"),
        (silent, &[], 3, "declares no peak load"),
        ("system Broken {", &[], 1, "error["),
    ] {
        let folder = folder(blueprint);
        let (found, _, err) = load(folder.path(), arguments);
        assert_eq!(found, code, "{arguments:?}: {err}");
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
}
