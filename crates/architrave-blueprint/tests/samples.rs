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
