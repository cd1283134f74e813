//! No name and no comment of a blueprint breaks a page or a diagram: keywords of Mermaid as names, quotes, markup and
//! letters of the world in comments, messages and states, nothing where nothing is needed, very much where much is
//! allowed.

use std::path::Path;

use architrave_model::{Severity, SourceFile};
use architrave_plan::{Lock, derive};
use architrave_projections::{Document, Material, documents};

const NASTY: &str = r##"Says "so"; <i>& 'that'</b> | `x` #1 [y](z) *w* %% end --> 世界 \ { }"##;

/// Words that mean something in one kind of diagram or another.
const FIELDS: &[&str] = &[
    "end",
    "title",
    "class",
    "style",
    "direction",
    "note",
    "state",
    "loop",
    "alt",
    "subgraph",
    "graph",
    "click",
    "link",
    "section",
    "participant",
    "default",
    "activate",
    "opt",
    "par",
    "critical",
];

fn blueprint() -> String {
    let comment = NASTY.replace('\n', " ");
    let fields: String =
        FIELDS.iter().map(|it| format!("    {it} = optional(string(40))\n")).collect();
    let many: String = (0..40).map(|it| format!("    field_{it} = optional(int)\n")).collect();
    let quoted = NASTY.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        r#"
# {comment}
system End {{ edition = "2026" }}
identity {{
  user  = graph.Class
  roles = ["end", "subgraph"]
  login oidc {{
    issuer   = env("ISSUER")
    audience = "x"
    roles    = claim("roles")
  }}
}}

# {comment}
context graph {{
  # {comment}
  entity Class {{
    # {comment}
    label = string(200, pii("{quoted}"))
{fields}
    notes = many(Note, max(9))
    lifecycle phase {{
      initial = "end"
      transitions = {{
        end   = ["state"]
        state = ["note"]
      }}
    }}
    invariant "{quoted}" {{ check = this.label != "{quoted}" }}
    access {{
      read   = this == caller.user || has_role("end")
      update = this == caller.user
    }}

    # {comment}
    command end {{
      input      = {{ end = string(40) }}
      allow      = has_role("end", "subgraph")
      transition = "state"
      set        = {{ title = input.end }}
      emit       = End
      guard note {{
        check   = this.label != "{quoted}"
        message = "{quoted}"
      }}
    }}
    command loop {{
      allow      = has_role("subgraph")
      transition = "note"
    }}
    # {comment}
    event End {{ carries = [end, title] }}
  }}
  entity Note {{ text = optional(string(40)) }}
}}

context subgraph {{
  depends_on = [graph]
  entity Loop {{
{many}
    class = optional(ref(graph.Class))
    access {{ read = true }}
  }}
}}
"#
    )
}

fn written() -> Vec<Document> {
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "end.hcl".to_owned(), text: blueprint() }]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let plan = derive(system, &Lock::default()).plan;
    let graph = architrave_review::graph_of(&plan, 20_778);
    let assessment = architrave_review::assess(&graph, &architrave_review::Given::default());
    documents(&Material { plan: &plan, assessment: &assessment })
}

/// Diagrams of a page, each without its fences.
fn diagrams(page: &str) -> Vec<&str> {
    page.split("```mermaid\n").skip(1).filter_map(|it| it.split("\n```").next()).collect()
}

#[test]
fn names_and_comments_break_neither_pages_nor_diagrams() {
    // Kept for whoever wants to ask Mermaid itself.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    let documents = written();
    for document in documents.iter().filter(|it| it.is_page()) {
        let path = folder.join(&document.path);
        std::fs::create_dir_all(path.parent().expect("has a folder")).expect("can be made");
        std::fs::write(&path, &document.text).expect("can be written");
        for line in document.text.lines().filter(|it| it.starts_with('|')) {
            assert!(line.ends_with('|'), "{}: {line}", document.path);
        }
        assert_eq!(document.text.matches("```").count() % 2, 0, "{}", document.path);
        for diagram in diagrams(&document.text) {
            check_diagram(&document.path, diagram);
        }
    }
}

/// Labels in quotes hold no quote, and no line is anything but what we write.
fn check_diagram(path: &str, diagram: &str) {
    for line in diagram.lines() {
        assert_eq!(line.matches('"').count() % 2, 0, "{path}: {line}");
        assert!(!line.contains("<i>"), "{path}: {line}");
    }
    assert!(!diagram.contains("\n\n"), "{path}: {diagram}");
}

#[test]
fn a_row_of_forty_fields_shows_some_and_says_so() {
    let documents = written();
    let page = documents.iter().find(|it| it.path == "data/erd.md").expect("there");
    let drawn = page.text.lines().filter(|it| it.trim().starts_with("int field_")).count();
    assert_eq!(drawn, 24);
    assert!(page.text.contains("24 of 41 fields"), "{}", page.text);
    assert!(page.text.contains("uuid class FK"), "keys are always shown");
}

#[test]
fn a_system_without_states_events_or_people_has_no_pages_about_them() {
    let text = r#"
system Small { edition = "2026" }
context notes {
  entity Note {
    text = string(80)
    access { read = true }
  }
}
"#;
    let files = [SourceFile { name: "small.hcl".to_owned(), text: text.to_owned() }];
    let (system, _) = architrave_blueprint::read(&files);
    let plan = derive(system, &Lock::default()).plan;
    let graph = architrave_review::graph_of(&plan, 20_778);
    let assessment = architrave_review::assess(&graph, &architrave_review::Given::default());
    let documents = documents(&Material { plan: &plan, assessment: &assessment });
    let has = |path: &str| documents.iter().any(|it| it.path == path);
    assert!(has("data/erd.md") && has("data/dictionary-notes.md") && has("quality/access.md"));
    for path in [
        "behaviour/states.md",
        "behaviour/sagas.md",
        "behaviour/commands-notes.md",
        "quality/governance.md",
    ] {
        assert!(!has(path), "{path}");
    }
}
