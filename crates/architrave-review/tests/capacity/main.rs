//! Capacity that rests on a load run: what a good run tells, what a weak one may not, and what is no run at all.
//!
//! The runs in `runs/` are made up, so that their figures can be checked by hand: 1,000 requests a second by one client,
//! contention 3 %, coherency 0.04 %, each point off by 2 % at most. `weak` zigzags by half, `few` has three points.
#![cfg(test)]

use architrave_model::{
    SourceFile,
    capacity::Capacity,
    graph::{Graph, Provenance},
    measurement::Measurements,
};
use architrave_plan::Lock;
use architrave_review::{
    Given, assess, graph_of,
    measure::capacity::{NotUsable, read_measurements},
    tell::capacity as tell,
};
use serde_json::{Value, json};

/// 2026-11-21.
const DAY: i32 = 20_778;

const DESK: &str = r#"
system Desk { edition = "2026" }

workload {
  peak       = "60/s"
  read_share = "70%"
}

slo ask {
  covers  = [desk.Ticket.read]
  latency = { p50 = "10ms", p99 = "50ms" }
}

context desk {
  entity Ticket {
    title = string(120)
    lifecycle status {
      initial     = "open"
      transitions = { open = ["taken"] }
    }
    access {
      read   = true
      create = true
      update = true
    }
    command take {
      allow      = true
      transition = "taken"
    }
  }
}
"#;

fn graph() -> Graph {
    graph_of_text(DESK)
}

fn graph_of_text(text: &str) -> Graph {
    let file = SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    let errors = findings.iter().filter(|it| it.severity == architrave_model::Severity::Error);
    assert_eq!(errors.count(), 0, "{findings:#?}");
    graph_of(&architrave_plan::derive(system, &Lock::default()).plan, DAY)
}

