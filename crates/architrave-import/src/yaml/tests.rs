//! Trees of good and bad texts.

use std::fmt::Write;

use architrave_model::{FileId, SourceFile};
use proptest::prelude::*;

use super::{BYTES_MAX, DEPTH_MAX, Node, VALUES_MAX, parse};

fn source(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), text: text.into() }
}

/// The tree as one line: what was read, and not how it was written.
fn shown(node: Node<'_>) -> String {
    let mut out = String::new();
    if node.is_mapping() {
        out.push('{');
        for (key, value) in node.entries() {
            let _ = write!(out, "{}: {}, ", shown(key), shown(value));
        }
        out.push('}');
    } else if node.is_sequence() {
        out.push('[');
        for item in node.items() {
            let _ = write!(out, "{}, ", shown(item));
        }
        out.push(']');
    } else {
        out.push_str(node.as_text().unwrap_or("?"));
    }
    out.replace(", }", "}").replace(", ]", "]")
}

#[track_caller]
fn check(name: &str, text: &str, documents: &[&str], codes: &[&str]) {
    let source = source(name, text);
    let tree = parse(FileId(0), &source);
    assert_eq!(tree.documents().map(shown).collect::<Vec<_>>(), documents, "{text}");
    assert_eq!(tree.findings.iter().map(|it| it.code.0).collect::<Vec<_>>(), codes, "{text}");
}

#[test]
fn yaml_becomes_a_tree() {
    for (text, documents) in [
        ("a: 1\nb: [x, y]\n", &["{a: 1, b: [x, y]}"] as &[&str]),
        ("- a\n- b: c\n", &["[a, {b: c}]"]),
        ("a: 1\n---\nb: 2\n---\n", &["{a: 1}", "{b: 2}", ""]),
        ("", &[]),
        ("# nothing\n", &[]),
        ("\u{feff}a: 1\r\nb: 2\r\n", &["{a: 1, b: 2}"]),
        ("a: |\n  one\n  two\nb: x\n", &["{a: one\ntwo\n, b: x}"]),
        ("a: &x {k: v}\nb: *x\n", &["{a: {k: v}, b: {k: v}}"]),
        ("{\"a\": [1, true, null]}", &["{a: [1, true, null]}"]),
    ] {
        check("a.yaml", text, documents, &[]);
    }
}

#[test]
fn merged_defaults_are_there_and_lose_against_what_is_written() {
    let text = "x: &x {image: a, restart: always}\ny: &y {restart: no, user: u}\n\
                one: {<<: *x, image: b}\ntwo: {<<: [*x, *y], k: v}\n";
    check(
        "a.yaml",
        text,
        &["{x: {image: a, restart: always}, y: {restart: no, user: u}, \
           one: {image: b, restart: always}, two: {k: v, user: u, image: a, restart: always}}"],
        &[],
    );
}

