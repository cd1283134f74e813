//! Strict JSON: a tree without duplicate members, deep nesting, lone surrogates or numbers that would
//! silently change.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{ERRORS_MAX, Misfit, step};
use crate::{Problem, ProblemDetail};

/// Deepest nesting of a body. The bound keeps recursion off the stack's end.
const DEPTH_MAX: usize = 64;

/// A JSON value as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    /// In the order of the text; no name twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of that name.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(it, _)| it == name).map(|(_, it)| it),
            _ => None,
        }
    }

    /// The same as JSON text without insignificant white space.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        use crate::show::scalar;
        match self {
            Self::Null => scalar::write_null(out),
            Self::Bool(it) => scalar::write_bool(out, *it),
            Self::Number(it) => out.extend_from_slice(it.to_string().as_bytes()),
            Self::Text(it) => scalar::write_text(out, it),
            Self::List(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    scalar::write_text(out, name);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// What it is, for messages.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads a body.
///
/// # Errors
/// `malformed-request`, naming every place that strict JSON does not allow, or the first place that is
/// no JSON at all.
pub(crate) fn read_json(body: &[u8]) -> Result<Json, Problem> {
    let mut state = State { path: Vec::new(), errors: Vec::new() };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let outcome = Node { state: &mut state }
        .deserialize(&mut deserializer)
        .and_then(|it| deserializer.end().map(|()| it));
    let outcome = match outcome {
        Ok(it) if state.errors.is_empty() => return Ok(it),
        Ok(_) => Problem::of("malformed-request", "The body is not strict JSON."),
        Err(error) if state.errors.is_empty() => {
            let detail = error.to_string();
            state.report("syntax", detail.clone());
            Problem::of("malformed-request", format!("The body is not valid JSON: {detail}."))
        }
        Err(_) => Problem::of("malformed-request", "The body is not strict JSON."),
    };
    Err(outcome.with(state.errors))
}

struct State {
    path: Vec<String>,
    errors: Vec<ProblemDetail>,
}

impl State {
    fn report(&mut self, code: &'static str, detail: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            let pointer = self.path.iter().fold(String::new(), |pointer, it| step(&pointer, it));
            self.errors.push(Misfit::new(code, detail).at(&pointer));
        }
    }
}

struct Node<'a> {
    state: &'a mut State,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Json, E> {
        Ok(Json::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Json, E> {
        Ok(Json::Number(it.into()))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Json, E> {
        Ok(Json::Number(it.into()))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Json, E> {
        // 2^64: whole numbers from here on reach us as floats that may differ from what was sent.
        const WHOLE_MAX: f64 = 18_446_744_073_709_551_616.0;
        if it.abs() >= WHOLE_MAX {
            self.state.report("number-out-of-range", "The number has too many digits to be kept.");
        }
        Ok(serde_json::Number::from_f64(it).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, it: &str) -> Result<Json, E> {
        Ok(Json::Text(it.to_owned()))
    }

    fn visit_string<E>(self, it: String) -> Result<Json, E> {
        Ok(Json::Text(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        self.state.enter::<A::Error>()?;
        let mut items = Vec::new();
        loop {
            self.state.path.push(items.len().to_string());
            let next = access.next_element_seed(Node { state: &mut *self.state })?;
            self.state.path.pop();
            match next {
                Some(it) => items.push(it),
                None => return Ok(Json::List(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        self.state.enter::<A::Error>()?;
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        while let Some(name) = access.next_key::<String>()? {
            self.state.path.push(name.clone());
            let value = access.next_value_seed(Node { state: &mut *self.state })?;
            if seen.insert(name.clone()) {
                members.push((name, value));
            } else {
                self.state.report("duplicate-member", "The member stands there more than once.");
            }
            self.state.path.pop();
        }
        Ok(Json::Object(members))
    }
}

impl State {
    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        // The path grows by one per level, and by one for the member being read.
        if self.path.len() < DEPTH_MAX {
            return Ok(());
        }
        self.report("too-deep", format!("At most {DEPTH_MAX} levels of nesting are taken."));
        Err(E::custom("too deep"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(body: &str, expected: &[(&str, &str)]) {
        let problem = read_json(body.as_bytes()).expect_err(body);
        assert_eq!((problem.code.as_str(), problem.status), ("malformed-request", 400));
        let found: Vec<_> = problem
            .errors
            .iter()
            .map(|it| (it.pointer.as_deref().unwrap_or("?"), it.code.as_str()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn what_strict_json_does_not_allow_is_refused_with_its_place() {
        refused(
            r#"{"a":1,"b":{"c":1,"c":2},"a":3}"#,
            &[("/b/c", "duplicate-member"), ("/a", "duplicate-member")],
        );
        refused(r#"{"a":["x","\ud800"]}"#, &[("/a/1", "syntax")]);
        refused(r#"{"n":123456789012345678901}"#, &[("/n", "number-out-of-range")]);
        refused(r#"{"n":1e999}"#, &[("/n", "syntax")]);
        refused("{", &[("", "syntax")]);
        refused("", &[("", "syntax")]);
        refused("{} {}", &[("", "syntax")]);
        refused("{\"a\":NaN}", &[("/a", "syntax")]);
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        refused(&deep, &[(&"/0".repeat(64), "too-deep")]);
        refused(r#"{"a/b~":{"x":1,"x":1}}"#, &[("/a~1b~0/x", "duplicate-member")]);
    }

    #[test]
    fn what_is_read_is_written_back() {
        for text in
            [r#"{"a":[1,-2,1.5,true,null,"x\n"],"b":{}}"#, "[]", "\"\"", "18446744073709551615"]
        {
            let mut out = Vec::new();
            read_json(text.as_bytes()).unwrap().write(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert!(read_json(deep.as_bytes()).is_ok());
    }
}
