//! Serving: whether one index answers a combination of filters and order, whoever asks.

pub(crate) mod implied;
mod suggest;
#[cfg(test)]
mod tests;

use architrave_model::{EntityId, FieldType, Value};

use crate::{
    ColumnId, ColumnRole, Direction, FilterOperator, IndexColumn, Plan, SortKey, Table, TableIndex,
};

/// What a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ListQuery<'a> {
    /// Rows of which entity.
    pub entity: EntityId,
    /// All of these hold.
    pub conditions: &'a [Condition<'a>],
    /// The order that was asked for; empty: whatever the index gives.
    pub sort: &'a [SortKey],
    /// Whether words are searched for.
    pub has_search: bool,
}

/// One condition of a list.
#[derive(Debug, Clone, Copy)]
pub struct Condition<'a> {
    /// The column.
    pub column: ColumnId,
    /// What is asked of it.
    pub operator: FilterOperator,
    /// With what: one value, a list for `in`, a bool for `null`.
    pub value: &'a Value,
}

/// How a list is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// By what.
    pub by: ServedBy,
    /// The whole order, ending in a key that no two rows share. Empty for a search, whose order is its own.
    pub sort: Vec<SortKey>,
}

/// What answers a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServedBy {
    /// The primary key.
    PrimaryKey,
    /// An index, by its position in [`Table::indexes`]. Where it covers some rows only, its condition
    /// follows from the query; stating it again lets the database see that.
    Index(usize),
    /// The full-text index.
    Search,
}

/// Why a list is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexToAdd {
    /// The index that would answer it, as to be written in the entity's block, e.g.
    /// `index { on = [category, desc(created_at)] }`; none where no index could.
    pub index: Option<String>,
    /// For the caller, in whole sentences: what is missing (the index included), or why it cannot be.
    pub detail: String,
}

impl Plan {
    /// Finds the index that serves a list: the tenant, then all equalities, then one range or the order.
    ///
    /// - `eq` and `null=true` are equalities. All of them must be leading keys of the index, in any order.
    /// - `lt`, `lte`, `gt`, `gte`, `prefix`, `null=false` and `in` are ranges. The next key serves one column's
    ///   ranges, and the order begins with that column.
    /// - `ne` is served by no index, `in` by none where its key is taken. Both narrow what another condition
    ///   has found; alone they are refused.
    /// - A key that at most one row has (`id`, unique fields; `id[in]`, at most 100 rows) leaves so little that
    ///   any further condition and any order go.
    /// - Without an order, the rest of the index is the order; keys that a rule hides from someone are never
    ///   part of it, since an order tells of its key.
    /// - A partial index serves what its condition follows from; equalities it states need no key.
    /// - A search takes any conditions and no order.
    ///
    /// # Errors
    /// The index to add.
    pub fn serve(&self, query: &ListQuery<'_>) -> Result<Served, IndexToAdd> {
        let table = &self[query.entity];
        if query.has_search {
            return if query.sort.is_empty() {
                Ok(Served { by: ServedBy::Search, sort: Vec::new() })
            } else {
                Err(suggest::search_is_ordered())
            };
        }
        let asked = Asked::new(query.conditions);
        if let Some(by) = point(table, query.conditions) {
            return Ok(Served { by, sort: with_id(query.sort.to_vec()) });
        }
        // What is equal on all rows orders nothing.
        let is_free = |it: &&SortKey| !asked.equalities.contains(&it.column);
        let sort: Vec<SortKey> = query.sort.iter().filter(is_free).copied().collect();
        if let Some(sort) = self.order(table, &asked, &primary_key(), &sort) {
            return Ok(Served { by: ServedBy::PrimaryKey, sort });
        }
        for (position, index) in table.indexes.iter().enumerate() {
            let left = Asked::new(&implied::left_over(table, index, query.conditions));
            let Some(keys) = usable_keys(table, index, query.conditions, &left) else { continue };
            if let Some(sort) = self.order(table, &left, &keys, &sort) {
                return Ok(Served { by: ServedBy::Index(position), sort });
            }
        }
        Err(suggest::suggest(table, &asked, &sort))
    }

    /// The whole order in which an index answers what is asked, if it does.
    fn order(
        &self,
        table: &Table,
        asked: &Asked,
        keys: &[IndexColumn],
        sort: &[SortKey],
    ) -> Option<Vec<SortKey>> {
        let equal = keys.iter().take_while(|it| asked.equalities.contains(&it.column)).count();
        if !asked.equalities.iter().all(|it| keys.iter().take(equal).any(|key| key.column == *it)) {
            return None;
        }
        let rest = keys.get(equal..).unwrap_or_default();
        let next = rest.first().map(|it| it.column);
        let is_served = |column: &ColumnId| next == Some(*column);
        if !asked.ranges.iter().all(is_served) {
            return None;
        }
        let narrowing = asked.ins.iter().filter(|it| !is_served(it)).count() + asked.unequal.len();
        let has_served = equal > 0 || !asked.ranges.is_empty() || asked.ins.iter().any(is_served);
        if narrowing > 0 && !has_served {
            return None;
        }
        let order = self.along(table, rest, sort, asked)?;
        Some(with_id(order))
    }

