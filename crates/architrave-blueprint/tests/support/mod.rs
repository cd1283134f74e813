//! What the tests of this crate share: the shape of a tree without places, and texts to try.

use architrave_blueprint::syntax::ast::{Block, Expression, ExpressionKind, File, Item};
use architrave_model::Span;
use proptest::prelude::*;

pub(crate) const STOREFRONT: &str = include_str!("../../../../examples/storefront/blueprint.hcl");

/// Everything that a file says, without places.
pub(crate) fn shape(file: &File) -> String {
    let mut shape = String::new();
    items(&file.items, &mut shape, &mut Vec::new());
    shape
}

/// Every place in a tree.
pub(crate) fn spans(file: &File) -> Vec<Span> {
    let mut spans = vec![file.end];
    items(&file.items, &mut String::new(), &mut spans);
    spans
}

fn items(items: &[Item], shape: &mut String, spans: &mut Vec<Span>) {
    for item in items {
        match item {
            Item::Attribute(attribute) => {
                spans.extend([attribute.span, attribute.name.span]);
                shape.push_str(&format!("{:?} {} = ", attribute.doc, attribute.name.text));
                expression(&attribute.value, shape, spans);
                shape.push('\n');
            }
            Item::Block(it) => block(it, shape, spans),
        }
    }
}

fn block(block: &Block, shape: &mut String, spans: &mut Vec<Span>) {
    spans.extend([block.span, block.open, block.close, block.kind.span]);
    shape.push_str(&format!("{:?} {}", block.doc, block.kind.text));
    for label in &block.labels {
        spans.push(label.name.span);
        shape.push_str(&format!(" {:?} {}", label.name.text, label.is_quoted));
    }
    shape.push_str(" {\n");
    items(&block.items, shape, spans);
    shape.push_str("}\n");
}

/// Writes an expression with all parentheses, so that precedence shows.
fn expression(it: &Expression, shape: &mut String, spans: &mut Vec<Span>) {
    spans.push(it.span);
    shape.push('(');
    match &it.kind {
        ExpressionKind::Number(text) | ExpressionKind::Name(text) => shape.push_str(text),
        ExpressionKind::Bool(value) => shape.push_str(&value.to_string()),
        ExpressionKind::Null => shape.push_str("null"),
        ExpressionKind::Text(text) => shape.push_str(&format!("{text:?}")),
        ExpressionKind::Error => shape.push_str("error"),
        ExpressionKind::Template(parts) => all("template", parts, shape, spans),
        ExpressionKind::List(parts) => all("list", parts, shape, spans),
        ExpressionKind::Call { name, arguments } => {
            spans.push(name.span);
            all(&format!("call {}", name.text), arguments, shape, spans);
        }
        ExpressionKind::Member { of, name } => {
            spans.push(name.span);
            expression(of, shape, spans);
            shape.push_str(&format!(".{}", name.text));
        }
        ExpressionKind::Index { of, index } => {
            all("index", [of.as_ref(), index.as_ref()], shape, spans);
        }
        ExpressionKind::Object(entries) => {
            for entry in entries {
                spans.push(entry.key.span);
                let key = (&entry.doc, &entry.key.text, entry.is_quoted);
                shape.push_str(&format!("{key:?} = "));
                expression(&entry.value, shape, spans);
            }
        }
        ExpressionKind::For { variable, source, body, condition } => {
            spans.push(variable.span);
            let parts = [Some(source), Some(body), condition.as_ref()];
            let parts = parts.into_iter().flatten().map(AsRef::as_ref);
            all(&format!("for {}", variable.text), parts, shape, spans);
        }
        ExpressionKind::Unary { operator, operand } => {
            all(&format!("{operator:?}"), [operand.as_ref()], shape, spans);
        }
        ExpressionKind::Binary { operator, operator_span, left, right } => {
            spans.push(*operator_span);
            all(&format!("{operator:?}"), [left.as_ref(), right.as_ref()], shape, spans);
        }
        ExpressionKind::Conditional { condition, then, otherwise } => {
            all("if", [condition.as_ref(), then.as_ref(), otherwise.as_ref()], shape, spans);
        }
        ExpressionKind::Parenthesis(inner) => all("parenthesis", [inner.as_ref()], shape, spans),
    }
    shape.push(')');
}

fn all<'a>(
    what: &str,
    parts: impl IntoIterator<Item = &'a Expression>,
    shape: &mut String,
    spans: &mut Vec<Span>,
) {
    shape.push_str(what);
    for part in parts {
        shape.push(' ');
        expression(part, shape, spans);
    }
}

/// Pieces that texts are thrown together from: the words of the language and what it stumbles over.
const PIECES: &[&str] = &[
    "a",
    "b_c",
    "Shop",
    "entity",
    "for",
    "in",
    "if",
    "true",
    "null",
    "0",
    "12.5",
    "1e3",
    "5MB",
    "x-y",
    "-",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    "&&",
    "&",
    "||",
    "!",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    ",",
    ".",
    "...",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\"t\"",
    "${",
    "$${",
    "%{",
    "\\",
    "\\n",
    "'",
    "“",
    "”",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "\r\n",
    " ",
    " ",
    " ",
    "\t",
    "# c",
    "// c\n",
    "/*",
    "*/",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "\u{feff}",
    "\u{202e}",
    "\u{a0}",
    "\u{1b}[2J",
    "é",
    "日",
    "😀",
    "\0",
    "@",
    ";",
    "~",
];

/// Text of words in any order.
pub(crate) fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|it| it.concat())
}

/// The storefront with some of it cut out, doubled or replaced.
pub(crate) fn mutated_storefront() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(PIECES));
    prop::collection::vec(change, 1..6).prop_map(|changes| {
        let mut text = STOREFRONT.to_owned();
        for (at, length, piece) in changes {
            let mut start = at.index(text.len());
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(start..end, piece);
        }
        text
    })
}

/// An expression of the language, spaced in many ways.
pub(crate) fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "this",
        "1",
        "0.5",
        "true",
        "null",
        "\"t\"",
        "\"x ${a.b} $${c}\"",
        "\"\\n\\u00e9\"",
        "[]",
        "{}",
        "f()",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 40, 4, |inner| {
        let two = (inner.clone(), inner.clone());
        let operator = prop::sample::select(vec![
            " || ", "&&", " == ", "!=", " < ", ">=", " + ", " - ", "*", " % ",
        ]);
        prop_oneof![
            (two.clone(), operator).prop_map(|((a, b), o)| format!("({a}){o}({b})")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("{a} ? {b} : {c}")),
            (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("{a} + {b} * ({c})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("({a}).name[0]")),
            two.clone().prop_map(|(a, b)| format!("f({a}, {b},)")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.clone().prop_map(|(a, b)| format!("[\n{a}, # note\n{b},\n]")),
            two.clone().prop_map(|(a, b)| format!("{{ k = {a}, \"l\" : {b} }}")),
            two.clone().prop_map(|(a, b)| format!("{{\n# doc\nk={a}\nlonger = {b}\n}}")),
            two.clone().prop_map(|(a, b)| format!("[for x in {a} : {b}]")),
            two.prop_map(|(a, b)| format!("[for x in {a} : x if {b}]")),
            inner.prop_map(|a| format!("(\n  {a}\n)")),
        ]
    })
}
