//! `architrave review`, `rules` and `explain` as one meets them: what they say, how they end.
#![cfg(test)]

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// One call over the network without a timeout: REL-01, high. The layout is the standard one.
const SHOP: &str = r#"# kept
system Shop { edition = "2026" }

context payments {
  integration gateway { # and kept
    base_url = env("PAYMENTS_URL")

    operation charge {
      input           = { order = uuid }
      request         = post("/v1/charges", { reference = input.order })
      idempotency_key = input.order
    }
  }
}
"#;

const ID: &str = "REL-01@edge:module:payments->payments.gateway.charge";

fn architrave(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_architrave"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// A folder with one blueprint.
fn shop(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.hcl"), text).unwrap();
    folder
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Reviews one family, so that rules that come later change nothing here.
fn review(folder: &Path, more: &[&str]) -> Output {
    let fixed = ["review", "shop.hcl", "--family", "reliability", "--as-of", "2026-07-01"];
    architrave(folder, &[&fixed[..], more].concat())
}

fn json(folder: &Path, more: &[&str]) -> Value {
    let output = review(folder, &[&["--format", "json"], more].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

fn ids(json: &Value, list: &str) -> Vec<String> {
    let all = json[list].as_array().unwrap().iter();
    all.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

fn waiver(until: &str) -> String {
    format!(
        "\naccept \"REL-01\" {{\n  reason = \"the proxy ends it\"\n  owner  = \"ops\"\n  until  = \"{until}\"\n  on     = \"edge:*gateway*\"\n}}\n"
    )
}

#[test]
fn a_text_shows_the_lines_and_ends_with_what_it_comes_to() {
    let folder = shop(SHOP);
    let output = review(folder.path(), &[]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for expected in [
        "high[REL-01]:",
        "shop.hcl:5:3",
        ID,
        "mend first:\n  1. high REL-01 no-timeout:",
        "findings: ",
        " evaluated: ",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert_eq!(review(folder.path(), &[]).stdout, output.stdout);
}

#[test]
fn how_it_ends_is_a_matter_of_levels() {
    let folder = shop(SHOP);
    for (arguments, code) in [
        (&["--fail-on", "critical"][..], 0),
        (&["--fail-on", "high"], 1),
        (&["--fail-on", "info"], 1),
        (&["--severity", "reliability.*=critical", "--fail-on", "critical"], 1),
        (&["--severity", "reliability.*=critical", "--severity", "REL-*=low"], 0),
        (&["--severity", "reliability=enormous"], 2),
        (&["--fail-on", "enormous"], 2),
        (&["--family", "astrology"], 2),
        (&["--as-of", "tomorrow"], 2),
    ] {
        let output = review(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", stderr(&output));
    }
}

#[test]
fn a_blueprint_with_errors_is_not_judged() {
    let folder = shop("system Shop { edition = \"1999\" }\n");
    let output = review(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error[AR"), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_waiver_holds_until_its_last_day() {
    let folder = shop(&format!("{SHOP}{}", waiver("2026-07-01")));
    let found = json(folder.path(), &[]);
    assert_eq!(ids(&found, "waived"), [ID]);
    assert_eq!(found["waived"][0]["waiver"]["owner"], "ops");
    assert!(!ids(&found, "findings").contains(&ID.to_owned()));

    let folder = shop(&format!("{SHOP}{}", waiver("2026-06-30")));
    let found = json(folder.path(), &[]);
    assert!(ids(&found, "findings").contains(&ID.to_owned()));
    assert_eq!(found["waivers"]["expired"][0]["until"], "2026-06-30");
    let text = stdout(&review(folder.path(), &[]));
    assert!(text.contains("it has ended"), "{text}");
}

#[test]
fn a_waiver_that_matches_nothing_is_said() {
    let text = waiver("2026-07-01").replace("gateway", "nobody");
    let folder = shop(&format!("{SHOP}{text}"));
    assert_eq!(json(folder.path(), &[])["waivers"]["unused"][0]["pattern"], "REL-01@edge:*nobody*");
    let text = stdout(&review(folder.path(), &[]));
    assert!(text.contains("it matches no finding"), "{text}");
}

#[test]
fn waivers_can_stand_in_a_file_of_their_own() {
    let folder = shop(SHOP);
    let file = folder.path().join("waivers.hcl");
    std::fs::write(&file, waiver("2026-12-31")).unwrap();
    assert_eq!(ids(&json(folder.path(), &["--waivers", "waivers.hcl"]), "waived"), [ID]);

    std::fs::write(&file, "accept \"REL-01\" {\n  reason = \"because\"\n}\nworkload {}\n").unwrap();
    let output = review(folder.path(), &["--waivers", "waivers.hcl"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.contains("`owner` and `until` are missing"), "{text}");
    assert!(text.contains("there is no block `workload`"), "{text}");
}

#[test]
fn a_baseline_lets_only_news_fail() {
    let folder = shop(SHOP);
    let output = review(folder.path(), &["--write-baseline", "known.json"]);
    assert_eq!(output.status.code(), Some(1));
    let found = json(folder.path(), &["--baseline", "known.json"]);
    assert_eq!(found["comparison"]["new"], 0);
    assert_eq!(found["findings"][0]["is_new"], false);
    assert_eq!(review(folder.path(), &["--baseline", "known.json"]).status.code(), Some(0));

    let more = SHOP.replace("context payments", "context billing");
    std::fs::write(folder.path().join("shop.hcl"), more).unwrap();
    let output = review(folder.path(), &["--baseline", "known.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains(&format!("fixed: {ID}")), "{}", stdout(&output));

    std::fs::write(folder.path().join("known.json"), "[]").unwrap();
    assert_eq!(review(folder.path(), &["--baseline", "known.json"]).status.code(), Some(3));
}

#[test]
fn against_a_revision_only_what_is_new_is_told() {
    let folder = shop(&SHOP.replace("  integration", "  # quiet\n  integration"));
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "first"]);
    let other = "\ncontext shipping {\n  integration carrier {\n    base_url = env(\"CARRIER_URL\")\n\n    operation label {\n      input   = { order = uuid }\n      request = get(\"/v1/labels\")\n    }\n  }\n}\n";
    std::fs::write(folder.path().join("shop.hcl"), format!("{SHOP}{other}")).unwrap();
    let found = json(folder.path(), &["--against", "main"]);
    let new = found["findings"].as_array().unwrap().iter().filter(|it| it["is_new"] == true);
    let new: Vec<&str> = new.map(|it| it["subject"].as_str().unwrap()).collect();
    assert!(!new.is_empty() && new.iter().all(|it| it.contains("shipping")), "{new:?}");
    assert!(found["comparison"]["unchanged"].as_u64().unwrap() >= 1);
    for wrong in ["--output=x", "nowhere", "HEAD; touch x"] {
        let output = review(folder.path(), &[&format!("--against={wrong}")]);
        assert_eq!(output.status.code(), Some(3), "{wrong}");
        assert!(stderr(&output).contains("there is no revision"), "{}", stderr(&output));
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let settings = ["user.name=x", "user.email=x@x.example", "commit.gpgsign=false"];
    let settings = settings.iter().flat_map(|it| ["-c", it]);
    let done =
        Command::new("git").current_dir(folder).args(settings).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn against_a_revision_of_an_existing_system_new_steps_and_broken_promises_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let contract = |members: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: Shop, version: \"1\" }}\npaths:\n  /v1/items:\n    get:\n      parameters: [{{ name: limit, in: query, schema: {{ type: integer, maximum: 100 }} }}]\n      responses:\n        \"200\":\n          description: items\n          content:\n            application/json:\n              schema: {{ type: object, properties: {{ {members} }} }}\n"
        )
    };
    write("openapi.yaml", &contract("id: { type: string }, name: { type: string }"));
    write("docker-compose.yml", "services:\n  web:\n    image: nginx\n");
    write("db/0001_init.sql", "CREATE TABLE items (id bigint PRIMARY KEY, name text);\n");
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "-m", "first"]);
    write("openapi.yaml", &contract("id: { type: string }"));
    write("db/0002_drop.sql", "ALTER TABLE items DROP COLUMN name;\n");
    let arguments =
        ["review", ".", "--against", "main", "--format", "json", "--as-of", "2026-07-01"];
    let output = architrave(folder.path(), &arguments);
    let told: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let new: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["is_new"] == true)
        .map(|it| it["rule"].as_str().unwrap())
        .collect();
    assert!(new.contains(&"EVO-01") && new.contains(&"EVO-03"), "{new:?}");
    // The image without a tag was there before.
    assert!(!new.contains(&"OPS-08"), "{new:?}");
    assert!(told["comparison"]["unchanged"].as_u64().unwrap() >= 1);
    // A folder that git does not know has no revisions.
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("docker-compose.yml"), "services: {}\n").unwrap();
    assert_eq!(architrave(other.path(), &arguments).status.code(), Some(3));
}

#[test]
fn an_existing_system_is_judged_by_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    let compose = "services:\n  web:\n    image: nginx:1.27\n";
    std::fs::write(folder.path().join("docker-compose.yml"), compose).unwrap();
    let output =
        architrave(folder.path(), &["review", ".", "--format", "json", "--fail-on", "critical"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["system"], "the system");
    assert_eq!(found["rules"]["evaluated"], found["rules"]["all"]);
    let output = architrave(folder.path(), &["review", ".", "--fix"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(architrave(folder.path(), &["review", "nothing-here"]).status.code(), Some(3));
}

#[test]
fn every_format_is_what_it_says() {
    let folder = shop(SHOP);
    let sarif = review(folder.path(), &["--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    let rules = &sarif["runs"][0]["tool"]["driver"]["rules"];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "shop.hcl");
    assert_eq!(result["partialFingerprints"]["architraveFindingId/v1"], ID);

    let page = stdout(&review(folder.path(), &["--format", "markdown"]));
    assert!(page.starts_with("# Review of Shop\n"), "{page}");
    assert!(page.contains("## Mend first"), "{page}");

    let xml = stdout(&review(folder.path(), &["--format", "junit"]));
    assert!(xml.contains("<testsuite name=\"reliability\""), "{xml}");
    assert!(xml.contains("<failure type=\"high\""), "{xml}");
}

#[test]
fn rules_are_listed_explained_and_written_as_a_site() {
    let folder = tempfile::tempdir().unwrap();
    let text = stdout(&architrave(folder.path(), &["rules"]));
    assert!(text.contains("REL-01  high      no-timeout:"), "{text}");
    let listed: Value =
        serde_json::from_slice(&architrave(folder.path(), &["rules", "--json"]).stdout).unwrap();
    let count = listed["rules"].as_array().unwrap().len();
    let tables = listed["decisions"].as_array().unwrap().len();
    assert!(text.ends_with(&format!(
        "{count} rules and {tables} decision tables; `architrave explain ID` has their pages\n"
    )));
    assert!(text.contains("D-02    decision  primary_store:"), "{text}");
    for name in ["REL-01", "rel-01", "no-timeout", ID] {
        let page = stdout(&architrave(folder.path(), &["explain", name]));
        assert!(page.starts_with("# REL-01 no-timeout\n"), "{name}: {page}");
        assert!(page.contains("## Sources"), "{page}");
    }
    let output = architrave(folder.path(), &["rules", "--html", "site"]);
    assert_eq!(output.status.code(), Some(0));
    let pages = std::fs::read_dir(folder.path().join("site")).unwrap().count();
    assert_eq!(pages, count + 1);
    let index = std::fs::read_to_string(folder.path().join("site/index.html")).unwrap();
    assert!(index.contains("<a href=\"REL-01.html\">REL-01</a>"), "{index}");
    assert!(!index.contains("src=") && !index.contains("<link"), "it loads nothing");
}

#[test]
fn what_has_one_right_answer_is_mended_and_comments_stay() {
    let folder = shop(SHOP);
    let before = json(folder.path(), &[]);
    let all = ["review", "shop.hcl", "--as-of", "2026-07-01", "--fix", "--format", "json"];
    let output = architrave(folder.path(), &all);
    let text = std::fs::read_to_string(folder.path().join("shop.hcl")).unwrap();
    assert!(text.contains("# kept") && text.contains("# and kept"), "{text}");
    let after: Value = serde_json::from_slice(&output.stdout).unwrap();
    for it in after["findings"].as_array().unwrap() {
        assert_ne!(it["fix"]["is_unambiguous"], true, "{it}");
    }
    assert!(!ids(&before, "findings").is_empty());
    // Laid out before, laid out afterwards.
    assert_eq!(architrave(folder.path(), &["fmt", "--check", "shop.hcl"]).status.code(), Some(0));
    // A second time there is nothing to do.
    let again = architrave(folder.path(), &all);
    assert!(!stderr(&again).contains("fixed: "), "{}", stderr(&again));
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema = include_str!("../../../docs/reference/review.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let folder = shop(&format!("{SHOP}{}", waiver("2026-07-01")));
    review(folder.path(), &["--write-baseline", "known.json", "--severity", "*=low"]);
    for arguments in [&[][..], &["--baseline", "known.json"], &["--severity", "*=critical"]] {
        let found = json(folder.path(), arguments);
        let wrong: Vec<String> = schema.iter_errors(&found).map(|it| it.to_string()).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {}", wrong.join("; "));
    }
}

#[test]
fn figures_of_a_load_run_are_judged_and_others_are_refused() {
    let folder = shop("system Shop { edition = \"2026\" }\n");
    let run = |text: &str| {
        std::fs::write(folder.path().join("run.json"), text).unwrap();
        let arguments = ["review", "shop.hcl", "--family", "performance", "--as-of", "2026-07-01"];
        architrave(
            folder.path(),
            &[&arguments[..], &["--measurements", "run.json", "--format", "json"]].concat(),
        )
    };
    let noise = r#"{"first_milli_per_s":9000,"last_milli_per_s":4000,"loop_spread_ppm":0,"is_quiet":false}"#;
    let machine = r#"{"processor":"","processors":2,"memory_bytes":1,"system":""}"#;
    let output = run(&format!(
        r#"{{"version":1,"taken_at":"2026-06-30T00:00:00Z","system":"Shop","plan_hash":"","program":"","store":"sqlite","machine":{machine},"noise":{noise},"classes":[],"sweep":[],"steps":[]}}"#
    ));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(ids(&told, "findings"), ["PRF-14@measurements"], "{}", stderr(&output));
    for text in ["", "[]", "{\"version\":1}", "\u{feff}{}"] {
        let output = run(text);
        assert_eq!(output.status.code(), Some(3), "{text}: {}", stderr(&output));
        assert!(stderr(&output).contains("run.json has no measurements"), "{}", stderr(&output));
    }
}

#[test]
fn an_existing_system_is_asked_about_and_its_answers_are_kept_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let compose = "services:\n  web:\n    image: ghcr.io/acme/web:1.4\n    ports: [\"8080:8080\"]\n  db:\n    image: postgres:17.2\n";
    std::fs::write(folder.path().join("docker-compose.yml"), compose).unwrap();
    let asked = architrave(folder.path(), &["questions", "."]);
    assert!(stdout(&asked).contains("Q14  In how many regions"), "{}", stderr(&asked));
    assert!(!folder.path().join("architrave.hcl").exists());
    let answered = architrave(folder.path(), &["questions", ".", "--answer", "team=4"]);
    assert!(stdout(&answered).contains("wrote: "), "{}", stderr(&answered));
    let path = folder.path().join("architrave.hcl");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("system ") && text.contains("team = 4"), "{text}");
    // What is there stays, comments too, and is no longer asked.
    std::fs::write(&path, format!("# ours\n{text}")).unwrap();
    let more = architrave(folder.path(), &["questions", ".", "--answer", "Q04=20/s"]);
    assert_eq!(more.status.code(), Some(0), "{}", stderr(&more));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# ours\n") && text.contains("peak = \"20/s\""), "{text}");
    let why = architrave(folder.path(), &["questions", ".", "--why", "Q01"]);
    assert_eq!(stdout(&why), "Q01 is answered: 4 people\n");
    let reviewed = architrave(folder.path(), &["review", ".", "--format", "json"]);
    assert!(!stdout(&reviewed).contains("nobody says how many people"), "{}", stdout(&reviewed));
    let alone = architrave(folder.path(), &["questions", "docker-compose.yml"]);
    assert_eq!(alone.status.code(), Some(3), "{}", stderr(&alone));
}

#[test]
fn an_existing_system_may_promise_something() {
    let folder = tempfile::tempdir().unwrap();
    let compose = "services:\n  web:\n    image: ghcr.io/acme/web:1.4\n    ports: [\"8080:8080\"]\n    environment:\n      DATABASE_URL: postgres://web@db:5432/web\n  db:\n    image: postgres:17.2\n";
    std::fs::write(folder.path().join("docker-compose.yml"), compose).unwrap();
    let answers = ["--answer", "Q09=99.95%", "--answer", "Q08=300ms", "--answer", "rto=4h"];
    let answered = architrave(folder.path(), &[&["questions", "."][..], &answers].concat());
    assert_eq!(answered.status.code(), Some(0), "{}", stderr(&answered));
    let text = std::fs::read_to_string(folder.path().join("architrave.hcl")).unwrap();
    assert!(text.contains("slo answers {\n  availability = \"99.95%\""), "{text}");
    assert!(!text.contains("covers"), "it is about the whole system: {text}");
    let arguments = ["review", ".", "--format", "json", "--as-of", "2026-07-01"];
    let told: Value =
        serde_json::from_slice(&architrave(folder.path(), &arguments).stdout).unwrap();
    assert!(ids(&told, "findings").contains(&"REL-09@slo:answers".to_owned()), "{told:#}");
    // Named parts are a matter of blueprints.
    let covers = text.replace("availability", "covers = [a.B]\n  availability");
    std::fs::write(folder.path().join("architrave.hcl"), covers).unwrap();
    let refused = architrave(folder.path(), &["questions", "."]);
    assert_eq!(refused.status.code(), Some(3), "{}", stdout(&refused));
    let told = architrave(folder.path(), &["review", "."]);
    assert!(
        stderr(&told).contains("nothing here that an objective could name"),
        "{}",
        stderr(&told)
    );
}

#[test]
fn a_waiver_may_name_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for (place, image) in [("deploy", "nginx"), ("local", "nginx:latest")] {
        let compose = format!("services:\n  web:\n    image: {image}\n");
        std::fs::create_dir(folder.path().join(place)).unwrap();
        std::fs::write(folder.path().join(place).join("compose.yaml"), compose).unwrap();
    }
    let waivers = "accept \"OPS-08\" {\n  reason = \"a machine of one's own\"\n  owner  = \"dev\"\n  until  = \"2026-12-31\"\n  on     = \"local/*.yaml\"\n}\n";
    std::fs::write(folder.path().join("architrave-waivers.hcl"), waivers).unwrap();
    let arguments = ["review", ".", "--format", "json", "--as-of", "2026-07-01"];
    let output = architrave(folder.path(), &arguments);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |list: &str| -> Vec<String> {
        ids(&told, list).into_iter().filter(|it| it.starts_with("OPS-08")).collect()
    };
    assert_eq!(of("findings"), ["OPS-08@image:nginx"]);
    assert_eq!(of("waived"), ["OPS-08@image:nginx:latest"]);
}
