//! Decisions and their records: what is decided for the storefront, what is written down, what holds when facts move.
#![cfg(test)]

use std::collections::BTreeMap;

use architrave_model::{
    SourceFile,
    decision::{Decision, RecordStatus},
    graph::{DecisionRecord, Graph, Known, Node, Origin},
};
use architrave_plan::Lock;
use architrave_review::{
    Tables, chosen, decide, decide_by, graph_of,
    record::{Act, Kept, Recorded, act, keep, lint, precedents, records, text},
};

/// 2026-11-21.
const DAY: i32 = 20_778;

fn graph(blueprint: &str) -> Graph {
    let file = SourceFile { name: "blueprint.hcl".to_owned(), text: blueprint.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    assert!(
        findings.iter().all(|it| it.severity != architrave_model::Severity::Error),
        "{findings:#?}"
    );
    graph_of(&architrave_plan::derive(system, &Lock::default()).plan, DAY)
}

fn storefront_text() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    std::fs::read_to_string(path).unwrap()
}

fn storefront() -> Graph {
    graph(&storefront_text())
}

/// A folder of records that lives in memory.
#[derive(Default, Clone)]
struct Folder {
    files: BTreeMap<String, String>,
    lock: String,
}

impl Folder {
    fn sources(&self) -> Vec<SourceFile> {
        let source = |(name, text): (&String, &String)| SourceFile {
            name: name.clone(),
            text: text.clone(),
        };
        self.files.iter().map(source).collect()
    }

    fn decide(&self, graph: &Graph) -> (Vec<Decision>, Recorded) {
        let files = self.sources();
        let decisions = decide_by(Tables::ours(), graph, &precedents(&files));
        let kept = Kept { files: &files, lock: &self.lock };
        let recorded = keep(Tables::ours(), &decisions, graph, kept);
        (decisions, recorded)
    }

    /// As `decide --write` does.
    fn write(&mut self, graph: &Graph) -> Recorded {
        let (_, recorded) = self.decide(graph);
        assert!(recorded.faults.is_empty(), "{:?}", recorded.faults);
        self.files.extend(recorded.changed.iter().cloned());
        self.lock.clone_from(&recorded.lock);
        recorded
    }

    fn act(&mut self, number: u32, what: &Act) -> Result<(), String> {
        let changed = act(&self.sources(), number, what, DAY + 10).map_err(|it| it.what)?;
        self.files.extend(changed);
        Ok(())
    }

    fn status(&self, number: u32) -> RecordStatus {
        let all = records(&self.sources(), &Graph::default());
        all.iter().find(|it| it.number == number).unwrap().status
    }
}

fn accept(name: &str) -> Act {
    Act::Accept { by: name.to_owned() }
}

fn standing<'r>(recorded: &'r Recorded, id: &str) -> &'r architrave_review::record::Standing {
    recorded.standings.iter().find(|it| it.id == id).unwrap()
}

/// The storefront with a promise that one machine can keep.
fn relaxed() -> Graph {
    graph(&storefront_text().replace("99.95%", "99.9%"))
}

#[test]
fn the_storefront_is_decided() {
    let found: Vec<String> =
        chosen(&storefront()).iter().map(|(id, _, option)| format!("{id} {option}")).collect();
    let expected = [
        "D-01 modular_monolith",
        "D-02 postgresql",
        "D-03 background_calls",
        "D-04 journal",
        "D-05 none",
        "D-06 rest",
        "D-07 oidc_and_keys",
        "D-08 attributes",
        "D-09 rows",
        "D-10 managed_containers",
        "D-11 blue_green",
        "D-12 warm_standby",
        "D-13 sagas",
        "D-14 rows_and_journal",
        "D-15 embedded",
        "D-16 ingress",
        "D-17 one_region",
        "D-18 metrics_and_logs",
        "D-19 key_service",
        "D-20 six_months",
    ];
    assert_eq!(found, expected);
}

#[test]
fn every_decision_says_what_rests_on_it() {
    for decision in decide(&storefront()) {
        let id = &decision.id;
        assert!(!decision.context.is_empty(), "{id} has no context");
        assert!(!decision.consequences.is_empty(), "{id} has no consequences");
        assert!(!decision.source.is_empty() && !decision.because.is_empty(), "{id}");
        let all = decision.context.iter().chain(&decision.consequences);
        assert!(
            all.clone().all(|it| !it.contains(['{', '}'])),
            "{id}: {:?}",
            all.collect::<Vec<_>>()
        );
    }
}

#[test]
fn records_are_madr_and_hold_the_second_time() {
    let mut folder = Folder::default();
    let first = folder.write(&storefront());
    assert_eq!(first.changed.len(), 20);
    for (name, text) in &folder.files {
        assert_eq!(lint(text), Vec::<String>::new(), "{name}\n{text}");
    }
    let before = folder.clone();
    let second = folder.write(&storefront());
    assert!(second.standings.iter().all(|it| it.holds()), "{}", text(&second.standings));
    assert!(second.changed.is_empty(), "{:?}", second.changed);
    assert_eq!((folder.files, folder.lock), (before.files, before.lock));
}

