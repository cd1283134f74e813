//! What the placeholders of a read stand for.

use architrave_engine::{Caller, ports::Filter};
use architrave_model::Value;
use architrave_plan::{
    Column, FilterOperator, Plan, Table,
    sql::{Parameter, Statement as Text},
};
use uuid::Uuid;

use crate::{
    postgres::value::{Bound, bound},
    shared::{list::after_prefix, stored::lookup_hash},
    vault::Vault,
};

/// What the placeholders of a read stand for.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) plan: &'a Plan,
    pub(super) vault: &'a Vault,
    pub(super) table: &'a Table,
    pub(super) caller: &'a Caller,
    pub(super) now_us: i64,
    pub(super) filters: &'a [Filter],
    /// Values of the sort keys to go on from.
    pub(super) cursor: &'a [Value],
    /// Words to search for.
    pub(super) words: &'a [(String, bool)],
    /// Most rows that are counted.
    pub(super) limit: i64,
}

/// A text that no other is greater than: the last character of Unicode, oftener than any text has it.
const AFTER_ALL: usize = 256;

impl<'a> Values<'a> {
    /// All parameters of a statement but [`Parameter::Ids`], which is NULL.
    pub(super) fn all(&self, text: &Text) -> Vec<Bound<'a>> {
        text.parameters.iter().map(|it| self.of(*it)).collect()
    }

    fn of(&self, parameter: Parameter) -> Bound<'a> {
        let caller = self.caller;
        match parameter {
            Parameter::Tenant | Parameter::CallerTenant => caller.tenant.into(),
            Parameter::CallerId => caller.id.into(),
            Parameter::CallerUser => caller.user.into(),
            Parameter::CallerIp => {
                caller.ip.map_or(Bound::Null, |it| Bound::Text(it.to_string().into()))
            }
            Parameter::CallerScopes => {
                let scopes = serde_json::to_string(&*caller.scopes);
                Bound::Text(scopes.unwrap_or_else(|_| "[]".to_owned()).into())
            }
            Parameter::Now => Bound::Timestamp(self.now_us),
            Parameter::Filter(at) => self.filters.get(at).map_or(Bound::Null, |it| self.filter(it)),
            Parameter::FilterEnd(at) => match self.filters.get(at).map(|it| &it.value) {
                Some(Value::Text(start)) => {
                    let end = after_prefix(start);
                    Bound::Text(end.unwrap_or_else(|| "\u{10ffff}".repeat(AFTER_ALL)).into())
                }
                _ => Bound::Null,
            },
            Parameter::Cursor(at) => self.cursor.get(at).map_or(Bound::Null, |it| self.plain(it)),
            Parameter::Search => match &self.table.search {
                Some(plan) => {
                    let words = crate::postgres::words::whole_query(self.tag(), self.words, plan);
                    Bound::Text(words.into())
                }
                None => Bound::Null,
            },
            Parameter::Tier(class) => {
                let words = crate::postgres::words::tier_query(self.tag(), self.words, class);
                Bound::Text(words.into())
            }
            Parameter::Limit => Bound::Int(self.limit),
            // Ids are put in by whoever has them; the others only stand in statements that write.
            Parameter::Id
            | Parameter::Ids
            | Parameter::Value(_)
            | Parameter::Lookup(_)
            | Parameter::Version
            | Parameter::Words => Bound::Null,
        }
    }

    fn tag(&self) -> Option<Uuid> {
        self.table.tenant.and(self.caller.tenant)
    }

    /// A value whose form the column's type does not change.
    fn plain(&self, value: &'a Value) -> Bound<'a> {
        bound(self.plan, &architrave_plan::ColumnType::Text, value)
    }

    fn filter(&self, filter: &'a Filter) -> Bound<'a> {
        let Some(column) = self.table.column(filter.column) else { return Bound::Null };
        match (&filter.value, filter.operator) {
            (Value::List(items), FilterOperator::In) => {
                Bound::Array(items.iter().map(|it| self.compared(column, it)).collect())
            }
            (value, _) => self.compared(column, value),
        }
    }

    /// A value as it is compared: by its hash where the stored one is unreadable.
    fn compared(&self, column: &Column, value: &'a Value) -> Bound<'a> {
        if column.lookup.is_none() || value.is_null() {
            return bound(self.plan, &column.ty, value);
        }
        let hash = lookup_hash((self.plan, self.vault), self.table, column, value);
        Bound::Bytes(hash.to_vec().into())
    }
}
