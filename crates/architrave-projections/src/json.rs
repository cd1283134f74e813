//! JSON that keeps the order in which it was written, so that documents read as their author meant.
//!
//! `serde_json` sorts members unless its `preserve_order` feature is on, and features are shared by the
//! whole workspace; a document writer needs no more than this.

use std::fmt::Write as _;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// Members in order.
    Object(Vec<(String, Json)>),
}

impl From<&str> for Json {
    fn from(it: &str) -> Self {
        Self::Text(it.to_owned())
    }
}

impl From<String> for Json {
    fn from(it: String) -> Self {
        Self::Text(it)
    }
}

impl From<bool> for Json {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl From<i64> for Json {
    fn from(it: i64) -> Self {
        Self::Int(it)
    }
}

impl From<u32> for Json {
    fn from(it: u32) -> Self {
        Self::Int(i64::from(it))
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(it: Vec<T>) -> Self {
        Self::Array(it.into_iter().map(Into::into).collect())
    }
}

/// An object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A reference to a component, e.g. `schemas/Product`.
pub(crate) fn reference(component: &str) -> Json {
    object([("$ref", format!("#/components/{component}").into())])
}

impl Json {
    /// Adds a member behind the others; nothing happens to what is no object.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((name.to_owned(), value.into()));
        }
        self
    }

    /// Adds a member unless its text is empty.
    pub(crate) fn with_text(self, name: &str, text: &str) -> Self {
        if text.is_empty() { self } else { self.with(name, text) }
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|it| it.0 == name).map(|it| &it.1),
            _ => None,
        }
    }

    /// Two spaces a level, short lists of plain values on one line, a line feed at the end.
    pub(crate) fn to_pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    fn is_plain(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }

    fn write(&self, out: &mut String, level: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
            Self::Int(it) => write_int(*it, out),
            Self::Text(it) => write_text(it, out),
            Self::Array(items) if items.iter().all(Self::is_plain) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.write(out, level);
                }
                out.push(']');
            }
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    new_line(out, index, level + 1);
                    item.write(out, level + 1);
                }
                new_line(out, 0, level);
                out.push(']');
            }
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    new_line(out, index, level + 1);
                    write_text(name, out);
                    out.push_str(": ");
                    value.write(out, level + 1);
                }
                new_line(out, 0, level);
                out.push('}');
            }
        }
    }
}

fn new_line(out: &mut String, index: usize, level: usize) {
    out.push_str(if index == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n("  ", level));
}

fn write_int(value: i64, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "{value}");
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            it if u32::from(it) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(it));
            }
            it => out.push(it),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_in_the_order_written_and_escapes() {
        let json = object([
            ("b", vec![1_i64, 2].into()),
            ("a", object([("quote \" \u{1}", Json::Null)])),
            ("list", Json::Array(vec![object([]), "line\nbreak".into()])),
        ]);
        let expected = "{\n  \"b\": [1, 2],\n  \"a\": {\n    \"quote \\\" \\u0001\": null\n  },\n  \"list\": [\n    {},\n    \"line\\nbreak\"\n  ]\n}\n";
        assert_eq!(json.to_pretty(), expected);
        assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
    }
}
