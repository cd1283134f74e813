//! Reads of many rows: a page of a list, a search tier by tier, a count.

use std::sync::Arc;

use architrave_engine::{
    Fault,
    ports::{ReadAnswer, ReadList},
};
use architrave_model::Value;
use architrave_plan::{
    ColumnType,
    sql::{
        Dialect,
        read::{self, FilterText, ListText},
        search,
    },
};

use uuid::Uuid;

use super::{
    bind::{Values, bind},
    codec,
    fault::OrFault,
    holes::join,
    reader::{Asked, COUNT, Compiled, DOING, LIST, Reader, SEARCH},
    show::Written,
};
use crate::shared::{
    layout::Layout,
    list::{VARIANT_CURSOR, VARIANT_FILTERS, filter_texts, partial_index, variant},
};

impl Reader {
    /// A page of rows as a JSON array.
    pub(super) fn list(&mut self, read: &ReadList, out: &mut Vec<u8>) -> Result<ReadAnswer, Fault> {
        let needs_snapshot = read.count_max.is_some()
            || read.search.is_some()
            || !read.selection.parts.is_empty()
            || !read.selection.expands.is_empty();
        let start = out.len();
        let answer = if needs_snapshot {
            self.snapshot(|reader| reader.list_within(read, out))
        } else {
            self.list_within(read, out)
        };
        if answer.is_err() {
            out.truncate(start);
        }
        answer
    }

    fn list_within(&mut self, read: &ReadList, out: &mut Vec<u8>) -> Result<ReadAnswer, Fault> {
        let filters = filter_texts(read);
        let mut page = Page::new(read);
        if page.is_direct {
            // The answer's own bytes, lent to the page, so that rows are written once and where they belong.
            out.push(b'[');
            std::mem::swap(&mut page.written.bytes, out);
        }
        let read_rows = match &read.search {
            None => self.plain_page(read, &filters, &mut page),
            Some(words) => self.search_page(read, &filters, words, &mut page),
        };
        if page.is_direct {
            std::mem::swap(&mut page.written.bytes, out);
        }
        let compiled = read_rows?;
        let total = match read.count_max {
            Some(count_max) => Some(self.count(read, &filters, count_max)?),
            None => None,
        };
        let mut answer = page.answer(read.is_backward);
        answer.total = total;
        if page.is_direct {
            out.push(b']');
        } else {
            self.write_page(&compiled, page.written, read, out)?;
        }
        Ok(answer)
    }

    fn write_page(
        &mut self,
        compiled: &Compiled,
        mut written: Written,
        read: &ReadList,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        out.push(b'[');
        if compiled.layout.has_holes() {
            let mut rows = self.fill(&compiled.layout.selection, written, Asked::list(read))?;
            if read.is_backward {
                rows.reverse();
            }
            join(out, rows.iter().map(|(_, bytes)| bytes.as_slice()));
        } else {
            if read.is_backward {
                written.rows.reverse();
            }
            let bytes = &written.bytes;
            join(out, written.rows.iter().filter_map(|(_, range)| bytes.get(range.clone())));
        }
        out.push(b']');
        Ok(())
    }

    fn plain_page(
        &mut self,
        read: &ReadList,
        filters: &[FilterText],
        page: &mut Page,
    ) -> Result<Arc<Compiled>, Fault> {
        let nulls: Option<Vec<bool>> =
            read.cursor.as_ref().map(|it| it.iter().map(Value::is_null).collect());
        let plan = Arc::clone(&self.plan);
        let partial = partial_index(&plan, read);
        let served = partial.map_or(0, |(position, _)| position as u64 + 1);
        let kind = LIST | (served & 0xff) << 52 | variant(read, filters);
        let key = (read.selection.key, read.query_key, kind);
        let compiled = self.compiled(key, |plan| {
            let layout = Layout::new(plan, &read.selection, &read.sort);
            let list = ListText {
                filters,
                sort: &read.sort,
                cursor: nulls.as_deref(),
                is_backward: read.is_backward,
                covered_by: partial.map(|(_, condition)| condition),
                limit: None,
            };
            let text = read::list(plan, Dialect::Sqlite, layout.show(), list)?;
            Ok(Compiled { layout, text })
        })?;
        let table = &self.plan[read.selection.entity];
        let cursor: Vec<(ColumnType, Value)> = read
            .sort
            .iter()
            .zip(read.cursor.iter().flatten())
            .filter_map(|(key, value)| {
                Some((table.columns.get(usize::from(key.column.0))?.ty.clone(), value.clone()))
            })
            .collect();
        let values = Values {
            cursor: &cursor,
            limit: i64::from(read.limit) + 1,
            ..self.values(&compiled.layout, Asked::list(read))
        };
        self.run(&compiled, &values, page, None)?;
        Ok(compiled)
    }

