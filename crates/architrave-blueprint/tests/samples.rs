//! The samples are read without a finding, and mean what their authors meant.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use architrave_blueprint::read;
use architrave_blueprint::render::{Style, render};
use architrave_model::{SourceFile, System};

const NOTES: &str = r#"system Notes { edition = "2026" }

identity {
  user  = notes.User
  roles = []
}

context notes {

  entity User { email = email(unique, pii("contact"), encrypted(lookup)) }

  entity Note {
    owner = ref(User, immutable)
    title = string(120)
    body  = text

    access {
      read  = this.owner == caller.user
      write = this.owner == caller.user
    }
  }
}
"#;

fn storefront() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    std::fs::read_to_string(path).unwrap()
}

fn clean(text: &str) -> System {
    let files = [SourceFile { name: "blueprint.hcl".into(), text: text.into() }];
    let (system, findings) = read(&files);
    assert!(findings.is_empty(), "{}", render(&findings, &files, Style::Plain));
    system
}

#[test]
fn the_smallest_blueprint_is_clean() {
    let system = clean(NOTES);
    assert_eq!(system.entities.len(), 2);
    let note = &system.entities[1];
    assert!(note.access.create.is_some() && note.access.update.is_some());
}

#[test]
fn the_storefront_is_clean() {
    let system = clean(&storefront());
    assert_eq!(system.contexts.len(), 5);
    assert_eq!(system.commands.len(), 9);
    assert_eq!(system.events.len(), 5);
    assert_eq!(system.sagas[0].steps.len(), 3);
    assert_eq!(system.moved.len(), 1);
}

#[test]
fn nothing_at_all_is_missing_its_system() {
    let empty = SourceFile { name: "blueprint.hcl".into(), text: String::new() };
    for files in [vec![], vec![empty]] {
        let (system, findings) = read(&files);
        assert!(system.entities.is_empty());
        let codes: Vec<&str> = findings.iter().map(|it| it.code.0).collect();
        assert_eq!(codes, ["AR0209"]);
        assert!(render(&findings, &files, Style::Plain).contains("AR0209"));
    }
}

/// Two thousand entities in forty contexts: far more than one system should have.
#[test]
fn a_large_blueprint_is_read() {
    let mut text = "system Large { edition = \"2026\" }\n".to_owned();
    for context in 0..40 {
        text.push_str(&format!("context c{context} {{\n"));
        for entity in 0..50 {
            text.push_str(&format!(
                "  entity E{entity} {{\n    n = int\n    other = ref(E{})\n    access {{ read = this.other.n > 5 }}\n  }}\n",
                (entity + 1) % 50
            ));
        }
        text.push_str("}\n");
    }
    let system = clean(&text);
    assert_eq!(system.entities.len(), 2_000);
}
