//! Rules as a reader of the pages meets them.

use architrave_model::{SourceFile, System};

use super::who;

/// A blueprint with one rule, which is the `read` rule of `Doc`.
fn system(rule: &str) -> System {
    let text = format!(
        r#"
system Desk {{ edition = "2026" }}
identity {{
  user = people.Person
  tenant = people.Firm
  roles = ["clerk", "boss"]
  tenant_from = [claim("firm")]
  login oidc {{
    issuer = env("ISSUER")
    audience = "desk"
    roles = claim("roles")
  }}
}}
context people {{
  entity Firm {{
    name = string(80)
    access {{ read = true }}
  }}
  entity Person {{
    name = string(80)
    access {{ read = this == caller.user }}
  }}
}}
context desk {{
  depends_on = [people]
  entity Doc {{
    title = string(80)
    is_open = bool(default(false))
    pages = int(min(0))
    author = ref(people.Person)
    readers = many(Reader, max(9))
    state = enum("new", "done")
    closed_at = optional(timestamp)
    access {{ read = {rule} }}
  }}
  entity Reader {{ person = ref(people.Person) }}
}}
"#
    );
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "desk.hcl".to_owned(), text }]);
    let errors: Vec<_> =
        findings.iter().filter(|it| it.severity == architrave_model::Severity::Error).collect();
    assert!(errors.is_empty(), "{rule}: {errors:#?}");
    system
}

#[test]
fn rules_are_said_in_plain_english() {
    for (rule, expected) in [
        ("true", "everybody"),
        (r#"has_role("clerk", "boss")"#, "role `clerk` or `boss`"),
        ("this.author == caller.user", "its `author`"),
        ("caller.is_authenticated", "everybody who is signed in"),
        (
            r#"this.author == caller.user && this.state == "new""#,
            "its `author`, if `state` is `new`",
        ),
        (r#"this.is_open || has_role("boss")"#, "everybody, if `is_open` is true; or role `boss`"),
        (r#"this.author == caller.user || has_role("boss")"#, "its `author` or role `boss`"),
        (
            "anytrue([for r in this.readers : r.person == caller.user])",
            "the `person` of one of its `readers`",
        ),
        (
            r#"has_role("clerk") && this.pages >= 3 && this.closed_at == null"#,
            "role `clerk`, if `pages` is at least `3` and `closed_at` is empty",
        ),
        (
            r#"has_role("clerk") && contains(["new", "done"], this.state)"#,
            "role `clerk`, if `state` is `new` or `done`",
        ),
        (
            r#"has_role("clerk") && !this.is_open && length(this.readers) > 0"#,
            "role `clerk`, if `is_open` is false and `readers` is not empty",
        ),
    ] {
        let system = system(rule);
        let doc = system.entities.iter().find(|it| it.name.text == "Doc").expect("declared");
        let read = doc.access.read.as_ref().expect("has a rule");
        assert_eq!(who(&system, &read.expr), expected, "{rule}");
    }
}