#[test]
fn another_fact_makes_another_record_and_says_so() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    let original = folder.files["0002-primary-store.md"].clone();
    let recorded = folder.write(&relaxed());
    let told = text(std::slice::from_ref(standing(&recorded, "D-02")));
    assert!(told.contains("changed, postgresql → sqlite"), "{told}");
    assert!(told.contains("the highest availability promised: 99.95 % → 99.9 %"), "{told}");
    // Nobody had accepted the first one: it gives way at once, and only its status says so.
    let now = &folder.files["0002-primary-store.md"];
    let differing: Vec<&str> =
        now.lines().zip(original.lines()).filter(|(a, b)| a != b).map(|it| it.0).collect();
    let [line] = differing.as_slice() else { panic!("{differing:?}") };
    assert!(line.starts_with("status: superseded by 0021-"), "{line}");
    let next = folder.files.values().find(|it| it.contains("supersedes: 2\n")).unwrap();
    assert!(
        next.contains("Takes the place of [Keep rows and journal in PostgreSQL with a standby]")
    );
    // A fact that moved without turning anything is confirmed, and no record is touched.
    let mut busier = relaxed();
    busier.needs.tenants = Known::Is(401, Origin::built_in());
    let recorded = folder.write(&busier);
    let told = text(std::slice::from_ref(standing(&recorded, "D-09")));
    assert!(
        told.contains("re-confirmed, rows") && told.contains("400 tenants → 401 tenants"),
        "{told}"
    );
    assert!(recorded.changed.is_empty(), "{:?}", recorded.changed);
}

#[test]
fn what_a_person_accepted_holds_until_a_person_accepts_the_next() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    folder.act(2, &accept("Ada Lovelace")).unwrap();
    let accepted = folder.files["0002-primary-store.md"].clone();
    assert!(
        accepted.contains("status: accepted\ndate: 2026-12-01\ndecision-makers: [Ada Lovelace]\n")
    );
    let recorded = folder.write(&relaxed());
    assert_eq!(
        folder.files["0002-primary-store.md"], accepted,
        "an accepted record is never rewritten"
    );
    let next = standing(&recorded, "D-02").record.unwrap().0;
    assert_eq!(folder.status(next), RecordStatus::Proposed);
    folder.act(next, &accept("Grace Hopper")).unwrap();
    assert_eq!(folder.status(2), RecordStatus::Superseded);
    assert_eq!(folder.status(next), RecordStatus::Accepted);
    // Back to the facts of before: the accepted one is superseded by a new proposal, not brought back.
    let recorded = folder.write(&storefront());
    assert!(standing(&recorded, "D-02").record.unwrap().0 > next);
}

#[test]
fn a_proposal_gives_way_when_the_facts_come_back() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    folder.act(2, &accept("Ada Lovelace")).unwrap();
    let next = standing(&folder.write(&relaxed()), "D-02").record.unwrap().0;
    let recorded = folder.write(&storefront());
    assert_eq!(standing(&recorded, "D-02").record, Some((2, RecordStatus::Accepted)));
    assert_eq!(folder.status(next), RecordStatus::Superseded);
}

#[test]
fn what_a_person_rejected_is_not_proposed_again() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    let no = Act::Reject { by: "Ada".to_owned(), because: "we run a cluster: ask Jo".to_owned() };
    folder.act(10, &no).unwrap();
    assert!(
        folder.files["0010-compute.md"]
            .contains("rejected-because: \"we run a cluster: ask Jo\"\n")
    );
    folder.write(&storefront());
    let (decisions, recorded) = folder.decide(&storefront());
    let compute = decisions.iter().find(|it| it.id == "D-10").unwrap();
    assert_ne!(compute.chosen, "managed_containers");
    let option = compute.options.iter().find(|it| it.name == "managed_containers").unwrap();
    assert_eq!(option.ruled_out.as_deref(), Some("record 0010 rejected it"));
    assert!(standing(&recorded, "D-10").holds());
    // The other options are ruled out by facts or said no to as well: nothing is guessed.
    let next = standing(&recorded, "D-10").record.unwrap().0;
    folder.act(next, &Act::Reject { by: "Ada".to_owned(), because: "no".to_owned() }).unwrap();
    let (_, recorded) = folder.decide(&storefront());
    let told = text(std::slice::from_ref(standing(&recorded, "D-10")));
    assert!(told.contains("cannot be decided"), "{told}");
}

