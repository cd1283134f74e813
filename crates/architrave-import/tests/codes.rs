//! Every code has a page whose example shows the code, and whose fix clears it.

use std::{collections::BTreeSet, fs, path::Path};

use architrave_import::codes::{CODES, page};
use architrave_model::{CodePage, SourceFile};

/// Files of a section: fences whose first line names the file behind the language.
fn files(page: &CodePage, section: &str) -> Vec<SourceFile> {
    let rest = page.text.split_once(&format!("\n## {section}\n")).map_or("", |it| it.1);
    let section = rest.split("\n## ").next().unwrap_or("");
    let fences = section.split("```").skip(1).step_by(2);
    fences
        .filter_map(|it| {
            let (head, text) = it.split_once('\n')?;
            let (_, name) = head.split_once(' ')?;
            Some(SourceFile { name: name.to_owned(), text: text.to_owned() })
        })
        .collect()
}

fn codes(files: &[SourceFile]) -> BTreeSet<&'static str> {
    architrave_import::read(files, 0).findings.iter().map(|it| it.code.0).collect()
}

#[test]
fn codes_stand_in_order_and_are_found() {
    assert!(CODES.is_sorted_by_key(|it| it.code));
    assert_eq!(page("ar0901").map(|it| it.code), Some("AR0901"));
    assert_eq!(page("AR0999"), None);
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
fn examples_show_their_code_and_fixes_clear_it() {
    for page in CODES {
        let example = files(page, "Example");
        if !example.is_empty() {
            assert!(codes(&example).contains(page.code), "{}: {:?}", page.code, codes(&example));
        }
        let fix = files(page, "Fix");
        assert!(!codes(&fix).contains(page.code), "{}: {:?}", page.code, codes(&fix));
    }
}

#[test]
fn every_page_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/codes");
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.file_name());
    for name in names.filter_map(|it| it.to_str()?.strip_suffix(".md").map(str::to_owned)) {
        assert!(page(&name).is_some(), "{name}.md is in no list");
    }
}