fn run(name: &str) -> String {
    let path = format!("{}/tests/capacity/runs/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn read(text: &str) -> Result<Measurements, NotUsable> {
    read_measurements(text, "Desk", "PLAN")
}

fn capacity(name: &str) -> (Capacity, String) {
    capacity_up_to(name, 10)
}

fn capacity_up_to(name: &str, factor: u64) -> (Capacity, String) {
    let measured = read(&run(name)).unwrap();
    let given = Given { measurements: Some(&measured), factor, ..Given::default() };
    let assessment = assess(&graph(), &given);
    let capacity = assessment.capacity.unwrap();
    let text = tell::text(&capacity, &assessment.stages);
    (capacity, text)
}

#[test]
fn a_good_run_is_drawn_out_to_twice_what_was_measured() {
    let (capacity, text) = capacity("good");
    let fit = capacity.fit.unwrap();
    let is_near = |found: u64, expected: u64, percent: u64| {
        assert!(found.abs_diff(expected) * 100 <= expected * percent, "{found}, not {expected}");
    };
    is_near(fit.lambda_milli_per_s, 1_000_000, 3);
    is_near(fit.sigma_ppb, 30_000_000, 15);
    is_near(fit.kappa_ppb, 400_000, 15);
    assert!(fit.residual_ppm_max < 30_000, "{fit:?}");
    let last = capacity.curve.last().unwrap();
    assert_eq!((last.clients, last.measured_milli_per_s), (128, None));
    assert!(last.fitted_milli_per_s.is_some());
    // The highest point of the law, sqrt((1 - sigma) / kappa), lies within reach of what was measured.
    assert!(text.contains("gives at most 14,"), "{text}");
    assert!(capacity.loads.iter().all(|it| it.mean_us.is_some()), "{:#?}", capacity.loads);
    assert_eq!(capacity.measured_on.as_deref(), Some("2026-11-20"));
}

#[test]
fn a_weak_fit_and_too_few_points_are_never_drawn_out() {
    for (name, why) in
        [("weak", "does not follow the universal scalability law"), ("few", "has 3 usable points")]
    {
        let (capacity, text) = capacity(name);
        assert_eq!(capacity.fit, None, "{name}");
        assert!(capacity.doubts.iter().any(|it| it.contains(why)), "{name}: {text}");
        assert!(text.contains(why), "{name}: {text}");
        // What was measured is shown; nothing lies between or beyond it.
        assert!(capacity.curve.iter().all(|it| it.measured_milli_per_s.is_some()), "{name}");
        assert!(capacity.curve.iter().all(|it| it.fitted_milli_per_s.is_none()), "{name}");
        assert!(capacity.loads.iter().all(|it| it.mean_us.is_none()), "{name}");
        // Demands do not depend on the curve.
        assert!(capacity.demands.iter().any(|it| it.provenance == Provenance::Measured), "{name}");
    }
}

#[test]
fn demands_are_measured_where_they_were_and_marked_assumed_elsewhere() {
    let (capacity, text) = capacity("good");
    let of = |class: &str, resource: &str| {
        let found = capacity.demands.iter().find(|it| it.class == class && it.resource == resource);
        let found = found.unwrap_or_else(|| panic!("{class} takes nothing of {resource}"));
        (found.nanoseconds, found.provenance)
    };
    assert_eq!(of("row", "processor"), (90_000, Provenance::Measured));
    assert_eq!(of("list", "processor"), (210_000, Provenance::Measured));
    assert_eq!(of("create", "writer"), (250_000, Provenance::Measured));
    assert_eq!(of("desk.Ticket.take", "processor"), (500_000, Provenance::Measured));
    // The run has no update.
    assert_eq!(of("update", "processor").1, Provenance::Assumed);
    assert_eq!(of("update", "writer").1, Provenance::Assumed);
    assert!(text.contains("the load run did not measure `update`"), "{text}");
    let line = |class: &str| text.lines().find(|it| it.starts_with(class)).unwrap();
    assert!(!line("create ").contains('?') && line("update ").contains('?'), "{text}");
    // Without a run everything is assumed, and nothing is timed.
    let assessment = assess(&graph(), &Given { factor: 10, ..Given::default() });
    let capacity = assessment.capacity.unwrap();
    assert!(capacity.demands.iter().all(|it| it.provenance == Provenance::Assumed));
    assert!(capacity.latencies.is_empty() && capacity.curve.is_empty());
    assert!(capacity.doubts[0].contains("nothing of this system was measured"));
}

#[test]
fn times_are_timed_up_to_the_highest_step_and_the_least_beyond() {
    let (capacity, _) = capacity_up_to("good", 100);
    let times: Vec<_> = capacity
        .latencies
        .iter()
        .filter(|it| it.percentile_ppm == 990_000 && it.factor_permille != 4_048)
        .map(|it| (it.factor_permille, it.us, it.is_model))
        .collect();
    assert_eq!(times[..3], [(1_000, 1_320, false), (3_000, 1_500, false), (10_000, 2_520, false)]);
    // No faster than what was timed at less load, and no promise.
    assert!(matches!(times[3..], [(100_000, 2_520.., true)]), "{times:?}");
}

#[test]
fn what_another_machine_took_is_used_and_doubted() {
    let (capacity, text) = capacity("other-machine");
    let sources = capacity.demands.iter().filter(|it| it.provenance == Provenance::Measured);
    for demand in sources {
        assert!(demand.source.contains("64 processors (Another Processor 1)"), "{demand:?}");
    }
    assert!(text.contains("Another Processor 1"), "{text}");
}

#[test]
fn people_on_another_continent_bring_a_second_region() {
    let stages = |from: &str| {
        let text = DESK
            .replace(
                "{ edition = \"2026\" }",
                "{\n  edition = \"2026\"\n  regions = [\"eu-central\"]\n}",
            )
            .replace("read_share = \"70%\"", &format!("read_share = \"70%\"\n from = {from}"));
        assess(&graph_of_text(&text), &Given { factor: 10, ..Given::default() }).stages
    };
    assert!(stages("[\"europe\"]").iter().all(|it| it.id != "S5"));
    let far = stages("[\"europe\", \"north-america\", \"oceania\"]");
    let last = far.last().unwrap();
    assert_eq!((last.id.as_str(), last.title.as_str()), ("S5", "a second region, in oceania"));
    let due = last.is_due_because.as_deref().unwrap();
    assert!(due.contains("away from eu-central, there and back"), "{due}");
    // No load leads there, and the stages before it are what they were.
    let near = stages("[\"europe\"]");
    assert_eq!(far.len(), near.len() + 1);
    for (far, near) in far.iter().zip(&near) {
        assert_eq!(far.trigger, near.trigger);
        assert_eq!(far.nodes, near.nodes);
    }
}

#[test]
fn every_prediction_is_the_same_twice() {
    for name in ["good", "weak", "few", "other-machine"] {
        assert_eq!(capacity(name), capacity(name), "{name}");
    }
}

/// The good run with one thing changed: where, to what, and what is said of it.
fn changed(pointer: &str, value: Value) -> String {
    let mut run: Value = serde_json::from_str(&run("good")).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = run.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        _ => parent[name] = value,
    }
    run.to_string()
}