#[test]
fn records_that_people_wrote_bind() {
    let record = DecisionRecord {
        node: Node {
            id: "decision:0001".to_owned(),
            name: "Use RabbitMQ".to_owned(),
            ..Node::default()
        },
        status: Known::built_in("accepted".to_owned()),
        chosen: Known::built_in("rabbitmq".to_owned()),
        ..DecisionRecord::default()
    };
    let mut graph = storefront();
    graph.decisions.push(record.clone());
    let mut folder = Folder::default();
    let nygard = "# 1. Use RabbitMQ\n\n## Status\n\nAccepted\n";
    folder.files.insert("0001-use-rabbitmq.md".to_owned(), nygard.to_owned());
    let recorded = folder.write(&graph);
    let transport = standing(&recorded, "D-04");
    assert_eq!(transport.chosen, "queue_broker");
    assert_eq!(folder.files["0001-use-rabbitmq.md"], nygard, "kept as it is");
    let listed = recorded.records.iter().find(|it| it.number == 1).unwrap();
    assert_eq!((listed.title.as_str(), listed.status), ("Use RabbitMQ", RecordStatus::Accepted));
    assert!(recorded.records.iter().filter(|it| it.number == 1).count() == 1, "numbered behind it");
    // One that is not accepted binds nothing.
    graph.decisions[0].status = Known::built_in("proposed".to_owned());
    assert_eq!(chosen(&graph)[3].2, "journal");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    folder.files.insert("0500-old.md".to_owned(), "# Old\n\n## Status\n\nProposed\n".to_owned());
    folder.act(1, &accept("Ada")).unwrap();
    let reject = |because: &str| Act::Reject { by: "Ada".to_owned(), because: because.to_owned() };
    for (number, what, expected) in [
        (99, accept("Ada"), "there is no record 0099"),
        (1, accept("Ada"), "record 0001 is accepted already"),
        (1, reject("late"), "record 0001 is accepted already"),
        (2, accept(""), "a name has 1 to 400 characters"),
        (2, accept("a\nstatus: accepted"), "would break it"),
        (2, accept("[x]"), "would break it"),
        (2, reject("say \"no\""), "would break it"),
        (2, reject(&"x".repeat(401)), "a reason has 1 to 400 characters"),
        (1, Act::Supersede { with: 2 }, "record 0002 is proposed, not accepted"),
        (1, Act::Supersede { with: 1 }, "cannot be superseded"),
        (1, Act::Supersede { with: 77 }, "there is no record 0077"),
        (500, accept("Ada"), "no status in its front matter"),
    ] {
        let before = folder.files.clone();
        let error = folder.act(number, &what).unwrap_err();
        assert!(error.contains(expected), "{number} {what:?}: {error}");
        assert_eq!(folder.files, before, "nothing is written");
    }
    folder.act(2, &accept("Ada")).unwrap();
    folder.act(1, &Act::Supersede { with: 2 }).unwrap();
    assert_eq!(folder.status(1), RecordStatus::Superseded);
}

#[test]
fn a_damaged_folder_is_told_and_left_alone() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    let copy = folder.files["0002-primary-store.md"].clone();
    folder.files.insert("0002-again.md".to_owned(), copy);
    folder.lock = "<<<<<<< HEAD\n".to_owned();
    let (_, recorded) = folder.decide(&storefront());
    let [lock, number] = recorded.faults.as_slice() else { panic!("{:?}", recorded.faults) };
    assert!(lock.contains("decisions.lock cannot be read: line 1"), "{lock}");
    assert!(number.contains("two records have the number 0002"), "{number}");
}

#[test]
fn a_linter_finds_what_is_wrong() {
    let mut folder = Folder::default();
    folder.write(&storefront());
    let good = &folder.files["0002-primary-store.md"];
    for (from, to, expected) in [
        ("status: proposed", "status: maybe", "`maybe` is no status"),
        ("date: 2026", "date: MMXX", "no date"),
        ("### Confirmation", "### Other", "`### Confirmation` is missing"),
        ("- Bad, because one machine writes", "- One machine writes", ""),
        ("Chosen option: ", "We take ", "does not say what was chosen"),
        ("## Decision Drivers\n", "## Empty\n\n## Decision Drivers\n", "`## Empty` is empty"),
    ] {
        let found = lint(&good.replace(from, to));
        assert!(
            found.iter().any(|it| it.contains(expected)) || expected.is_empty(),
            "{expected}: {found:?}"
        );
    }
    let one_sided = good.replace("- Bad, because ", "- But ");
    assert!(lint(&one_sided).iter().any(|it| it.contains("has no line `Bad, because `")));
}

#[test]
fn names_change_no_decision() {
    let renamed = storefront_text()
        .replace("Storefront", "Quite_Another")
        .replace("Quite_Another", "Bazaar")
        .replace("catalog", "stock_list")
        .replace("sales", "trade")
        .replace("Order", "Basket")
        .replace("payments", "money_in");
    assert_eq!(chosen(&graph(&renamed)), chosen(&storefront()));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let (mut one, mut two) = (Folder::default(), Folder::default());
    one.write(&storefront());
    two.write(&storefront());
    assert_eq!((one.files, one.lock), (two.files, two.lock));
}

#[test]
fn an_empty_graph_is_decided_by_defaults_and_everything_is_asked() {
    let decisions = decide(&Graph::default());
    assert_eq!(decisions.len(), 20);
    assert!(decisions.iter().all(|it| !it.chosen.is_empty()));
    assert!(decisions.iter().any(|it| it.is_open), "nobody has said anything");
}
