//! How findings are shown when they span files, hold strange characters, or go to a machine.

use architrave_blueprint::render::{Style, render, summary, to_json};
use architrave_model::{Code, Edit, FileId, Finding, Fix, Severity, SourceFile, Span};
use serde_json::json;

fn span(file: u32, start: u32, end: u32) -> Span {
    Span { file: FileId(file), start, end }
}

fn files() -> [SourceFile; 2] {
    [
        SourceFile { name: "shop/sales.hcl".into(), text: "a = 1\n# é\nb = \"é\" + c\n".into() },
        SourceFile { name: "shop/\u{1b}[31m.hcl".into(), text: "c = \"\u{9b}2J\"\r\n".into() },
    ]
}

fn finding() -> Finding {
    let edits = vec![Edit { span: span(0, 22, 23), text: "d".into() }];
    Finding::new(Code("AR0301"), Severity::Warning, span(0, 22, 23), "no `c` here", "unknown")
        .because(span(1, 0, 1), "declared\u{7} here")
        .help("name something else")
        .fix(Fix { title: "did you mean `d`?".into(), edits, is_unambiguous: false })
}

const SHOWN: &str = r#"warning[AR0301]: no `c` here
 --> shop/sales.hcl:3:11
  |
3 | b = "é" + c
  |           ^ unknown
  |
 ::: shop/␛[31m.hcl:1:1
  |
1 | c = "·2J"
  | - declared␇ here
  |
  = help: name something else
help: did you mean `d`?
  |
3 - b = "é" + c
3 + b = "é" + d
  |

1 warning
"#;

#[test]
fn places_in_several_files_are_shown_and_control_characters_are_not() {
    assert_eq!(render(&[finding()], &files(), Style::Plain), SHOWN);
    let coloured = render(&[finding()], &files(), Style::Coloured);
    assert!(coloured.contains("\u{1b}["), "no colours");
    assert!(!coloured.contains("\u{1b}[31m.hcl") && !coloured.contains('\u{9b}'));
}

#[test]
fn machines_get_lines_columns_and_bytes() {
    let value = to_json(&[finding()], &files());
    let place = json!({
        "file": "shop/sales.hcl", "line": 3, "column": 11,
        "end": { "line": 3, "column": 12 }, "bytes": [22, 23],
    });
    let shown = &value["findings"][0];
    for (name, expected) in place.as_object().into_iter().flatten() {
        assert_eq!(&shown[name], expected, "{name}");
        assert_eq!(&shown["fix"]["edits"][0][name], expected, "{name} of the edit");
    }
    assert_eq!(shown["code"], "AR0301");
    assert_eq!(shown["severity"], "warning");
    assert_eq!(shown["labels"][1]["is_primary"], false);
    assert_eq!(shown["help"], "name something else");
    assert_eq!(shown["fix"]["is_unambiguous"], false);
    let summary = json!({ "errors": 0, "warnings": 1, "advice": 0, "notes": 0 });
    assert_eq!(value["summary"], summary);
}

#[test]
fn findings_are_counted_in_words() {
    let of = |severity| Finding { severity, ..finding() };
    assert_eq!(summary(&[]), "");
    assert_eq!(render(&[], &[], Style::Plain), "");
    let all = [Severity::Error, Severity::Error, Severity::Warning, Severity::Note].map(of);
    assert_eq!(summary(&all), "2 errors, 1 warning, 1 note");
}

#[test]
fn places_that_are_not_there_do_no_harm() {
    let strange = [span(7, 0, 1), span(0, 12, 9), span(0, 9, 10), span(1, 900, 901)];
    for place in strange {
        let edits = vec![Edit { span: place, text: "x".into() }];
        let fix = Fix { title: "x".into(), edits, is_unambiguous: true };
        let finding =
            Finding::new(Code("AR0301"), Severity::Error, place, "x", "y").because(place, "z");
        let finding = finding.fix(fix);
        assert!(render(std::slice::from_ref(&finding), &files(), Style::Plain).contains("AR0301"));
        assert!(to_json(&[finding], &files()).is_object());
    }
}