    /// The tiers of a search, one after the other, until the page is full.
    fn search_page(
        &mut self,
        read: &ReadList,
        filters: &[FilterText],
        words: &[(String, bool)],
        page: &mut Page,
    ) -> Result<Arc<Compiled>, Fault> {
        let entity = read.selection.entity;
        let cursor = match read.cursor.as_deref() {
            Some([Value::Int(class), Value::Uuid(id)]) => Some((*class, *id)),
            _ => None,
        };
        let plan = Arc::clone(&self.plan);
        let Some(plan_of_search) = &plan[entity].search else {
            return Err(Fault::new("a search was asked of an entity without search", ""));
        };
        let first = self.search_text(read, filters, false)?;
        if words.is_empty() {
            return Ok(first);
        }
        let tiers = search::tiers(plan_of_search);
        let mut order: Vec<usize> = (0..tiers.len()).collect();
        if read.is_backward {
            order.reverse();
        }
        for class in order {
            let number = i64::try_from(class).unwrap_or(i64::MAX);
            let (is_done, is_here) = match cursor {
                Some((at, _)) if read.is_backward => (number > at, number == at),
                Some((at, _)) => (number < at, number == at),
                None => (false, false),
            };
            if is_done {
                continue;
            }
            let compiled = match is_here {
                true => self.search_text(read, filters, true)?,
                false => Arc::clone(&first),
            };
            let within = tiers.get(class).copied().unwrap_or_default();
            let beyond = class.checked_sub(1).and_then(|it| tiers.get(it)).copied().unwrap_or(0);
            let query = search::fts5_query(
                &plan,
                plan_of_search,
                entity,
                plan[entity].tenant.and(read.caller.tenant),
                words,
                (beyond, within),
            );
            let at = cursor.filter(|_| is_here).map(|(_, id)| (ColumnType::Uuid, Value::Uuid(id)));
            let values = Values {
                cursor: at.as_slice(),
                search: &query,
                limit: i64::from(page.room()),
                ..self.values(&compiled.layout, Asked::list(read))
            };
            self.run(&compiled, &values, page, Some(number))?;
            if page.has_more {
                break;
            }
        }
        Ok(first)
    }

    fn search_text(
        &mut self,
        read: &ReadList,
        filters: &[FilterText],
        has_cursor: bool,
    ) -> Result<Arc<Compiled>, Fault> {
        let kind = SEARCH | u64::from(has_cursor) << 1 | variant(read, filters) & !VARIANT_CURSOR;
        self.compiled((read.selection.key, read.query_key, kind), |plan| {
            let layout = Layout::new(plan, &read.selection, &[]);
            let show = layout.show();
            let text =
                search::page(plan, Dialect::Sqlite, show, filters, has_cursor, read.is_backward)?;
            Ok(Compiled { layout, text })
        })
    }

    fn count(
        &mut self,
        read: &ReadList,
        filters: &[FilterText],
        count_max: u64,
    ) -> Result<u64, Fault> {
        let is_search = read.search.is_some();
        let kind = COUNT | variant(read, filters) & VARIANT_FILTERS;
        let compiled = self.compiled((read.selection.key, read.query_key, kind), |plan| {
            let shape = &read.selection.shape;
            let layout = Layout::new(plan, &read.selection, &[]);
            let text = match is_search {
                true => search::count(plan, Dialect::Sqlite, shape, filters)?,
                false => read::count(plan, Dialect::Sqlite, shape, filters, &read.sort)?,
            };
            Ok(Compiled { layout, text })
        })?;
        let entity = read.selection.entity;
        let query = match (&read.search, &self.plan[entity].search) {
            (Some(words), Some(search)) if !words.is_empty() => {
                let tenant = self.plan[entity].tenant.and(read.caller.tenant);
                search::fts5_query(
                    &self.plan,
                    search,
                    entity,
                    tenant,
                    words,
                    (0, search.columns.len()),
                )
            }
            (Some(_), _) => return Ok(0),
            _ => String::new(),
        };
        let values = Values {
            search: &query,
            limit: i64::try_from(count_max).unwrap_or(i64::MAX - 1) + 1,
            ..self.values(&compiled.layout, Asked::list(read))
        };
        let mut statement = self.connection.prepare_cached(&compiled.text.text).or_fault(DOING)?;
        bind(&mut statement, &compiled.text, &values).or_fault(DOING)?;
        let mut rows = statement.raw_query();
        let count: i64 = match rows.next().or_fault(DOING)? {
            Some(row) => row.get(0).or_fault(DOING)?,
            None => 0,
        };
        Ok(count.unsigned_abs())
    }

