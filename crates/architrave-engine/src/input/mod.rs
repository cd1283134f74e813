//! Requests' bodies: strict JSON in, typed members out, every mistake named with its JSON pointer.

mod bounds;
mod convert;
mod json;
mod number;
mod text;
mod time;

pub(crate) use bounds::out_of_bounds;
pub(crate) use convert::{Given, GivenPart, GivenValue, Mode, convert};
pub use json::{Json, read_json};
pub(crate) use text::{parse_uuid, scalar_from_text};
pub use time::parse_date;

use architrave_plan::ColumnType;

use crate::ProblemDetail;

/// Most mistakes that one answer names; a body full of them needs no longer list.
pub(crate) const ERRORS_MAX: usize = 100;

/// Why a single value does not fit: a stable code and the reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Misfit {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// Says where.
    pub(crate) fn at(self, pointer: &str) -> ProblemDetail {
        ProblemDetail {
            pointer: Some(pointer.to_owned()),
            parameter: None,
            code: self.code.to_owned(),
            detail: self.detail,
        }
    }
}

/// A JSON pointer one step further (RFC 6901: `~` and `/` are escaped).
#[must_use]
pub fn step(pointer: &str, name: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + name.len() + 1);
    longer.push_str(pointer);
    longer.push('/');
    for it in name.chars() {
        match it {
            '~' => longer.push_str("~0"),
            '/' => longer.push_str("~1"),
            other => longer.push(other),
        }
    }
    longer
}

/// A stored list as a value: the JSON text is the one that is shown.
///
/// # Errors
/// A text that is no such list, which only a foreign hand can have written.
pub fn parse_list(item: &ColumnType, text: &str) -> Result<architrave_model::Value, String> {
    let Ok(Json::List(items)) = read_json(text.as_bytes()) else {
        return Err("a stored list is not a JSON list".to_owned());
    };
    let value = |it: &Json| convert::stored_value(item, it);
    Ok(architrave_model::Value::List(items.iter().map(value).collect::<Result<_, _>>()?))
}
