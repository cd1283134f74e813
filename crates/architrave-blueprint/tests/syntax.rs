//! What the parser makes of good text.

#[expect(dead_code, reason = "the generators serve the properties")]
mod support;

use architrave_blueprint::syntax::ast::{ExpressionKind, File, Item};
use architrave_blueprint::syntax::parse;
use architrave_model::FileId;

const STOREFRONT: &str = include_str!("../../../examples/storefront/blueprint.hcl");

fn read(text: &str) -> File {
    let (file, findings) = parse(FileId(0), text);
    assert!(findings.is_empty(), "{text}\n{findings:#?}");
    file
}

#[test]
fn the_storefront_is_read_without_findings() {
    let file = read(STOREFRONT);
    assert_eq!(file.items.len(), 16);
}

/// The first item's documentation.
fn documentation(text: &str) -> String {
    match read(text).items.into_iter().next() {
        Some(Item::Attribute(attribute)) => attribute.doc,
        Some(Item::Block(block)) => block.doc,
        None => String::new(),
    }
}

#[test]
fn comments_directly_above_an_item_document_it() {
    let check = |text: &str, expected: &str| assert_eq!(documentation(text), expected, "{text}");
    check("# A shop.\na = 1\n", "A shop.");
    check("# A shop.\n# Of shops.\na {\n}\n", "A shop.\nOf shops.");
    check("// A shop.\r\na = 1\r\n", "A shop.");
    check("/* A shop.\n * Of shops. */\na = 1\n", "A shop.\nOf shops.");
    check("# ── People ──\n\na = 1\n", "");
    check("# ── People ──\n\n# A shop.\na = 1\n", "A shop.");
    check("a = 1 # A shop.\n", "");
}

/// The text that the first setting holds.
fn value(text: &str) -> String {
    match read(text).items.into_iter().next() {
        Some(Item::Attribute(attribute)) => match attribute.value.kind {
            ExpressionKind::Text(text) => text,
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

#[test]
fn texts_mean_what_they_mean_in_hcl() {
    let check = |text: &str, expected: &str| assert_eq!(value(text), expected, "{text}");
    check(r#"a = "x""#, "x");
    check(r#"a = """#, "");
    check(r#"a = "\n\t\"\\ü\u00e9\U0001F600""#, "\n\t\"\\üé😀");
    check(r#"a = "$${x} %%{x} $x 5% $""#, "${x} %{x} $x 5% $");
    check("a = <<EOT\n  one\n two\n  EOT\n", "  one\n two\n");
    check("a = <<-EOT\n    one\n\n      two\n  EOT\n", "one\n\n  two\n");
    check("a = <<EOT\r\none\r\nEOT\r\n", "one\n");
    check("a = <<EOT\nEOT", "");
    check("\u{feff}a = \"x\"", "x");
}

/// A value as a tree.
fn tree(value: &str) -> String {
    let shape = support::shape(&read(&format!("a = {value}\n")));
    shape.trim_start_matches("\"\" a = ").trim_end().to_owned()
}

#[test]
fn operators_bind_as_in_hcl() {
    let check = |value: &str, expected: &str| assert_eq!(tree(value), expected, "{value}");
    check("a || b && c", "(Or (a) (And (b) (c)))");
    check("a && b || c", "(Or (And (a) (b)) (c))");
    check("a && b == c", "(And (a) (Equal (b) (c)))");
    check("a == b < c", "(Equal (a) (Less (b) (c)))");
    check("a < b + c", "(Less (a) (Add (b) (c)))");
    check("a + b * c", "(Add (a) (Multiply (b) (c)))");
    check("a - b - c", "(Subtract (Subtract (a) (b)) (c))");
    check("a % b * c", "(Multiply (Remainder (a) (b)) (c))");
    check("!a.b == -c[0]", "(Equal (Not ((a).b)) (Negate (index (c) (0))))");
    check("a ? b : c ? d : e", "(if (a) (b) (if (c) (d) (e)))");
    check("a || b ? c : d", "(if (Or (a) (b)) (c) (d))");
    check("[for x in a : x.y if x]", "(for x (a) ((x).y) (x))");
    check("f(a, \"x${b}y\",)", "(call f (a) (template (\"x\") (b) (\"y\")))");
    check("{ a = 1, \"b\" : [] }", "((\"\", \"a\", false) = (1)(\"\", \"b\", true) = (list))");
    check("(a)", "(parenthesis (a))");
    check("null", "(null)");
    check("0.50", "(0.50)");
}

#[test]
fn indentation_means_nothing_where_brackets_match() {
    let file = read("context a {\nentity B {\nx = [\n1,\n2\n]\n}\n      }\n");
    assert_eq!(file.items.len(), 1);
}
