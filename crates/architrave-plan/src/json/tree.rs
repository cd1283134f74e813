//! A JSON tree that keeps the order of its members, and prints what is short on one line.

use std::{borrow::Cow, iter};

/// Longest line before a list or object is broken up, indentation included.
const WIDTH: usize = 110;

/// A JSON value. Texts are those of the plan where it has them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'p> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'p, str>),
    Array(Vec<Json<'p>>),
    Object(Vec<(Cow<'p, str>, Json<'p>)>),
}

/// An object without the members that say nothing: null, false and empty lists.
pub(super) fn object<'p, Name: Into<Cow<'p, str>>>(members: Vec<(Name, Json<'p>)>) -> Json<'p> {
    let says_something =
        |it: &Json<'p>| !matches!(it, Json::Null | Json::Bool(false)) && !it.is_empty();
    let named = members.into_iter().map(|(name, it)| (name.into(), it));
    Json::Object(named.filter(|(_, it)| says_something(it)).collect())
}

impl<'p> Json<'p> {
    pub(super) fn text(text: impl Into<Cow<'p, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn number(number: impl Into<i64>) -> Self {
        Self::Number(number.into())
    }

    pub(super) fn texts<Text: Into<Cow<'p, str>>>(all: impl IntoIterator<Item = Text>) -> Self {
        Self::Array(all.into_iter().map(Self::text).collect())
    }

    pub(super) fn optional(text: Option<impl Into<Cow<'p, str>>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub(super) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0, 0);
        out.push('\n');
        out
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Array(all) => all.is_empty(),
            Self::Object(all) => all.is_empty(),
            _ => false,
        }
    }

    /// `taken`: width of what stands before it on its line.
    fn write(&self, out: &mut String, depth: usize, taken: usize) {
        let start = out.len();
        let chars_left = WIDTH.checked_sub(taken);
        if chars_left.and_then(|it| Line { out, chars_left: it }.value(self)).is_some() {
            return;
        }
        out.truncate(start);
        match self {
            Self::Array(all) => broken(out, depth, ['[', ']'], all.iter().map(|it| (None, it))),
            Self::Object(all) => {
                let named = all.iter().map(|(name, it)| (Some(name.as_ref()), it));
                broken(out, depth, ['{', '}'], named);
            }
            Self::Text(text) => quote(out, text),
            Self::Null | Self::Bool(_) | Self::Number(_) => out.push_str(&self.word()),
        }
    }

    /// What is neither text nor made of others.
    fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Bool(true) => "true".into(),
            Self::Bool(false) => "false".into(),
            Self::Number(it) => it.to_string().into(),
            _ => "null".into(),
        }
    }
}

/// Writes an array or object with each item on a line of its own.
fn broken<'j>(
    out: &mut String,
    depth: usize,
    [open, close]: [char; 2],
    items: impl Iterator<Item = (Option<&'j str>, &'j Json<'j>)>,
) {
    out.push(open);
    for (position, (name, item)) in items.enumerate() {
        out.push_str(if position == 0 { "\n" } else { ",\n" });
        let start = out.len();
        indent(out, depth + 1);
        if let Some(name) = name {
            quote(out, name);
            out.push_str(": ");
        }
        // One more for the comma.
        let taken = out.len() - start + 1;
        item.write(out, depth + 1, taken);
    }
    out.push('\n');
    indent(out, depth);
    out.push(close);
}

fn indent(out: &mut String, depth: usize) {
    out.extend(iter::repeat_n("  ", depth));
}

/// Writes a text with its quotes.
fn quote(out: &mut String, text: &str) {
    let is_plain = |it: u8| it >= b' ' && it != b'"' && it != b'\\';
    if text.bytes().all(is_plain) {
        out.extend(["\"", text, "\""]);
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

/// A value on one line for as long as it fits: what does not is given up at once, so that trying costs a line at most
/// and not all that is in the value.
struct Line<'o> {
    out: &'o mut String,
    chars_left: usize,
}

impl Line<'_> {
    /// None where it does not fit; what was written until then is of no use.
    fn value(&mut self, value: &Json<'_>) -> Option<()> {
        match value {
            Json::Array(all) => {
                self.push("[")?;
                for (position, it) in all.iter().enumerate() {
                    self.push(if position == 0 { "" } else { ", " })?;
                    self.value(it)?;
                }
                self.push("]")
            }
            Json::Object(all) => {
                self.push("{ ")?;
                for (position, (name, it)) in all.iter().enumerate() {
                    self.push(if position == 0 { "" } else { ", " })?;
                    self.quoted(name)?;
                    self.push(": ")?;
                    self.value(it)?;
                }
                self.push(" }")
            }
            Json::Text(text) => self.quoted(text),
            Json::Null | Json::Bool(_) | Json::Number(_) => self.push(&value.word()),
        }
    }

    fn quoted(&mut self, text: &str) -> Option<()> {
        let start = self.out.len();
        quote(self.out, text);
        self.take(self.out.get(start..).unwrap_or_default().chars().count())
    }

    fn push(&mut self, text: &str) -> Option<()> {
        self.out.push_str(text);
        self.take(text.chars().count())
    }

    fn take(&mut self, chars: usize) -> Option<()> {
        self.chars_left = self.chars_left.checked_sub(chars)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Json<'_> {
        Json::Array(vec![Json::text(text), Json::Null])
    }

    #[test]
    fn what_fits_stands_on_one_line_and_the_rest_is_broken_up() {
        // The longest item that fits: its indentation, its quotes and the comma behind it are part of the line.
        let fits = "ä".repeat(WIDTH - 5);
        let too_long = "ä".repeat(WIDTH - 4);
        let inner = Json::Array(vec![Json::text(&fits)]);
        let small = object(vec![("a\"\u{1}", Json::text("b\\")), ("n", Json::number(-1))]);
        let empty = Json::Object(Vec::new());
        for (value, text) in [
            (list("x"), "[\"x\", null]\n".to_owned()),
            (small, "{ \"a\\\"\\u0001\": \"b\\\\\", \"n\": -1 }\n".to_owned()),
            (empty, "{  }\n".to_owned()),
            (list(&fits), format!("[\n  \"{fits}\",\n  null\n]\n")),
            (list(&too_long), format!("[\n  \"{too_long}\",\n  null\n]\n")),
            (
                object(vec![("name", Json::Array(vec![inner, Json::Bool(true)]))]),
                format!("{{\n  \"name\": [\n    [\n      \"{fits}\"\n    ],\n    true\n  ]\n}}\n"),
            ),
        ] {
            assert_eq!(value.pretty(), text);
        }
    }
}
