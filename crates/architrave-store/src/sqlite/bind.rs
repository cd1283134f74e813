//! Binds what a statement's placeholders stand for.

use architrave_engine::{Caller, ports::Filter, show::scalar};
use architrave_model::Value;
use architrave_plan::{
    ColumnType, FilterOperator, Plan, Table,
    sql::{Parameter, Statement as Text},
};
use rusqlite::{
    Statement,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use uuid::Uuid;

use super::codec::{self, plain_bytes};
use crate::vault::{Vault, append_hex};

/// What the placeholders of a read stand for.
pub(super) struct Values<'a> {
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) table: &'a Table,
    pub(super) caller: Option<&'a Caller>,
    pub(super) tenant: Option<Uuid>,
    pub(super) now_us: i64,
    pub(super) id: Uuid,
    pub(super) filters: &'a [Filter],
    /// (type, value) of the sort keys to go on from.
    pub(super) cursor: &'a [(ColumnType, Value)],
    pub(super) search: &'a str,
    pub(super) ids: &'a [u8],
    pub(super) limit: i64,
}

const NULL: ToSqlOutput<'static> = ToSqlOutput::Borrowed(ValueRef::Null);

/// Binds all parameters of a statement.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    text: &Text,
    values: &Values<'_>,
) -> Result<(), rusqlite::Error> {
    for (position, parameter) in (1..).zip(&text.parameters) {
        statement.raw_bind_parameter(position, values.of(*parameter))?;
    }
    Ok(())
}

fn uuid(id: Option<&Uuid>) -> ToSqlOutput<'_> {
    id.map_or(NULL, |it| ToSqlOutput::Borrowed(ValueRef::Blob(it.as_bytes())))
}

fn text(text: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
}

impl Values<'_> {
    fn of(&self, parameter: Parameter) -> ToSqlOutput<'_> {
        match parameter {
            Parameter::Id => uuid(Some(&self.id)),
            Parameter::Tenant => uuid(self.tenant.as_ref()),
            Parameter::CallerId => uuid(self.caller.and_then(|it| it.id.as_ref())),
            Parameter::CallerUser => uuid(self.caller.and_then(|it| it.user.as_ref())),
            Parameter::CallerTenant => uuid(self.caller.and_then(|it| it.tenant.as_ref())),
            Parameter::CallerIp => match self.caller.and_then(|it| it.ip) {
                Some(ip) => ToSqlOutput::from(ip.to_string()),
                None => NULL,
            },
            Parameter::CallerScopes => {
                let scopes = self.caller.map(|it| it.scopes.as_ref()).unwrap_or_default();
                ToSqlOutput::from(serde_json::to_string(scopes).unwrap_or_else(|_| "[]".to_owned()))
            }
            Parameter::Now => ToSqlOutput::from(self.now_us),
            Parameter::Filter(at) => self.filters.get(at).map_or(NULL, |it| self.filter(it)),
            Parameter::FilterEnd(at) => match self.filters.get(at).map(|it| &it.value) {
                Some(Value::Text(start)) => after_prefix(start),
                _ => NULL,
            },
            Parameter::Cursor(at) => {
                self.cursor.get(at).map_or(NULL, |(ty, value)| codec::stored(self.plan, ty, value))
            }
            Parameter::Search => text(self.search),
            Parameter::Ids => ToSqlOutput::Borrowed(ValueRef::Text(self.ids)),
            Parameter::Limit => ToSqlOutput::from(self.limit),
            // Only statements that write have these, and they bind them themselves.
            Parameter::Value(_) | Parameter::Lookup(_) | Parameter::Version => NULL,
        }
    }

    fn filter<'a>(&'a self, filter: &'a Filter) -> ToSqlOutput<'a> {
        let Some(column) = self.table.columns.get(usize::from(filter.column.0)) else {
            return NULL;
        };
        let hash = |value: &Value| {
            let plain = plain_bytes(self.plan, &column.ty, value);
            self.vault.lookup(&self.table.physical, &column.physical, &plain)
        };
        let is_hashed = column.lookup.is_some();
        match (&filter.value, filter.operator) {
            (Value::List(items), FilterOperator::In) => {
                let mut out = vec![b'['];
                for item in items {
                    if out.len() > 1 {
                        out.push(b',');
                    }
                    if is_hashed {
                        append_json(&mut out, ValueRef::Blob(&hash(item)));
                    } else {
                        let stored = codec::stored(self.plan, &column.ty, item);
                        append_json(&mut out, codec::borrowed(&stored));
                    }
                }
                out.push(b']');
                ToSqlOutput::Owned(Owned::Text(String::from_utf8(out).unwrap_or_default()))
            }
            (value, _) if is_hashed && !value.is_null() => {
                ToSqlOutput::Owned(Owned::Blob(hash(value).to_vec()))
            }
            (value, _) => codec::stored(self.plan, &column.ty, value),
        }
    }
}

/// A stored value as JSON: numbers, texts, bytes as hexadecimal text.
pub(super) fn append_json(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null | ValueRef::Real(_) => scalar::write_null(out),
        ValueRef::Integer(it) => scalar::write_int(out, it),
        ValueRef::Text(bytes) => scalar::write_text(out, &String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => {
            out.push(b'"');
            append_hex(out, bytes);
            out.push(b'"');
        }
    }
}

/// The smallest value that is greater than every text with this beginning. Where there is none (nothing
/// but the last character of Unicode) an empty blob: SQLite counts blobs as greater than all texts.
fn after_prefix(start: &str) -> ToSqlOutput<'static> {
    let mut characters: Vec<char> = start.chars().collect();
    while let Some(last) = characters.pop() {
        let next = match u32::from(last) + 1 {
            // Surrogates are no characters; UTF-8 and its byte order skip them.
            0xd800 => Some('\u{e000}'),
            next => char::from_u32(next),
        };
        if let Some(next) = next {
            characters.push(next);
            return ToSqlOutput::from(characters.into_iter().collect::<String>());
        }
    }
    ToSqlOutput::Borrowed(ValueRef::Blob(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_text() {
        for (start, end) in [
            ("AB", Some("AC")),
            ("a\u{10ffff}", Some("b")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            let found = after_prefix(start);
            match (codec::borrowed(&found), end) {
                (ValueRef::Text(text), Some(end)) => assert_eq!(text, end.as_bytes()),
                (ValueRef::Blob(_), None) => {}
                (other, _) => panic!("{start}: {other:?}"),
            }
        }
    }
}
