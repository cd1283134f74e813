//! What holds for every text, good or bad.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use architrave_blueprint::render::{Style, render, to_json};
use architrave_blueprint::syntax::{decode, edit, format, parse};
use architrave_model::{FileId, Finding, SourceFile, Span};
use proptest::prelude::*;

use self::support::{STOREFRONT, expressions, mutated_storefront, shape, spans, words};

fn check_place(text: &str, span: Span) {
    let range = span.start as usize..span.end as usize;
    assert!(text.get(range).is_some(), "{span:?} is no place in a text of {} bytes", text.len());
}

fn check_finding(text: &str, finding: &Finding) {
    assert!(finding.labels.iter().any(|it| it.is_primary), "{finding:?}");
    for label in &finding.labels {
        check_place(text, label.span);
    }
    for (index, one) in finding.labels.iter().enumerate() {
        for other in finding.labels.iter().skip(index + 1) {
            let overlap = one.span.start < other.span.end && other.span.start < one.span.end;
            assert!(!overlap, "labels overlap: {finding:?}");
        }
    }
    for edit in finding.fix.iter().flat_map(|it| &it.edits) {
        check_place(text, edit.span);
    }
}

/// Reading ends, all places are places, everything can be shown, and showing it cannot steer a
/// terminal.
fn check_reading(text: &str) {
    let (file, findings) = parse(FileId(0), text);
    spans(&file).into_iter().for_each(|it| check_place(text, it));
    findings.iter().for_each(|it| check_finding(text, it));
    let places: Vec<Span> = findings.iter().map(Finding::span).collect();
    let mut different = places.clone();
    different.dedup();
    assert_eq!(places, different, "two findings at one place");
    let files = [SourceFile { name: "a\u{1b}.hcl".into(), text: text.into() }];
    let shown = render(&findings, &files, Style::Plain);
    let is_safe = |it: char| it == '\n' || !it.is_control() && !"\u{202e}\u{feff}".contains(it);
    assert!(shown.chars().all(is_safe), "{shown:?}");
    assert!(to_json(&findings, &files).is_object());
    let fixes = findings.iter().filter_map(|it| it.fix.as_ref());
    let fixed = edit::apply(&files, fixes).texts;
    assert_eq!(fixed.len(), 1);
}

/// Laying out changes nothing but space, and nothing the second time.
fn check_format(text: &str) {
    let once = format(text);
    assert_eq!(format(&once), once, "the second time changes something");
    let letters = |it: &str| it.chars().filter(|it| !it.is_whitespace()).collect::<String>();
    assert_eq!(letters(&once), letters(text));
    let (before, findings) = parse(FileId(0), text);
    if findings.is_empty() {
        let (after, findings) = parse(FileId(0), &once);
        assert!(findings.is_empty(), "{once}\n{findings:?}");
        // The documentation of items is the same as well: it is part of the shape.
        assert_eq!(shape(&before), shape(&after), "{text}\n---\n{once}");
    }
}

/// What is read without findings is HCL.
fn check_oracle(text: &str) {
    let (_, findings) = parse(FileId(0), text);
    if findings.is_empty() {
        // The oracle knows no byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let oracle = text.parse::<hcl_edit::structure::Body>();
        assert!(oracle.is_ok(), "{text}\n{}", oracle.unwrap_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (file, _) = decode(FileId(0), "a.hcl", &bytes);
        check_reading(&file.text);
        check_format(&file.text);
    }

    #[test]
    fn any_words_can_be_read(text in words()) {
        check_reading(&text);
        check_format(&text);
        check_oracle(&text);
    }

    #[test]
    fn any_expression_is_read_as_hcl_reads_it(value in expressions()) {
        let text = format!("a = {value}\n");
        let (_, findings) = parse(FileId(0), &text);
        prop_assert!(findings.is_empty(), "{text}\n{findings:?}");
        check_reading(&text);
        check_format(&text);
        check_oracle(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_storefront_can_be_read(text in mutated_storefront()) {
        check_reading(&text);
        check_format(&text);
        check_oracle(&text);
    }
}

#[test]
fn the_storefront_is_hcl() {
    check_oracle(STOREFRONT);
    check_oracle(&STOREFRONT.replace('\n', "\r\n"));
}

#[test]
fn deep_and_long_texts_are_read_without_running_out_of_stack() {
    let nested = ["(", "[", "{ a = ", "!", "f(", "a ? b : ", "\"${", "a {\n", "-", "[for x in "];
    for piece in nested {
        check_reading(&format!("a = {}", piece.repeat(20_000)));
    }
    for piece in [" || a", ".b", "[0]", " + a", " < a", ", a", "\nb = <<X"] {
        check_reading(&format!("a = a{}", piece.repeat(20_000)));
    }
}

#[test]
fn a_file_above_the_limit_is_refused() {
    let text = "#".repeat(architrave_blueprint::syntax::FILE_BYTES_MAX + 1);
    let (file, findings) = parse(FileId(0), &text);
    assert!(file.items.is_empty());
    assert_eq!(findings.iter().map(|it| it.code.0).collect::<Vec<_>>(), ["AR0118"]);
}
