//! Alerts, runbooks and pages of running it: they lead to each other, name only figures that exist, and leave out what a
//! system does not have.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::SourceFile;
use architrave_plan::{Lock, Plan, derive, metric};
use architrave_projections::{Document, Material, documents};

const AS_OF_DAY: i32 = 20_778;

fn documents_of(plan: &Plan) -> BTreeMap<String, Document> {
    let graph = architrave_review::graph_of(plan, AS_OF_DAY);
    let assessment = architrave_review::assess(&graph, &architrave_review::Given::default());
    let all = documents(&Material { plan, assessment: &assessment });
    all.into_iter().map(|it| (it.path.clone(), it)).collect()
}

fn read(text: &str) -> Plan {
    let file = SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() };
    let (system, _) = architrave_blueprint::read(&[file]);
    derive(system, &Lock::default()).plan
}

fn storefront() -> Plan {
    read(include_str!("../../../examples/storefront/blueprint.hcl"))
}

/// (alert, its runbook's path) of the rules, in their order.
fn alerts(rules: &str) -> Vec<(String, String)> {
    let value = |line: &str, key: &str| line.trim().strip_prefix(key).map(str::to_owned);
    let names = rules.lines().filter_map(|it| value(it, "- alert: "));
    let runbooks = rules.lines().filter_map(|it| value(it, "runbook_url: "));
    names.zip(runbooks.map(|it| format!("operation/{}", it.trim_matches('\'')))).collect()
}

#[test]
fn alerts_and_runbooks_lead_to_each_other() {
    for plan in common::plans().iter().chain([&storefront()]) {
        let documents = documents_of(plan);
        let rules = &documents["operation/alerts.yaml"].text;
        let alerts = alerts(rules);
        assert_eq!(alerts.len(), rules.matches("- alert: ").count());
        let names: BTreeSet<&str> = alerts.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(names.len(), alerts.len(), "an alert is there twice");
        for (alert, runbook) in &alerts {
            let page = documents.get(runbook).unwrap_or_else(|| panic!("{alert}: no {runbook}"));
            assert!(page.text.contains(&format!("`{alert}`")), "{runbook} does not name {alert}");
        }
        let index = &documents["operation/runbooks.md"].text;
        for (path, page) in documents.iter().filter(|it| it.0.starts_with("operation/runbooks/")) {
            assert!(index.contains(path.trim_start_matches("operation/")), "{path} is not listed");
            for line in page.text.lines().filter(|it| it.starts_with("**`")) {
                for name in line.split("**").nth(1).unwrap().split(", ") {
                    assert!(names.contains(name.trim_matches('`')), "{path}: no alert {name}");
                }
            }
        }
    }
}

#[test]
fn every_alert_has_a_trial_that_fires_and_one_that_is_silent() {
    let documents = documents_of(&storefront());
    let tests = &documents["operation/alerts_test.yaml"].text;
    for (alert, _) in alerts(&documents["operation/alerts.yaml"].text) {
        let lines: Vec<&str> = tests.lines().collect();
        let asked = format!("alertname=\"{alert}\"");
        let found: BTreeSet<&str> = lines
            .iter()
            .enumerate()
            .filter(|it| it.1.contains(&asked))
            .filter_map(|(at, _)| lines.get(at + 4).map(|it| it.trim()))
            .collect();
        assert!(found.contains("value: 0"), "{alert}: nothing shows that it is silent");
        // Triggers that compare with last week are not brought about by growth alone.
        let is_trigger = alert.starts_with("Reconsider") || alert.starts_with("LeaveStage");
        assert!(is_trigger || found.contains("value: 1"), "{alert}: nothing shows that it fires");
    }
}

#[test]
fn rules_name_only_figures_that_are_exposed_or_recorded() {
    let documents = documents_of(&storefront());
    let rules = &documents["operation/alerts.yaml"].text;
    let recorded: BTreeSet<&str> =
        rules.lines().filter_map(|it| it.trim().strip_prefix("- record: ")).collect();
    let expressions =
        rules.lines().filter(|it| it.starts_with("          ") && !it.contains(": '"));
    for word in expressions
        .flat_map(|it| it.split(|it: char| !it.is_ascii_alphanumeric() && !"_:".contains(it)))
    {
        let is_figure = word.starts_with("architrave") || word.starts_with("process_");
        let is_part = |it: &metric::Metric| {
            let rest = word.strip_prefix(it.name);
            rest.is_some_and(|it| ["", "_bucket", "_sum", "_count"].contains(&it))
        };
        let is_known = recorded.contains(word) || metric::ALL.iter().any(is_part);
        assert!(!is_figure || is_known, "nobody exposes {word}");
    }
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    for plan in common::plans().iter().chain([&storefront()]) {
        let documents = documents_of(plan);
        let own = [
            "operation/",
            "delivery/deployment",
            "quality/slos",
            "quality/risks",
            "quality/compliance",
        ];
        for (path, page) in
            documents.iter().filter(|it| own.iter().any(|own| it.0.starts_with(own)))
        {
            for link in page.text.split("](").skip(1).filter_map(|it| it.split(')').next()) {
                let target = link.split('#').next().unwrap();
                if target.is_empty() || target.starts_with("https://") {
                    continue;
                }
                let mut folder: Vec<&str> = path.split('/').collect();
                folder.pop();
                for part in target.split('/') {
                    if part == ".." {
                        folder.pop();
                    } else {
                        folder.push(part);
                    }
                }
                assert!(documents.contains_key(&folder.join("/")), "{path}: {link}");
            }
        }
    }
}

#[test]
fn a_system_without_promises_is_told_what_that_means() {
    let plan = read(
        r#"
        system Notes { edition = "2026" }
        context notes {
          entity Note {
            text = string(200)
            access {
              read  = true
              write = true
            }
          }
        }
        "#,
    );
    let documents = documents_of(&plan);
    assert!(!documents.contains_key("quality/slos.md"));
    assert!(!documents.contains_key("quality/compliance.md"));
    assert!(!documents.contains_key("operation/slos.openslo.yaml"));
    let recovery = &documents["operation/recovery.md"].text;
    assert!(recovery.contains("Nobody has said what may be lost"), "{recovery}");
    let rules = &documents["operation/alerts.yaml"].text;
    assert!(rules.contains("StoreNotReady") && !rules.contains("name: objectives"));
    assert!(!rules.contains("SignInsRefused") && !rules.contains("CallersLimited"));
    for missing in ["key-file-lost", "issuer-down", "api-key-leaked", "noisy-tenant"] {
        assert!(!documents.contains_key(&format!("operation/runbooks/{missing}.md")), "{missing}");
    }
}

#[test]
fn too_few_requests_for_a_promise_are_told() {
    let plan = read(
        r#"
        system Notes { edition = "2026" }
        workload {
          peak         = "1/s"
          peak_to_mean = 100
          read_share   = "50%"
        }
        slo reading {
          covers       = [notes.Note.read]
          availability = "99.99%"
          window       = "7d"
        }
        context notes {
          entity Note {
            text = string(200)
            access {
              read  = true
              write = true
            }
          }
        }
        "#,
    );
    let documents = documents_of(&plan);
    let page = &documents["quality/slos.md"].text;
    assert!(page.contains("Too few requests for this promise"), "{page}");
    let rules = &documents["operation/alerts.yaml"].text;
    assert!(!rules.contains("rate3d"), "three days are too long for a window of seven");
    assert!(!rules.contains("BurnsFast"), "one bad request would page");
    assert!(rules.contains("ReadingAvailabilityBurnsSlowly"));
}
