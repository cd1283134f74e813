//! Strict JSON: a tree without duplicate members, deep nesting, lone surrogates or numbers that would
//! silently change.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{ERRORS_MAX, Misfit, number, step};
use crate::{Problem, ProblemDetail};

/// Deepest nesting of a body. The bound keeps recursion off the stack's end.
const DEPTH_MAX: usize = 64;
/// Most numbers with a fraction or an exponent in one body: each is remembered with its place.
const FRACTIONS_MAX: usize = 10_000;

const TOO_MANY_DIGITS: &str = "The number has too many digits to be kept.";

/// A JSON value as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The number that was sent, not a rounded one.
    Number(serde_json::Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// In the order of the text; no name twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of that name; none where this is no object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(it, _)| it == name).map(|(_, it)| it),
            _ => None,
        }
    }

    /// Appends it as JSON text without insignificant white space.
    pub fn write(&self, out: &mut Vec<u8>) {
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
    #[must_use]
    pub fn type_name(&self) -> &'static str {
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
pub fn read_json(body: &[u8]) -> Result<Json, Problem> {
    let mut state = State::default();
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let outcome = Node { state: &mut state }
        .deserialize(&mut deserializer)
        .and_then(|it| deserializer.end().map(|()| it));
    state.check_fractions(body);
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

#[derive(Default)]
struct State {
    path: Vec<String>,
    errors: Vec<ProblemDetail>,
    /// Numbers so far.
    numbers: usize,
    /// Those of them that came as binary fractions: which number, what it became, and where it stands.
    fractions: Vec<(usize, serde_json::Number, String)>,
}

impl State {
    fn pointer(&self) -> String {
        self.path.iter().fold(String::new(), |pointer, it| step(&pointer, it))
    }

    /// Reports fractions that are not the number that was sent: `0.1` is kept, `0.10000000000000000001` is not.
    fn check_fractions(&mut self, body: &[u8]) {
        if self.fractions.is_empty() {
            return;
        }
        let mut sent = number::tokens(body).enumerate();
        for (index, kept, pointer) in std::mem::take(&mut self.fractions) {
            let text = sent.find(|(at, _)| *at == index).map(|(_, text)| text);
            if text.is_some_and(|it| number::is_same(it, &kept)) || self.errors.len() >= ERRORS_MAX
            {
                continue;
            }
            self.errors.push(Misfit::new("number-out-of-range", TOO_MANY_DIGITS).at(&pointer));
        }
    }

    fn report(&mut self, code: &'static str, detail: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Misfit::new(code, detail).at(&self.pointer()));
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
        self.state.numbers += 1;
        Ok(Json::Number(it.into()))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Json, E> {
        self.state.numbers += 1;
        Ok(Json::Number(it.into()))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Json, E> {
        // 2^64: whole numbers from here on reach us as floats that may differ from what was sent.
        const WHOLE_MAX: f64 = 18_446_744_073_709_551_616.0;
        // JSON has no infinities; one cannot come out of a parser that refuses what is out of range.
        let Some(number) = serde_json::Number::from_f64(it) else { return Ok(Json::Null) };
        if it.abs() >= WHOLE_MAX {
            self.state.report("number-out-of-range", TOO_MANY_DIGITS);
        } else if self.state.fractions.len() < FRACTIONS_MAX {
            let pointer = self.state.pointer();
            self.state.fractions.push((self.state.numbers, number.clone(), pointer));
        } else {
            self.state.report("too-many", format!("At most {FRACTIONS_MAX} fractions are taken."));
        }
        self.state.numbers += 1;
        Ok(Json::Number(number))
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
        refused(
            r#"{"a":[1,0.1,3.14159265358979323846],"s":"1.5 \" 2","n":1e-400,"b":9007199254740993.0}"#,
            &[
                ("/a/2", "number-out-of-range"),
                ("/n", "number-out-of-range"),
                ("/b", "number-out-of-range"),
            ],
        );
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
