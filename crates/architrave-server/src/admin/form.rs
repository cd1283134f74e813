//! Bodies of the administrator's API: strict JSON with a few known members, every mistake with its pointer.

use std::ops::RangeInclusive;

use architrave_engine::{Json, Problem, ProblemDetail, read_json, step};
use uuid::Uuid;

/// A body that is being read.
pub(super) struct Form {
    json: Json,
    errors: Vec<ProblemDetail>,
}

impl Form {
    /// Reads a body with these members and no others.
    ///
    /// # Errors
    /// `malformed-request` for what is no strict JSON.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        let mut form = Self { json: read_json(body)?, errors: Vec::new() };
        match &form.json {
            Json::Object(members) => {
                let names = members.iter().map(|(name, _)| name.clone());
                let unknown: Vec<String> =
                    names.filter(|it| !known.contains(&it.as_str())).collect();
                for name in unknown {
                    form.report("unknown-member", "There is no such member.", &step("", &name));
                }
            }
            other => {
                let detail = format!("Must be an object, not {}.", other.type_name());
                form.report("wrong-type", detail, "");
            }
        }
        Ok(form)
    }

    fn report(&mut self, code: &str, detail: impl Into<String>, pointer: &str) {
        self.errors.push(ProblemDetail {
            pointer: Some(pointer.to_owned()),
            parameter: None,
            code: code.to_owned(),
            detail: detail.into(),
        });
    }

    fn misfit(&mut self, wanted: &str, found: &Json, pointer: &str) {
        let detail = format!("Must be {wanted}, not {}.", found.type_name());
        self.report("wrong-type", detail, pointer);
    }

    /// A member that was sent and is not null.
    fn member(&self, name: &str) -> Option<Json> {
        self.json.member(name).filter(|it| **it != Json::Null).cloned()
    }

    /// Says that a member must be there.
    pub(super) fn require(&mut self, name: &str) {
        if self.member(name).is_none() && matches!(self.json, Json::Object(_)) {
            self.report("required", "Must be there.", &step("", name));
        }
    }

    /// A text of so many characters.
    pub(super) fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let sent = self.member(name)?;
        let Json::Text(text) = sent else {
            self.misfit("a string", &sent, &step("", name));
            return None;
        };
        let count = text.chars().count();
        if length.contains(&count) {
            return Some(text);
        }
        let code = if count < *length.start() { "too-short" } else { "too-long" };
        let detail = format!("Must have {} to {} characters.", length.start(), length.end());
        self.report(code, detail, &step("", name));
        None
    }

    /// A list of texts; empty where none was sent.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(sent) = self.member(name) else { return Vec::new() };
        let pointer = step("", name);
        let Json::List(items) = sent else {
            self.misfit("an array", &sent, &pointer);
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Json::Text(text) => texts.push(text),
                other => self.misfit("a string", &other, &step(&pointer, &index.to_string())),
            }
        }
        texts
    }

    /// An id.
    pub(super) fn id(&mut self, name: &str) -> Option<Uuid> {
        let sent = self.member(name)?;
        let id = match &sent {
            Json::Text(text) => Uuid::try_parse(text).ok(),
            _ => None,
        };
        if id.is_none() {
            self.report("format", "Must be a UUID.", &step("", name));
        }
        id
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, name: &str, within: RangeInclusive<i64>) -> Option<i64> {
        let sent = self.member(name)?;
        let number = match &sent {
            Json::Number(it) => it.as_i64(),
            _ => None,
        };
        let pointer = step("", name);
        let Some(number) = number else {
            self.misfit("a whole number", &sent, &pointer);
            return None;
        };
        if within.contains(&number) {
            return Some(number);
        }
        let code = if number < *within.start() { "too-small" } else { "too-large" };
        let detail = format!("Must be {} to {}.", within.start(), within.end());
        self.report(code, detail, &pointer);
        None
    }

    /// A body within this one, as JSON.
    pub(super) fn body(&mut self, name: &str) -> Vec<u8> {
        let mut body = Vec::new();
        if let Some(json) = self.member(name) {
            json.write(&mut body);
        }
        body
    }

    /// Says that two members go together: both, or none.
    pub(super) fn together(&mut self, one: &str, other: &str) {
        match (self.member(one), self.member(other)) {
            (Some(_), None) => self.require(other),
            (None, Some(_)) => self.require(one),
            _ => {}
        }
    }

    /// Refuses the body where anything did not fit.
    ///
    /// # Errors
    /// `invalid-body` with all of it.
    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let detail = match self.errors.len() {
            1 => "One member does not fit.".to_owned(),
            count => format!("{count} members do not fit."),
        };
        Err(Problem::of("invalid-body", detail).with(self.errors))
    }
}
