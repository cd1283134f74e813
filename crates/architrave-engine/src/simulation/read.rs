//! Reading rows as callers see them.

use std::{cell::RefCell, cmp::Ordering, collections::BTreeSet, sync::Arc};

use architrave_model::{EntityId, Value};
use architrave_plan::{
    CallerClass, ColumnRole, Direction, FilterOperator, Plan, SearchPlan, SortKey,
};

use super::{
    load,
    store::{State, is_of_tenant},
};
use crate::{
    Caller, Credentials, Row, Rows,
    evaluate::{Overlay, Stop, View, World, column, is_deleted, row_id},
    ports::{Filter, Read, ReadAnswer, ReadList, ReadOne, Selection},
    prepared::Prepared,
    query::tokens,
    show::Viewer,
};

/// Answers a read from a state.
pub(super) fn read(
    prepared: &Prepared,
    state: &State,
    read: &Read,
    out: &mut Vec<u8>,
) -> ReadAnswer {
    match read {
        Read::One(one) => read_one(prepared, state, one, out),
        Read::List(list) => Lister { prepared, state, list }.read(out),
    }
}

/// Somebody of whom nothing is known.
pub(super) fn nobody() -> Caller {
    Caller {
        class: CallerClass::default(),
        id: None,
        user: None,
        tenant: None,
        ip: None,
        scopes: Arc::from([]),
        credentials: Credentials::None,
    }
}

/// Asks until everything that the question needs has been loaded.
fn loaded<T>(
    prepared: &Prepared,
    state: &State,
    caller: &Caller,
    now_us: i64,
    mut ask: impl FnMut(&Viewer<'_>) -> Result<T, Stop>,
) -> Option<T> {
    let mut rows = Rows::default();
    let changed = Overlay::default();
    let mut draft = state.clone();
    // Each round goes one reference further; a rule is no longer than this.
    for _ in 0..64 {
        let needs = RefCell::new(BTreeSet::new());
        let world = World { loaded: &rows, changed: &changed, needs: &needs };
        let answer = ask(&Viewer { prepared, caller, now_us, world: &world });
        match answer {
            Ok(answer) => return Some(answer),
            Err(Stop::Overflow) => return None,
            Err(Stop::Pending) => {}
        }
        for need in needs.into_inner() {
            load::load(prepared, &mut draft, caller.tenant, &need, &mut rows);
        }
    }
    None
}

fn sees(
    prepared: &Prepared,
    state: &State,
    caller: &Caller,
    now_us: i64,
    selection: &Selection,
    view: &View,
) -> bool {
    is_of_tenant(prepared, view.entity, &view.row, caller.tenant)
        && !is_deleted(prepared, view.entity, &view.row)
        && loaded(prepared, state, caller, now_us, |viewer| {
            viewer.sees(&selection.shape.rows, view)
        }) == Some(true)
}

fn write(
    prepared: &Prepared,
    state: &State,
    caller: &Caller,
    now_us: i64,
    selection: &Selection,
    view: &View,
) -> Vec<u8> {
    let written = loaded(prepared, state, caller, now_us, |viewer| {
        let mut body = Vec::new();
        viewer.write_row(selection, view, &mut body)?;
        Ok(body)
    });
    written.unwrap_or_default()
}

fn read_one(prepared: &Prepared, state: &State, one: &ReadOne, out: &mut Vec<u8>) -> ReadAnswer {
    let entity = one.selection.entity;
    let Some(row) = state.tables.get(&entity).and_then(|it| it.get(&one.id)) else {
        return ReadAnswer::default();
    };
    let view = View::new(entity, Row::clone(row));
    if !sees(prepared, state, &one.caller, one.now_us, &one.selection, &view) {
        return ReadAnswer::default();
    }
    out.extend(write(prepared, state, &one.caller, one.now_us, &one.selection, &view));
    ReadAnswer {
        is_found: true,
        version: version(&prepared.plan, entity, row),
        ..ReadAnswer::default()
    }
}

fn version(plan: &Plan, entity: EntityId, row: &Row) -> u64 {
    match plan[entity].version.map(|it| column(row, it)) {
        Some(Value::Int(it)) => u64::try_from(*it).unwrap_or_default(),
        _ => 0,
    }
}

struct Lister<'a> {
    prepared: &'a Prepared,
    state: &'a State,
    list: &'a ReadList,
}

