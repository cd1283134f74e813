//! Every code has a broken blueprint in `tests/broken/`, and beside it the exact text that is shown.
//!
//! A file is named `<code>-<what is wrong>.hcl`. To accept what is shown now, run the tests with
//! `UPDATE_GOLDEN=1` and read the difference.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use architrave_blueprint::render::{Style, render};
use architrave_blueprint::syntax::{decode, edit, parse};
use architrave_model::{FileId, Finding, SourceFile};

/// How often fixes are applied and the result is read again.
const ROUNDS_MAX: usize = 5;

fn broken_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|it| it.extension().is_some_and(|it| it == "hcl")).collect();
    files.sort();
    files
}

/// The code in a file's name.
fn code(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().split('-').next().unwrap().to_owned()
}

/// What is said about one file. For syntax codes this is what the parser says: what the checker
/// makes of the rest of a broken file is not their subject.
fn findings(code: &str, file: &SourceFile) -> Vec<Finding> {
    if code.starts_with("AR01") {
        parse(FileId(0), &file.text).1
    } else {
        architrave_blueprint::read(std::slice::from_ref(file)).1
    }
}

fn load(path: &Path) -> (SourceFile, Vec<Finding>) {
    decode(FileId(0), "blueprint.hcl", &fs::read(path).unwrap())
}

#[test]
fn each_broken_file_is_shown_as_expected() {
    let mut differences = Vec::new();
    for path in broken_files() {
        let code = code(&path);
        let (file, mut all) = load(&path);
        all.extend(findings(&code, &file));
        let shown = render(&all, std::slice::from_ref(&file), Style::Plain);
        if !all.iter().any(|it| it.code.0 == code) {
            differences.push(format!("{}: {code} is not reported\n{shown}", path.display()));
        }
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &shown).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != shown {
            differences.push(format!("{}: shown now:\n{shown}", golden.display()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn each_unambiguous_fix_clears_its_finding() {
    let mut failures = Vec::new();
    for path in broken_files() {
        let code = code(&path);
        let (mut file, _) = load(&path);
        let is_fixable = |it: &Finding| it.fix.as_ref().is_some_and(|it| it.is_unambiguous);
        let before = findings(&code, &file).len();
        for _ in 0..ROUNDS_MAX {
            let all = findings(&code, &file);
            let fixes = all.iter().filter_map(|it| it.fix.as_ref());
            let fixes = fixes.filter(|it| it.is_unambiguous);
            file.text = edit::apply(std::slice::from_ref(&file), fixes).texts.remove(0);
        }
        let after = findings(&code, &file);
        if after.iter().any(is_fixable) || after.len() > before {
            let shown = render(&after, std::slice::from_ref(&file), Style::Plain);
            failures.push(format!("{}:\n{}\n{shown}", path.display(), file.text));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
