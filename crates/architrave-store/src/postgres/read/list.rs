//! Reads of many rows: a page of a list, a search, a count.

use architrave_engine::ports::{ReadAnswer, ReadList};
use architrave_model::Value;
use architrave_plan::{
    Plan,
    sql::{
        Dialect, Statement as Text,
        postgres::search::{SearchText, page},
        read::{self, FilterText, ListText},
        search,
    },
};
use tokio_postgres::Row;

use super::{
    Base, Trouble,
    bind::Values,
    cells::Cells as _,
    lane::{Compiled, Key, Lane, Prepared},
    nest::Nest,
    show::Writer,
};
use crate::shared::list::{VARIANT_CURSOR, VARIANT_FILTERS, filter_texts, partial_index, variant};

const LIST: u64 = 1 << 60;
const SEARCH: u64 = 2 << 60;
const COUNT: u64 = 3 << 60;
/// Where a key has its limit, which stands in the text; above what selections and queries are numbered by.
const LIMIT_SHIFT: u32 = 40;
/// Tiers that are told apart in a key.
const CLASS_SHIFT: u32 = 52;

/// A page of rows as a JSON array.
pub(super) async fn list(
    base: &Base,
    lane: &Lane,
    list: &ReadList,
    out: &mut Vec<u8>,
) -> Result<ReadAnswer, Trouble> {
    let start = out.len();
    let found = found(base, lane, list).await;
    let written = found.and_then(|found| write(base, list, &found, out));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// What the statements of a list answered.
struct Answered {
    page: Option<(Prepared, Vec<Row>)>,
    total: Option<u64>,
}

async fn found(base: &Base, lane: &Lane, list: &ReadList) -> Result<Answered, Trouble> {
    let filters = filter_texts(list);
    if list.search.as_ref().is_some_and(Vec::is_empty) {
        // No words, no rows.
        return Ok(Answered { page: None, total: list.count_max.map(|_| 0) });
    }
    let page = match &list.search {
        None => plain(base, lane, list, &filters).await?,
        Some(_) => searched(base, lane, list, &filters).await?,
    };
    let values = values(base, list);
    let question = |it: &Prepared| (it.statement.clone(), values.all(&it.compiled.text));
    let tenant = list.caller.tenant;
    if list.count_max.is_none() {
        let rows = lane.ask(tenant, question(&page)).await?;
        return Ok(Answered { page: Some((page, rows)), total: None });
    }
    let count = counted(base, lane, list, &filters).await?;
    let both = vec![question(&page), question(&count)];
    let mut found = lane.ask_all(tenant, both).await?.into_iter();
    let (rows, total) = (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    let total = total.first().and_then(|it| it.at(0)?.int()).unwrap_or_default();
    Ok(Answered { page: Some((page, rows)), total: Some(total.unsigned_abs()) })
}

fn values<'a>(base: &'a Base, list: &'a ReadList) -> Values<'a> {
    let cursor = list.cursor.as_deref().unwrap_or_default();
    let count_max = list.count_max.unwrap_or_default();
    Values {
        plan: &base.plan,
        vault: &base.vault,
        table: &base.plan[list.selection.entity],
        caller: &list.caller,
        now_us: list.now_us,
        filters: &list.filters,
        // A search goes on behind a row of a tier; which tier is said by the statement.
        cursor: match &list.search {
            Some(_) => cursor.get(1..).unwrap_or_default(),
            None => cursor,
        },
        words: list.search.as_deref().unwrap_or_default(),
        limit: i64::try_from(count_max).unwrap_or(i64::MAX - 1) + 1,
    }
}

/// One more than wanted, to know whether there are others.
fn limit(list: &ReadList) -> u32 {
    list.limit.saturating_add(1)
}

/// A key for a text that has the limit in it.
fn key(list: &ReadList, kind: u64) -> Key {
    let limit = u64::from(limit(list)) << LIMIT_SHIFT;
    (list.selection.key ^ limit, list.query_key, kind)
}

async fn plain(
    base: &Base,
    lane: &Lane,
    list: &ReadList,
    filters: &[FilterText],
) -> Result<Prepared, Trouble> {
    let partial = partial_index(&base.plan, list);
    let served = partial.map_or(0, |(position, _)| position as u64 + 1);
    let kind = LIST | (served & 0xff) << CLASS_SHIFT | variant(list, filters);
    let make = |plan: &Plan| {
        let nest = Nest::new(plan, &list.selection, &list.sort);
        let nulls: Option<Vec<bool>> =
            list.cursor.as_ref().map(|it| it.iter().map(Value::is_null).collect());
        let asked = ListText {
            filters,
            sort: &list.sort,
            cursor: nulls.as_deref(),
            is_backward: list.is_backward,
            covered_by: partial.map(|(_, condition)| condition),
            limit: Some(limit(list)),
        };
        let text = read::list(plan, Dialect::Postgres, nest.show(), asked)?;
        Ok(Compiled { nest, text })
    };
    base.prepared(lane, key(list, kind), make).await
}

async fn searched(
    base: &Base,
    lane: &Lane,
    list: &ReadList,
    filters: &[FilterText],
) -> Result<Prepared, Trouble> {
    let at = match list.cursor.as_deref() {
        Some([Value::Int(class), Value::Uuid(_)]) => usize::try_from(*class).ok(),
        _ => None,
    };
    let place = at.map_or(0, |it| it as u64 + 1) & 0x7f;
    let kind = SEARCH | place << CLASS_SHIFT | variant(list, filters) & !VARIANT_CURSOR;
    let make = |plan: &Plan| {
        let nest = Nest::new(plan, &list.selection, &[]);
        let text = search_text(plan, &nest, list, filters, at)?;
        Ok(Compiled { nest, text })
    };
    base.prepared(lane, key(list, kind), make).await
}

fn search_text(
    plan: &Plan,
    nest: &Nest,
    list: &ReadList,
    filters: &[FilterText],
    at: Option<usize>,
) -> Result<Text, architrave_plan::sql::Uncompilable> {
    let count = plan[list.selection.entity].search.as_ref().map_or(0, |it| search::tiers(it).len());
    let mut tiers: Vec<usize> = match (at, list.is_backward) {
        (None, _) => (0..count).collect(),
        (Some(at), false) => (at.min(count)..count).collect(),
        (Some(at), true) => (0..count.min(at.saturating_add(1))).collect(),
    };
    if list.is_backward {
        tiers.reverse();
    }
    let text = SearchText {
        filters,
        tiers: &tiers,
        has_cursor: at.is_some(),
        is_backward: list.is_backward,
        limit: limit(list),
    };
    page(plan, nest.show(), text)
}

async fn counted(
    base: &Base,
    lane: &Lane,
    list: &ReadList,
    filters: &[FilterText],
) -> Result<Prepared, Trouble> {
    let kind = COUNT | variant(list, filters) & VARIANT_FILTERS;
    let make = |plan: &Plan| {
        let shape = &list.selection.shape;
        let nest = Nest::new(plan, &list.selection, &[]);
        let text = match &list.search {
            Some(_) => search::count(plan, Dialect::Postgres, shape, filters)?,
            None => read::count(plan, Dialect::Postgres, shape, filters, &list.sort)?,
        };
        Ok(Compiled { nest, text })
    };
    base.prepared(lane, (list.selection.key, list.query_key, kind), make).await
}

fn write(
    base: &Base,
    list: &ReadList,
    found: &Answered,
    out: &mut Vec<u8>,
) -> Result<ReadAnswer, Trouble> {
    let mut answer = ReadAnswer { is_found: true, total: found.total, ..ReadAnswer::default() };
    out.push(b'[');
    if let Some((prepared, rows)) = &found.page {
        let nest = &prepared.compiled.nest;
        let writer = Writer { plan: &base.plan, vault: &base.vault, tenant: list.caller.tenant };
        let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
        answer.has_more = rows.len() > limit;
        let shown = rows.get(..limit.min(rows.len())).unwrap_or_default();
        answer.count = u32::try_from(shown.len()).unwrap_or(u32::MAX);
        let write_one = |(position, row): (usize, &Row)| {
            if position > 0 {
                out.push(b',');
            }
            writer.write(nest, row, out)
        };
        let (first, last) = match list.is_backward {
            false => {
                shown.iter().enumerate().try_for_each(write_one)?;
                (shown.first(), shown.last())
            }
            true => {
                shown.iter().rev().enumerate().try_for_each(write_one)?;
                (shown.last(), shown.first())
            }
        };
        let place = |row: &Row| match list.search {
            None => writer.sort_values(nest, row),
            Some(_) => tier_and_id(nest, row),
        };
        (answer.first, answer.last) = (first.map(place), last.map(place));
    }
    out.push(b']');
    Ok(answer)
}

/// What a search goes on from.
fn tier_and_id(nest: &Nest, row: &Row) -> Vec<Value> {
    let class: i32 = row.try_get(nest.behind()).unwrap_or_default();
    let id = row.at(nest.layout.id).and_then(crate::postgres::value::Raw::uuid);
    vec![Value::Int(class.into()), Value::Uuid(id.unwrap_or_default())]
}
