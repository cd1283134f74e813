//! Whatever the text: names, types and checks end with findings whose places are places in the text, and what
//! has no error becomes a plan, the same one twice.
#![no_main]

use architrave_blueprint::read;
use architrave_model::{Severity, SourceFile};
use architrave_plan::{Lock, derive, to_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let files = [SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() }];
    let (system, findings) = read(&files);
    for label in findings.iter().flat_map(|it| &it.labels) {
        let (start, end) = (label.span.start as usize, label.span.end as usize);
        assert!(text.get(start..end).is_some(), "{findings:?}");
    }
    if findings.iter().any(|it| it.severity == Severity::Error) {
        return;
    }
    let first = derive(system.clone(), &Lock::default());
    let again = derive(system, &first.lock);
    assert_eq!(first.lock, again.lock);
    assert_eq!(to_json(&first.plan), to_json(&again.plan));
});