    /// Follows the keys of an index in the wanted direction to its end.
    fn along(
        &self,
        table: &Table,
        rest: &[IndexColumn],
        sort: &[SortKey],
        asked: &Asked,
    ) -> Option<Vec<SortKey>> {
        let is_reversed = match (sort.first(), rest.first()) {
            (Some(wanted), Some(key)) => {
                (wanted.direction == Direction::Descending) != key.is_descending
            }
            _ => false,
        };
        let along: Vec<SortKey> = rest
            .iter()
            .map(|it| SortKey {
                column: it.column,
                direction: if it.is_descending == is_reversed {
                    Direction::Ascending
                } else {
                    Direction::Descending
                },
            })
            .collect();
        let (explicit, implicit) = along.split_at_checked(sort.len())?;
        let is_total = along.iter().any(|it| it.column == ColumnId(0))
            || along.iter().all(|it| table.column(it.column).is_some_and(|it| !it.is_nullable));
        let can_order = along
            .iter()
            .all(|it| table.column(it.column).is_some_and(|it| it.encryption.is_none()));
        let tells_nothing = implicit.iter().all(|it| {
            let is_asked = asked.ranges.contains(&it.column) || asked.ins.contains(&it.column);
            is_asked || self.is_seen_by_all(table, it.column)
        });
        (explicit == sort && is_total && can_order && tells_nothing).then_some(along)
    }

    /// Whether everyone who sees a row sees this column of it.
    fn is_seen_by_all(&self, table: &Table, column: ColumnId) -> bool {
        let Some(found) = table.column(column) else { return false };
        let entity = &self.system[table.entity];
        match found.role {
            ColumnRole::Field { field, .. } => {
                let has_rule =
                    entity.access.fields.iter().any(|it| it.field == field && it.read.is_some());
                let is_stored = entity
                    .fields
                    .get(field)
                    .is_some_and(|it| !matches!(it.ty, FieldType::Many { .. }));
                is_stored && !found.is_secret && !has_rule
            }
            _ => true,
        }
    }
}

/// A key that the query pins down to a row, or to as many as an `in` names.
fn point(table: &Table, conditions: &[Condition<'_>]) -> Option<ServedBy> {
    let pins = |column: ColumnId, takes_in: bool| {
        conditions.iter().any(|it| {
            let is_pin = it.operator == FilterOperator::Eq
                || (takes_in && it.operator == FilterOperator::In);
            it.column == column && is_pin && !it.value.is_null()
        })
    };
    if pins(ColumnId(0), true) {
        return Some(ServedBy::PrimaryKey);
    }
    let found = table.indexes.iter().position(|index| {
        let mut keys = index.columns.iter().filter(|it| Some(it.column) != table.tenant).peekable();
        let is_single = index.unique_paths.len() == 1;
        index.unique.is_some()
            && keys.peek().is_some()
            && keys.all(|it| pins(it.column, is_single))
            && implied::is_implied(table, index, conditions)
    });
    found.map(ServedBy::Index)
}

/// The keys of an index but the tenant, if lists can use it. What stands before the tenant has to be asked for: the
/// tenant's rows lie together only within it.
fn usable_keys(
    table: &Table,
    index: &TableIndex,
    conditions: &[Condition<'_>],
    asked: &Asked,
) -> Option<Vec<IndexColumn>> {
    if !implied::is_implied(table, index, conditions) {
        return None;
    }
    let Some(tenant) = table.tenant else { return Some(index.columns.clone()) };
    let at = index.columns.iter().position(|it| it.column == tenant)?;
    let mut before = index.columns.iter().take(at);
    let is_pinned = before.all(|it| asked.equalities.contains(&it.column));
    let keys = index.columns.iter().filter(|it| it.column != tenant);
    is_pinned.then(|| keys.copied().collect())
}

/// The columns of a query by what is asked of them.
struct Asked {
    equalities: Vec<ColumnId>,
    ranges: Vec<ColumnId>,
    ins: Vec<ColumnId>,
    unequal: Vec<ColumnId>,
}

impl Asked {
    fn new(conditions: &[Condition<'_>]) -> Self {
        let columns = |wanted: &dyn Fn(&Condition<'_>) -> bool| {
            let mut columns: Vec<ColumnId> = Vec::new();
            for condition in conditions.iter().filter(|it| wanted(it)) {
                if !columns.contains(&condition.column) {
                    columns.push(condition.column);
                }
            }
            columns
        };
        use FilterOperator::{Eq, Gt, Gte, In, Lt, Lte, Ne, Null, Prefix};
        let is_absent = |it: &Condition<'_>| *it.value == Value::Bool(true);
        let equalities = columns(&|it| it.operator == Eq || (it.operator == Null && is_absent(it)));
        let ranges = columns(&|it| match it.operator {
            Lt | Lte | Gt | Gte | Prefix => true,
            Null => !is_absent(it),
            Eq | Ne | In => false,
        });
        let is_free = |it: &ColumnId| !equalities.contains(it);
        Self {
            // More conditions on a column that is pinned already narrow nothing that needs an index.
            ranges: ranges.into_iter().filter(is_free).collect(),
            ins: columns(&|it| it.operator == In).into_iter().filter(is_free).collect(),
            unequal: columns(&|it| it.operator == Ne),
            equalities,
        }
    }
}

fn primary_key() -> Vec<IndexColumn> {
    vec![IndexColumn { column: ColumnId(0), is_descending: false }]
}

/// `id` last, in the direction of the key before it.
fn with_id(mut sort: Vec<SortKey>) -> Vec<SortKey> {
    if !sort.iter().any(|it| it.column == ColumnId(0)) {
        let direction = sort.last().map_or(Direction::Ascending, |it| it.direction);
        sort.push(SortKey { column: ColumnId(0), direction });
    }
    sort
}