impl Lister<'_> {
    fn read(&self, out: &mut Vec<u8>) -> ReadAnswer {
        let entity = self.list.selection.entity;
        let mut found: Vec<(Vec<Value>, View)> = self
            .state
            .table(entity)
            .map(|(_, row)| View::new(entity, Row::clone(row)))
            .filter(|view| self.is_match(view))
            .filter_map(|view| Some((self.place(&view)?, view)))
            .collect();
        found.sort_by(|(a, _), (b, _)| self.compare(a, b));
        let total = found.len() as u64;
        if let Some(cursor) = &self.list.cursor {
            let side = if self.list.is_backward { Ordering::Less } else { Ordering::Greater };
            found.retain(|(place, _)| self.compare(place, cursor) == side);
        }
        let limit = self.list.limit as usize;
        let has_more = found.len() > limit;
        if self.list.is_backward {
            found.drain(..found.len().saturating_sub(limit));
        } else {
            found.truncate(limit);
        }
        out.push(b'[');
        for (index, (_, view)) in found.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let ReadList { caller, now_us, selection, .. } = self.list;
            out.extend(write(self.prepared, self.state, caller, *now_us, selection, view));
        }
        out.push(b']');
        ReadAnswer {
            is_found: !found.is_empty(),
            version: 0,
            count: u32::try_from(found.len()).unwrap_or(u32::MAX),
            first: found.first().map(|(place, _)| place.clone()),
            last: found.last().map(|(place, _)| place.clone()),
            has_more,
            total: self.list.count_max.map(|most| total.min(most + 1)),
        }
    }

    fn is_match(&self, view: &View) -> bool {
        let ReadList { caller, now_us, selection, .. } = self.list;
        sees(self.prepared, self.state, caller, *now_us, selection, view)
            && self.list.filters.iter().all(|it| self.passes(view, it))
    }

    fn passes(&self, view: &View, filter: &Filter) -> bool {
        let ReadList { caller, now_us, selection, .. } = self.list;
        let table = &self.prepared.plan[view.entity];
        let field = match table.column(filter.column).map(|it| it.role) {
            Some(ColumnRole::Field { field, .. }) => Some(field),
            _ => None,
        };
        if filter.is_guarded
            && loaded(self.prepared, self.state, caller, *now_us, |viewer| {
                viewer.sees_field(selection, field, view)
            }) != Some(true)
        {
            return false;
        }
        matches(column(&view.row, filter.column), filter)
    }

    /// Where a row stands in the order; none where a search does not find it.
    fn place(&self, view: &View) -> Option<Vec<Value>> {
        let id = Value::Uuid(row_id(self.prepared, view.entity, &view.row)?);
        match (&self.list.search, &self.prepared.plan[view.entity].search) {
            (Some(words), Some(plan)) => {
                Some(vec![Value::Int(weight_class(plan, words, &view.row)?), id])
            }
            (Some(_), None) => None,
            (None, _) => {
                Some(self.list.sort.iter().map(|it| column(&view.row, it.column).clone()).collect())
            }
        }
    }

    fn compare(&self, a: &[Value], b: &[Value]) -> Ordering {
        if self.list.search.is_some() {
            // Heavier columns first, then the newest.
            let class = a.first().cmp(&b.first());
            return class.then_with(|| b.get(1).cmp(&a.get(1)));
        }
        let by_key = |((a, b), key): ((&Value, &Value), &SortKey)| match key.direction {
            // Null is the smallest value there is.
            Direction::Ascending => a.cmp(b),
            Direction::Descending => b.cmp(a),
        };
        let mut orders = a.iter().zip(b).zip(&self.list.sort).map(by_key);
        orders.find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
    }
}

/// The lightest column that is needed to find every word, by its place; none where a word is missing.
fn weight_class(plan: &SearchPlan, words: &[(String, bool)], row: &Row) -> Option<i64> {
    let mut class = 0;
    for (word, is_prefix) in words {
        let found = plan.columns.iter().position(|it| match column(row, it.column) {
            Value::Text(text) => tokens(text)
                .any(|it| if *is_prefix { it.starts_with(word.as_str()) } else { it == *word }),
            _ => false,
        });
        class = class.max(i64::try_from(found?).unwrap_or(i64::MAX));
    }
    Some(class)
}

fn matches(value: &Value, filter: &Filter) -> bool {
    let wanted = &filter.value;
    match filter.operator {
        FilterOperator::Null => Value::Bool(value.is_null()) == *wanted,
        FilterOperator::In => {
            matches!(wanted, Value::List(all) if !value.is_null() && all.contains(value))
        }
        // Null is unlike every value.
        FilterOperator::Ne => value != wanted,
        _ if value.is_null() => false,
        FilterOperator::Eq => value == wanted,
        FilterOperator::Lt => value < wanted,
        FilterOperator::Lte => value <= wanted,
        FilterOperator::Gt => value > wanted,
        FilterOperator::Gte => value >= wanted,
        FilterOperator::Prefix => match (value, wanted) {
            (Value::Text(value), Value::Text(wanted)) => value.starts_with(wanted.as_str()),
            _ => false,
        },
    }
}
