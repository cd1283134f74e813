//! Crossings and threats of small blueprints.

use std::collections::BTreeSet;

use architrave_model::{Severity, SourceFile, Stride, Threat, ThreatAnswer, Zone};

use super::*;
use crate::{Given, assess, graph_of, rules};

/// A blueprint with one entity, which has one more field, and what else is declared.
fn assessed(field: &str, more: &str) -> architrave_model::Assessment {
    let text = format!(
        r#"
system Desk {{ edition = "2026" }}
identity {{
  user  = desk.Person
  roles = ["clerk"]
  login oidc {{
    issuer   = env("ISSUER")
    audience = "desk"
    roles    = claim("roles")
  }}
}}
limits {{
  anonymous = rate("60/min", caller.ip)
  signed_in = rate("600/min", caller.id)
}}
context desk {{
  entity Person {{
    name = string(80)
    {field}
    access {{
      read   = this == caller.user
      update = this == caller.user
    }}
  }}
  {more}
}}
"#
    );
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "desk.hcl".to_owned(), text }]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let waivers: Vec<_> =
        system.accepts.iter().filter_map(architrave_model::Accept::waiver).collect();
    let plan = architrave_plan::derive(system, &architrave_plan::Lock::default()).plan;
    assess(&graph_of(&plan, 20_778), &Given { waivers: &waivers, ..Given::default() })
}

fn threat<'t>(threats: &'t [Threat], id: &str) -> &'t Threat {
    threats.iter().find(|it| it.id == id).expect(id)
}

#[test]
fn every_rule_of_the_catalogue_exists_and_every_threat_has_one_name_at_its_crossing() {
    let known: BTreeSet<&str> = rules().map(|it| it.id).collect();
    let mut seen = BTreeSet::new();
    for entry in CATALOGUE {
        for rule in entry.rules {
            assert!(known.contains(rule), "{rule}");
        }
        assert!(seen.insert((entry.kind, entry.category)), "{:?} {:?}", entry.kind, entry.category);
        assert!(!entry.scenario.ends_with('.'), "{}", entry.scenario);
    }
}

#[test]
fn a_backend_has_callers_an_administrator_an_issuer_and_a_store() {
    let found = assessed("", "").crossings;
    let ids: Vec<&str> = found.iter().map(|it| it.id.as_str()).collect();
    let expected = [
        "crossing:callers->backend",
        "crossing:administrator->backend",
        "crossing:backend->issuer",
        "crossing:backend->database",
    ];
    assert_eq!(ids, expected);
    assert!(found.iter().all(|it| it.from.zone != it.to.zone), "a crossing crosses");
    assert_eq!(found.first().map(|it| it.from.zone), Some(Zone::Internet));
}

#[test]
fn what_is_not_encrypted_is_open_and_what_is_encrypted_is_mitigated() {
    let id = "information-disclosure@crossing:backend->database";
    let open = assessed(r#"email = email(pii("contact"))"#, "");
    let found = threat(&open.threats, id);
    assert!(matches!(&found.answer, ThreatAnswer::Open(why) if why.concat().contains("SEC-08")));
    assert!(found.scenario.contains("`contact`"), "{}", found.scenario);
    let mitigated = assessed(r#"email = email(pii("contact"), encrypted)"#, "");
    let found = threat(&mitigated.threats, id);
    let ThreatAnswer::Mitigated(rules) = &found.answer else { panic!("{:?}", found.answer) };
    assert!(rules.iter().any(|it| it.0 == "SEC-08"), "{rules:?}");
    let none = assessed("", "");
    assert!(!none.threats.iter().any(|it| it.id == id), "nothing personal, no threat to it");
}

#[test]
fn a_callback_has_a_crossing_of_its_own_and_its_signature_answers_for_that_alone() {
    let found = assessed(
        "",
        r#"
  integration bank {
    base_url = env("BANK_URL")
    callback booked {
      verify  = hmac_sha256(header("Bank-Signature"), secret("BANK_KEY"))
      dedupe  = body.id
      emit    = Booked
      payload = { note = body.note }
    }
  }
  event Booked { payload = { note = string(80) } }"#,
    );
    let spoofed = threat(&found.threats, "spoofing@crossing:desk.bank->backend");
    let ThreatAnswer::Mitigated(rules) = &spoofed.answer else { panic!("{:?}", spoofed.answer) };
    assert_eq!(rules.as_slice(), [("SEC-16", 1)]);
    let callers = threat(&found.threats, "spoofing@crossing:callers->backend");
    let ThreatAnswer::Mitigated(rules) = &callers.answer else { panic!("{:?}", callers.answer) };
    assert!(rules.iter().all(|it| it.0 != "SEC-16"), "{rules:?}");
    assert_eq!(callers.category, Stride::Spoofing);
}