#[test]
fn json_becomes_the_same_tree() {
    for (text, document) in [
        (
            r#"{"a": [1, -2.5e3, true, null, "x"], "b": {}}"#,
            "{a: [1, -2.5e3, true, null, x], b: {}}",
        ),
        ("\t[\t]\n", "[]"),
        (r#""\u00e9\ud83d\ude00\n\/""#, "é😀\n/"),
        (r#""\ud83d""#, "\u{fffd}"),
        ("\u{feff}{}", "{}"),
    ] {
        check("a.json", text, &[document], &[]);
    }
}

#[test]
fn broken_text_is_a_finding_with_its_place() {
    for (name, text, documents, codes) in [
        ("a.yaml", "a: [1, 2\nb: 3\n", &[] as &[&str], &["AR0901"] as &[&str]),
        ("a.yaml", "a: \"open\nb: 1\n", &[], &["AR0901"]),
        ("a.yaml", "a:\n\tb: 1\n", &[], &["AR0901"]),
        ("a.yaml", "a: *nobody\n", &[], &["AR0901"]),
        ("a.yaml", "a: &x [*x]\n", &["{a: []}"], &["AR0904"]),
        ("a.yaml", "a: 1\nb: 2\na: 3\n", &["{b: 2, a: 3}"], &["AR0902"]),
        ("a.yaml", "a: 1\n---\nb: [\n---\nc: 3\n", &["{a: 1}", "{c: 3}"], &["AR0901"]),
        ("a.yaml", "a\0b", &[], &["AR0905"]),
        ("a.json", "{\"a\": 1,}", &[], &["AR0901"]),
        ("a.json", "{\"a\" 1}", &[], &["AR0901"]),
        ("a.json", "[1 2]", &[], &["AR0901"]),
        ("a.json", "[1}", &[], &["AR0901"]),
        ("a.json", "\"open", &[], &["AR0901"]),
        ("a.json", "\"\\x\"", &[], &["AR0901"]),
        ("a.json", "\"\\u12", &[], &["AR0901"]),
        ("a.json", "{} {}", &[], &["AR0901"]),
        ("a.json", "nul", &[], &["AR0901"]),
        ("a.json", "", &[], &[]),
    ] {
        check(name, text, documents, codes);
    }
}

#[test]
fn spans_are_the_bytes_of_what_was_written() {
    let text = "ä: ['ö', \"ü\"]\nblock: |\n  one\n\nnext: plain text \nmap:\n  k: v\n";
    let source = source("a.yaml", text);
    let tree = parse(FileId(3), &source);
    let root = tree.root().unwrap();
    let at = |node: Node<'_>| &text[node.span().start as usize..node.span().end as usize];
    let items: Vec<&str> = root.get("ä").unwrap().items().map(at).collect();
    assert_eq!(items, ["'ö'", "\"ü\""]);
    assert_eq!(at(root.entry("next").unwrap().0), "next");
    assert_eq!(at(root.get("next").unwrap()), "plain text");
    assert_eq!(at(root.get("map").unwrap()), "k: v");
    assert!(at(root.get("block").unwrap()).ends_with("one"));
    assert_eq!(root.span().file, FileId(3));
}

#[test]
fn values_are_asked_by_type() {
    let source = source("a.yaml", "port: '8080'\non: yes\noff: 'no'\nnothing:\n");
    let tree = parse(FileId(0), &source);
    let root = tree.root().unwrap();
    assert_eq!(root.get("port").unwrap().as_u64(), Some(8080));
    assert_eq!(root.get("on").unwrap().as_bool(), Some(true));
    assert_eq!(root.get("off").unwrap().as_bool(), None, "in quotes it is a text");
    assert!(root.get("nothing").unwrap().is_null());
    assert!(root.get("missing").is_none());
    assert!(root.get("port").unwrap().get("x").is_none());
}

#[test]
fn large_mappings_are_looked_up_by_their_index() {
    let mut text = String::from("keys:\n");
    for number in 0..500 {
        let _ = writeln!(text, "  key{}: {number}", number * 7919 % 500);
    }
    let source = source("a.yaml", &text);
    let tree = parse(FileId(0), &source);
    let root = tree.root().unwrap();
    for number in 0..500 {
        let key = format!("/keys/key{}", number * 7919 % 500);
        assert_eq!(root.pointer(&key).and_then(Node::as_u64), Some(number));
    }
    assert!(root.pointer("/keys/key500").is_none());
}

/// Texts that take for ever, or the stack, where a reader is careless.
#[test]
fn hostile_texts_end_in_a_finding() {
    let bomb =
        (1..12).fold(String::from("l0: &l0 [x, x, x, x, x, x, x, x]\n"), |mut text, level| {
            let item = format!("*l{}", level - 1);
            let _ = writeln!(text, "l{level}: &l{level} [{}]", [item.as_str(); 8].join(", "));
            text
        });
    let merges = {
        let keys: String = (0..2000).map(|it| format!("k{it}: v\n  ")).collect();
        let users: String = (0..2000).map(|it| format!("u{it}: {{<<: *x}}\n")).collect();
        format!("x: &x\n  {keys}\n{users}")
    };
    for (name, text, code) in [
        // The scanner counts brackets itself and stops first.
        ("a.yaml", "[".repeat(100_000), "AR0901"),
        ("a.yaml", "[\n ".repeat(100_000), "AR0901"),
        ("a.yaml", "{a: ".repeat(100_000), "AR0901"),
        ("a.yaml", "- ".repeat(100_000), "AR0903"),
        ("a.yaml", "? ".repeat(100_000), "AR0903"),
        ("a.yaml", "a: {".repeat(100_000), "AR0903"),
        ("a.json", "[".repeat(100_000), "AR0903"),
        ("a.json", "{\"a\":".repeat(100_000), "AR0903"),
        ("a.json", format!("[{}1]", "1,".repeat(VALUES_MAX)), "AR0903"),
        ("a.yaml", " ".repeat(BYTES_MAX + 1), "AR0903"),
        ("a.yaml", bomb, "AR0903"),
        ("a.yaml", merges, "AR0903"),
        ("a.yaml", format!("a: \"{}", "x".repeat(1 << 20)), "AR0901"),
        ("a.yaml", format!("a: [{}", "x, ".repeat(50_000)), "AR0901"),
        ("a.yaml", "---\na: [\n".repeat(100_000), "AR0901"),
    ] {
        let source = source(name, &text);
        let tree = parse(FileId(0), &source);
        assert!(tree.documents().next().is_none());
        let codes: Vec<&str> = tree.findings.iter().map(|it| it.code.0).collect();
        assert!(codes.contains(&code), "{:?}: {codes:?}", text.get(..20));
    }
}

#[test]
fn long_but_honest_texts_are_read() {
    let line = format!("a: {}\n", "word ".repeat(200_000));
    let many = "key: {list: [1, 2, three], text: \"some text\"}\n---\n".repeat(20_000);
    let deep = (0..DEPTH_MAX - 1)
        .fold(String::new(), |text, level| format!("{text}{}k:\n", " ".repeat(level)));
    let json =
        format!("[{}{{}}]", "{\"name\": \"some \\\"text\\\"\", \"list\": [1, 2]},".repeat(60_000));
    for (name, text, documents) in
        [("a.yaml", line, 1), ("a.yaml", many, 20_001), ("a.yaml", deep, 1), ("a.json", json, 1)]
    {
        let source = source(name, &text);
        let tree = parse(FileId(0), &source);
        assert_eq!(tree.findings, [], "{:?}", text.get(..20));
        assert_eq!(tree.documents().count(), documents);
    }
}

/// Pieces that mean something to one of the readers, in any order.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "a",
            "b: ",
            "- ",
            "\n",
            "\n  ",
            "? ",
            ": ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "'",
            "&x ",
            "*x",
            "<<: ",
            "---\n",
            "...\n",
            "!t ",
            "|\n",
            ">-\n",
            "#",
            "\t",
            "\r\n",
            "%YAML 1.2\n",
            "\\u12",
            "\u{feff}",
            "\u{2028}",
            "ä",
            "😀",
            "\u{85}",
            "~",
            "{{ .Values.x }}",
            "@",
            "`",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn no_text_is_too_strange(pieces in prop::collection::vec(piece(), 0..40), json in any::<bool>()) {
        let text = pieces.concat();
        let source = source(if json { "a.json" } else { "a.yaml" }, &text);
        let tree = parse(FileId(0), &source);
        for document in tree.documents() {
            let _ = shown(document);
            let span = document.span();
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
        }
        for finding in &tree.findings {
            let span = finding.span();
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let source = source("a.yaml", &String::from_utf8_lossy(&bytes));
        let tree = parse(FileId(0), &source);
        prop_assert!(tree.documents().count() <= source.text.len() + 1);
    }
}