#[test]
fn a_run_that_cannot_be_or_proves_nothing_is_refused_in_words() {
    let point = json!({ "clients": 1, "milli_per_s": 1 });
    for (pointer, value, words) in [
        ("/version", json!(2), "it is of version 2, and this program reads version 1"),
        ("/version", json!(u64::MAX), "it is of version 18446744073709551615"),
        ("/system", json!("Shop"), "it measured `Shop`, and the blueprint is `Desk`"),
        ("/plan_hash", json!("OTHER"), "it measured the plan OTHER, and the blueprint is now PLAN"),
        ("/taken_at", json!("yesterday"), "`taken_at` is `yesterday`, which is no time"),
        ("/taken_at", json!("2026-02-30T00:00:00Z"), "which is no time"),
        ("/taken_at", json!("ää"), "which is no time"),
        ("/store", json!("papyrus"), "which is neither sqlite nor postgresql"),
        ("/machine/processors", json!(0), "a machine with 0 processors"),
        ("/machine/processors", json!(-1), "no file of measurements"),
        ("/classes", json!([]), "it measured no class of requests"),
        ("/classes/0/requests", json!(0), "was measured by no request"),
        ("/classes/0/processor_ns", json!(0), "took 0 ns of a processor"),
        ("/classes/0/processor_ns", json!(u64::MAX), "ns of a processor"),
        ("/classes/2/writer_ns", json!(u64::MAX), "ns of the writer"),
        ("/classes/0/spread_ppm", json!(1_000_001), "differ by"),
        ("/classes/0/processor_ns", json!(0.5), "no file of measurements"),
        ("/sweep/0/clients", json!(0), "0 clients with"),
        ("/sweep/0/milli_per_s", json!(u64::MAX), "1 clients with 18446744073709551615"),
        ("/sweep", json!(vec![point; 10_001]), "10,001 entries in one list"),
        ("/steps/0/achieved_milli_per_s", json!(1_000_000), "a step at 1000 thousandths"),
        ("/steps/0/factor_permille", json!(0), "a step at 0 thousandths"),
        ("/steps/0/classes/0/failures", json!(901), "a step at 1000"),
        ("/steps/0/classes/0/latency_us/1/1", json!(0), "do not rise with their percentiles"),
        ("/steps/0/lag_us/2/0", json!(u32::MAX), "do not rise with their percentiles"),
        ("/noise/last_milli_per_s", json!(8_000_000), "11.1111 % faster or slower at the end"),
        ("/noise/first_milli_per_s", json!(0), "faster or slower at the end"),
        ("/noise/loop_spread_ppm", json!(30_001), "a loop that touches nothing else varied"),
        ("/noise/is_quiet", json!(false), "the run itself says that the machine was not quiet"),
        ("/ended_early", json!("3× the peak: somebody stopped it"), "the run ended early (3×"),
        ("/surprise", json!(true), "unknown field `surprise`"),
    ] {
        let refused = read(&changed(pointer, value)).expect_err(pointer);
        let said = refused.reasons.join("; ");
        assert!(said.contains(words), "{pointer}: {said}");
        assert!(!refused.help.is_empty() && said.len() < 4_000, "{pointer}: {said}");
    }
}

#[test]
fn garbage_is_refused_and_never_believed() {
    let deep = "[".repeat(1_000_000);
    let long = format!("{{\"version\":1,\"system\":\"{}\"}}", "x".repeat(5_000_000));
    let zeros = "\0".repeat(1_000);
    for text in ["", "{", "null", "[]", "7", "{\"version\":1}", "<html>", &deep, &long, &zeros] {
        let refused = read(text).expect_err("no run");
        let said = refused.reasons.join("; ");
        assert!(said.contains("it is no file of measurements"), "{said}");
        assert!(said.len() < 1_000, "{} bytes are said", said.len());
    }
    // Every prefix of a good one.
    let good = run("good");
    for end in (0..good.trim_end().len()).step_by(7) {
        assert!(read(&good[..end]).is_err(), "the first {end} bytes were believed");
    }
}
