//! Binds what a statement's placeholders stand for.

use architrave_engine::{Caller, ports::Filter};
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

use super::codec;
use crate::{
    shared::{
        list::after_prefix,
        stored::{Stored, append_json, lookup_hash, stored},
    },
    vault::Vault,
};

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
                Some(Value::Text(start)) => after(start),
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
            // And these only PostgreSQL's.
            Parameter::Tier(_) | Parameter::Words => NULL,
        }
    }

    fn filter<'a>(&'a self, filter: &'a Filter) -> ToSqlOutput<'a> {
        let Some(column) = self.table.columns.get(usize::from(filter.column.0)) else {
            return NULL;
        };
        let hash = |value: &Value| lookup_hash((self.plan, self.vault), self.table, column, value);
        let is_hashed = column.lookup.is_some();
        match (&filter.value, filter.operator) {
            (Value::List(items), FilterOperator::In) => {
                let mut out = vec![b'['];
                for item in items {
                    if out.len() > 1 {
                        out.push(b',');
                    }
                    if is_hashed {
                        append_json(&mut out, &Stored::Bytes(hash(item).as_slice().into()));
                    } else {
                        append_json(&mut out, &stored(self.plan, &column.ty, item));
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

/// The end of a range of texts. Where there is none an empty blob: SQLite counts blobs as greater than all texts.
fn after(start: &str) -> ToSqlOutput<'static> {
    after_prefix(start).map_or(ToSqlOutput::Borrowed(ValueRef::Blob(&[])), ToSqlOutput::from)
}
