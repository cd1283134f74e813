//! A question is asked if and only if an answer would change something.

use architrave_model::{Change, OpenQuestion, SourceFile};
use architrave_review::{AnswerRefused, answer, needs_from, open_questions, question_state};

use crate::support;

const SHOP: &str = r#"
system Shop { edition = "2026" }

workload { peak = "3000/s" }

constraints {
  team = 12
  domain = "stable"
}

context catalog {
  entity Product {
    name = string(80)
    access { read = true }
  }
}

context sales {
  entity Basket {
    name = string(80)
    access { read = true }
  }
}
"#;

fn asked(text: &str) -> Vec<OpenQuestion> {
    open_questions(&support::graph_of_text(text))
}

fn ids(questions: &[OpenQuestion]) -> Vec<&str> {
    questions.iter().map(|it| it.fact).collect()
}

#[test]
fn a_question_shows_both_worlds() {
    let questions = asked(SHOP);
    let teams = questions.iter().find(|it| it.fact == "release_teams").unwrap();
    assert_eq!(teams.with_default.answer, "1 team");
    assert_eq!(teams.otherwise.answer, "2 teams");
    let decided = |option: &str| ("D-01 topology".to_owned(), option.to_owned());
    assert!(teams.with_default.outcomes.contains(&decided("modular_monolith")), "{teams:?}");
    assert!(teams.otherwise.outcomes.contains(&decided("extracted_services")), "{teams:?}");
}

#[test]
fn what_is_answered_is_not_asked() {
    let answered = SHOP.replace("team = 12", "team = 12\n  release_teams = 3");
    assert!(!ids(&asked(&answered)).contains(&"release_teams"));
    assert!(!ids(&asked(SHOP)).contains(&"domain"));
}

#[test]
fn what_changes_nothing_is_not_asked() {
    // Where the domain is new the topology is one unit, however many teams release.
    let new = SHOP.replace("\"stable\"", "\"new\"");
    let topology =
        |it: &OpenQuestion| it.otherwise.outcomes.iter().any(|it| it.0 == "D-01 topology");
    let changes_topology: Vec<OpenQuestion> = asked(&new).into_iter().filter(topology).collect();
    assert!(!ids(&changes_topology).contains(&"release_teams"), "{changes_topology:?}");
}

#[test]
fn an_answer_says_what_to_write_and_where() {
    let graph = support::graph_of_text(SHOP);
    for (question, text, kind, name, value) in [
        ("Q02", "3", "constraints", "release_teams", "3"),
        ("release_teams", " 3 ", "constraints", "release_teams", "3"),
        ("q10", "15m", "recovery", "rpo", "\"15m\""),
        ("history", "temporal", "compliance", "history", "\"temporal\""),
        ("Q24", "yes", "constraints", "uses", "[\"kubernetes\"]"),
    ] {
        let answer = answer(&graph, question, text).unwrap();
        let expected = Change::SetTop { kind, name, value: value.to_owned() };
        assert_eq!(answer.proposal.changes, [expected]);
    }
    assert_eq!(answer(&graph, "Q99", "1"), Err(AnswerRefused::NoSuchQuestion));
    let refused = answer(&graph, "Q10", "soon").unwrap_err();
    assert!(matches!(refused, AnswerRefused::Unreadable { .. }), "{refused:?}");
}

#[test]
fn an_objective_covers_what_can_be_read() {
    let graph = support::graph_of_text(SHOP);
    match answer(&graph, "Q09", "99.95%") {
        Ok(answer) => match &answer.proposal.changes[..] {
            [Change::Add { inside: None, text }] => {
                assert!(
                    text.contains("covers = [catalog.Product.read, sales.Basket.read]"),
                    "{text}"
                );
                assert!(text.contains("availability = \"99.95%\""), "{text}");
            }
            other => panic!("{other:?}"),
        },
        Err(refused) => panic!("{refused:?}"),
    }
}

#[test]
fn needs_of_an_existing_system_are_asked_for_and_taken() {
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.to_owned() };
    let image = |name: &str| format!("  {name}:\n    image: ghcr.io/acme/{name}:1.4\n");
    let services: String = ["orders", "stock", "prices", "invoices"].map(image).concat();
    let compose = file("docker-compose.yml", &format!("services:\n{services}"));
    let silent = architrave_import::read(&[compose], 0).graph;
    let questions = open_questions(&silent);
    let team = questions.iter().find(|it| it.fact == "team").unwrap();
    let outcome = |world: &architrave_model::World| {
        let mut all = world.outcomes.iter();
        all.find(|it| it.0 == "FIT-01@system").map(|it| it.1.clone())
    };
    assert_eq!(outcome(&team.with_default).as_deref(), Some("fail"), "{team:?}");

    let needs =
        file("architrave.hcl", "system Shop { edition = \"2026\" }\nconstraints { team = 40 }\n");
    let mut said = silent;
    needs_from(&architrave_blueprint::read(&[needs]).0, &mut said);
    assert!(!ids(&open_questions(&said)).contains(&"team"));
    assert!(said.needs.budget_per_month.is_unknown());
}

#[test]
fn the_number_of_machines_is_an_outcome() {
    let many = SHOP.replace("\"3000/s\"", "\"30000/s\"");
    let spike = asked(&many).into_iter().find(|it| it.fact == "spike").unwrap();
    let machines = |world: &architrave_model::World| {
        world.outcomes.iter().find(|it| it.0 == "machines").map(|it| it.1.clone())
    };
    let (by_default, otherwise) = (machines(&spike.with_default), machines(&spike.otherwise));
    assert!(by_default.is_some() && by_default != otherwise, "{spike:?}");
}

#[test]
fn a_question_that_is_not_asked_can_say_why() {
    let graph = support::graph_of_text(SHOP);
    assert_eq!(question_state(&graph, "q01"), Some(("Q01", Some("12 people".to_owned()))));
    assert_eq!(question_state(&graph, "release_teams"), Some(("Q02", None)));
    assert_eq!(question_state(&graph, "Q99"), None);
}
