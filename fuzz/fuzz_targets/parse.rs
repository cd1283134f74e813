//! Whatever the bytes: reading ends, every place is a place in the text, and showing what was found
//! cannot steer a terminal.
#![no_main]

use architrave_blueprint::render::{Style, render};
use architrave_blueprint::syntax::{decode, edit, parse};
use architrave_model::{FileId, Span};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (file, mut findings) = decode(FileId(0), "blueprint.hcl", bytes);
    findings.extend(parse(FileId(0), &file.text).1);
    let is_place = |it: Span| file.text.get(it.start as usize..it.end as usize).is_some();
    for finding in &findings {
        assert!(finding.labels.iter().all(|it| is_place(it.span)), "{finding:?}");
        let mut edits = finding.fix.iter().flat_map(|it| &it.edits);
        assert!(edits.all(|it| is_place(it.span)), "{finding:?}");
    }
    let files = [file];
    let shown = render(&findings, &files, Style::Plain);
    assert!(!shown.contains(|it: char| it.is_control() && it != '\n'), "{shown:?}");
    let _ = edit::apply(&files, findings.iter().filter_map(|it| it.fix.as_ref()));
});