    /// Adds a statement's rows to the page.
    fn run(
        &self,
        compiled: &Compiled,
        values: &Values<'_>,
        page: &mut Page,
        class: Option<i64>,
    ) -> Result<(), Fault> {
        let layout = &compiled.layout;
        let table = &self.plan[layout.selection.entity];
        let writer = self.writer(layout, values.tenant);
        let mut statement = self.connection.prepare_cached(&compiled.text.text).or_fault(DOING)?;
        bind(&mut statement, &compiled.text, values).or_fault(DOING)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().or_fault(DOING)? {
            if page.is_full() {
                page.has_more = true;
                break;
            }
            let id = writer.id(row, layout.id)?.unwrap_or_default();
            let start = page.begin_row();
            writer.write(row, &mut page.written.bytes, &mut page.written.holes)?;
            page.end_row(id, start);
            page.last.clear();
            match class {
                Some(class) => page.last.extend([Value::Int(class), Value::Uuid(id)]),
                None => sort_values(table, layout, row, &mut page.last)?,
            }
            if page.first.is_none() {
                page.first = Some(page.last.clone());
            }
        }
        Ok(())
    }
}

/// Adds the values that a row is sorted by.
fn sort_values(
    table: &architrave_plan::Table,
    layout: &Layout,
    row: &rusqlite::Row<'_>,
    values: &mut Vec<Value>,
) -> Result<(), Fault> {
    for at in &layout.sort {
        let column = layout.columns.get(*at).and_then(|it| table.columns.get(usize::from(it.0)));
        let Some(column) = column else { continue };
        values.push(codec::loaded(&column.ty, row.get_ref(*at).or_fault(DOING)?));
    }
    Ok(())
}

/// Most bytes set aside for a page after its first row; longer pages grow.
const PAGE_ROOM_MAX: usize = 64 << 10;

/// A page while it is being read, in the order of the read.
struct Page {
    written: Written,
    /// Rows stand in the answer as they are read, with commas between them: nothing is turned round, and
    /// no other statement fills anything in.
    is_direct: bool,
    limit: u32,
    first: Option<Vec<Value>>,
    /// Of the last row so far; one allocation for all rows.
    last: Vec<Value>,
    has_more: bool,
}

impl Page {
    fn new(read: &ReadList) -> Self {
        let selection = &read.selection;
        Self {
            written: Written::default(),
            is_direct: !read.is_backward
                && selection.parts.is_empty()
                && selection.expands.is_empty(),
            limit: read.limit,
            first: None,
            last: Vec::new(),
            has_more: false,
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.written.rows.len()).unwrap_or(u32::MAX)
    }

    fn is_full(&self) -> bool {
        self.count() >= self.limit
    }

    /// Rows that are still wanted, and one more to know whether there are others.
    fn room(&self) -> u32 {
        self.limit.saturating_sub(self.count()) + 1
    }

    /// Where the next row starts.
    fn begin_row(&mut self) -> usize {
        if self.is_direct && !self.written.rows.is_empty() {
            self.written.bytes.push(b',');
        }
        self.written.bytes.len()
    }

    fn end_row(&mut self, id: Uuid, start: usize) {
        let end = self.written.bytes.len();
        if self.written.rows.is_empty() {
            // Rows of a page are about equally long: growing by doubling would copy the page several times.
            let rows = self.limit as usize;
            self.written.rows.reserve(rows.min(PAGE_ROOM_MAX));
            self.written.bytes.reserve(((end - start) * rows).min(PAGE_ROOM_MAX));
        }
        self.written.rows.push((id, start..end));
    }

    /// First and last as they are shown: a backward read is turned round.
    fn answer(&mut self, is_backward: bool) -> ReadAnswer {
        let first = self.first.take();
        let last = first.is_some().then(|| std::mem::take(&mut self.last));
        let (first, last) = if is_backward { (last, first) } else { (first, last) };
        ReadAnswer {
            is_found: true,
            version: 0,
            count: self.count(),
            first,
            last,
            has_more: self.has_more,
            total: None,
        }
    }
}
