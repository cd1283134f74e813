//! Every code has a page whose example shows the code, and whose fix clears it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use architrave_blueprint::codes::{CODES, CodePage, page};
use architrave_blueprint::syntax::parse;
use architrave_model::{FileId, SourceFile};

/// The codes that are reported for a text.
fn codes(code: &str, text: &str) -> BTreeSet<&'static str> {
    let findings = if code.starts_with("AR01") {
        parse(FileId(0), text).1
    } else {
        let file = SourceFile { name: "blueprint.hcl".into(), text: text.into() };
        architrave_blueprint::read(&[file]).1
    };
    findings.iter().map(|it| it.code.0).collect()
}

/// The blueprints in a part of a page.
fn examples(page: &CodePage, part: &str) -> Vec<String> {
    let parts = page.text.split("\n## ");
    let part = parts.into_iter().find(|it| it.starts_with(part)).unwrap_or_default();
    let fences = part.split("```hcl\n").skip(1);
    fences.filter_map(|it| it.split("```").next()).map(str::to_owned).collect()
}

#[test]
fn codes_stand_in_order_and_are_found() {
    assert!(CODES.is_sorted_by_key(|it| it.code));
    let different: BTreeSet<&str> = CODES.iter().map(|it| it.code).collect();
    assert_eq!(different.len(), CODES.len(), "a code stands twice");
    assert_eq!(page("ar0102").map(|it| it.code), Some("AR0102"));
    assert_eq!(page("AR9999"), None);
}

#[test]
fn pages_have_their_parts() {
    for page in CODES {
        let title = format!("# {}: {}\n\n## Cause\n", page.code, page.title);
        assert!(page.text.starts_with(&title), "{} does not begin with {title:?}", page.code);
        assert!(page.text.contains("\n## Fix\n"), "{} says no fix", page.code);
    }
}

#[test]
fn examples_show_their_code() {
    for page in CODES {
        for example in examples(page, "Example") {
            let codes = codes(page.code, &example);
            assert!(codes.contains(page.code), "{}: {codes:?}\n{example}", page.code);
        }
    }
}

#[test]
fn fixes_clear_their_code() {
    for page in CODES {
        for example in examples(page, "Fix") {
            let codes = codes(page.code, &example);
            assert!(!codes.contains(page.code), "{}: {codes:?}\n{example}", page.code);
        }
    }
}

#[test]
fn every_page_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codes");
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.file_name());
    let names = names.filter_map(|it| it.to_str()?.strip_suffix(".md").map(str::to_owned));
    for name in names {
        assert!(page(&name).is_some(), "{name}.md is in no list");
    }
}

#[test]
fn every_code_in_the_source_has_a_page_and_a_broken_blueprint() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for file in ["src/codes/list.rs", "src/syntax/code.rs"] {
        let text = fs::read_to_string(root.join(file)).unwrap_or_default();
        used.extend(text.split("Code(\"").skip(1).filter_map(|it| it.get(..6)).map(str::to_owned));
    }
    let broken = fs::read_dir(root.join("tests/broken")).into_iter().flatten().flatten();
    let broken: BTreeSet<String> =
        broken.filter_map(|it| it.file_name().to_str()?.get(..6).map(str::to_owned)).collect();
    assert!(used.len() > 80, "the lists have moved");
    for code in used {
        assert!(page(&code).is_some(), "{code} has no page");
        // AR0118 would take a file of more than four megabytes; `tests/properties.rs` makes one.
        assert!(broken.contains(&code) || code == "AR0118", "{code} has no broken blueprint");
    }
}
