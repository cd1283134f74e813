//! How fixes are applied.

use architrave_blueprint::syntax::edit::apply;
use architrave_model::{Edit, FileId, Fix, SourceFile, Span};

/// A fix of replacements `(start, end, text)` in the first file.
fn fix(edits: &[(u32, u32, &str)]) -> Fix {
    let edits = edits.iter().map(|(start, end, text)| Edit {
        span: Span { file: FileId(0), start: *start, end: *end },
        text: (*text).to_owned(),
    });
    Fix { title: "change".into(), edits: edits.collect(), is_unambiguous: true }
}

#[test]
fn fixes_are_applied_whole_or_not_at_all() {
    let check = |text: &str, fixes: &[Fix], expected: &str, skipped: &[usize]| {
        let file = SourceFile { name: "a.hcl".into(), text: text.into() };
        let applied = apply(&[file], fixes);
        assert_eq!(applied.texts, [expected]);
        assert_eq!(applied.skipped, skipped);
    };
    check("abc", &[], "abc", &[]);
    check("abc", &[fix(&[(1, 2, "xy")])], "axyc", &[]);
    check("abc", &[fix(&[(3, 3, "d"), (0, 0, "_")])], "_abcd", &[]);
    check("abc # kept", &[fix(&[(0, 1, "")]), fix(&[(2, 3, "z")])], "bz # kept", &[]);
    // The second touches what the first changes, also with only one of its edits.
    check("abc", &[fix(&[(0, 2, "x")]), fix(&[(1, 2, "y")])], "xc", &[1]);
    check("abc", &[fix(&[(0, 1, "x")]), fix(&[(0, 1, "y"), (2, 3, "z")])], "xbc", &[1]);
    // Two insertions at one place: their order would matter.
    check("abc", &[fix(&[(1, 1, "x")]), fix(&[(1, 1, "y")])], "axbc", &[1]);
    // Places that are not there, in the middle of a character, or in the fix itself twice.
    check("é", &[fix(&[(1, 2, "x")])], "é", &[0]);
    check("abc", &[fix(&[(2, 9, "x")])], "abc", &[0]);
    check("abc", &[fix(&[(2, 1, "x")])], "abc", &[0]);
    check("abc", &[fix(&[(0, 2, "x"), (1, 3, "y")])], "abc", &[0]);
    check("abc", &[fix(&[])], "abc", &[0]);
}
