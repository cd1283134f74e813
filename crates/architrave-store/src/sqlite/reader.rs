//! Reads of one row, and what all reads share. A reader is one read-only connection with its statements;
//! threads take readers from a small pool and run on the spot.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use architrave_engine::{
    Fault,
    ports::{Clock, ReadAnswer, ReadList, ReadOne},
};
use architrave_plan::{
    Plan,
    sql::{Dialect, Statement as Text, Uncompilable, read},
};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    Shared,
    bind::{Values, bind},
    fault::{OrFault, uncompilable},
    loader::Loads,
    open,
    show::{Hole, Writer, Written},
};
use crate::{shared::layout::Layout, vault::Vault};

pub(super) const DOING: &str = "a read failed";
/// Virtual machine steps between two looks at the clock: some 50 µs.
const STEPS_PER_LOOK: i32 = 10_000;
/// Texts that are kept; the engine's selections and queries are interned, so this is a back-stop.
const TEXTS_MAX: usize = 4_096;

/// One connection and what it has prepared.
pub(super) struct Reader {
    pub(super) connection: Connection,
    pub(super) plan: Arc<Plan>,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    read_us_max: u64,
    /// When the running read has to be over.
    deadline_us: Arc<AtomicU64>,
    texts: HashMap<Key, Arc<Compiled>>,
    pub(super) loads: Loads,
}

/// (selection, query, which of its texts)
pub(super) type Key = (u64, u64, u64);

/// A statement with what its answer becomes.
pub(super) struct Compiled {
    pub(super) layout: Layout,
    pub(super) text: Text,
}

impl Reader {
    pub(super) fn open(shared: &Shared) -> Result<Self, Fault> {
        let mut connection = open::reader(&shared.path, &shared.settings)?;
        let deadline_us = Arc::new(AtomicU64::new(u64::MAX));
        let (deadline, clock) = (Arc::clone(&deadline_us), Arc::clone(&shared.clock));
        connection
            .progress_handler(
                STEPS_PER_LOOK,
                Some(move || clock.monotonic_us() > deadline.load(Relaxed)),
            )
            .or_fault("reads cannot be bounded")?;
        Ok(Self {
            connection,
            plan: Arc::clone(&shared.plan),
            vault: Arc::clone(&shared.vault),
            clock: Arc::clone(&shared.clock),
            read_us_max: shared.settings.read_us_max,
            deadline_us,
            texts: HashMap::new(),
            loads: Loads::new(&shared.plan),
        })
    }

    /// Sets the clock for the read that follows.
    pub(super) fn start(&self) {
        let end = self.clock.monotonic_us().saturating_add(self.read_us_max);
        self.deadline_us.store(end, Relaxed);
    }

    /// Runs several statements on one snapshot.
    pub(super) fn snapshot<T>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.execute("BEGIN")?;
        let result = run(self);
        let ended = self.execute("COMMIT");
        result.and_then(|it| ended.map(|()| it))
    }

    pub(super) fn execute(&self, sql: &str) -> Result<(), Fault> {
        self.connection.prepare_cached(sql).and_then(|mut it| it.execute([])).or_fault(DOING)?;
        Ok(())
    }

    /// One row.
    pub(super) fn one(&mut self, read: &ReadOne, out: &mut Vec<u8>) -> Result<ReadAnswer, Fault> {
        let key = (read.selection.key, 0, ONE);
        let compiled = self.compiled(key, |plan| {
            let layout = Layout::new(plan, &read.selection, &[]);
            let text = read::one(plan, Dialect::Sqlite, layout.show())?;
            Ok(Compiled { layout, text })
        })?;
        if !compiled.layout.has_holes() {
            return self.one_row(&compiled, read, out);
        }
        self.snapshot(|reader| {
            let mut written = Written::default();
            let answer = reader.one_with_holes(&compiled, read, &mut written)?;
            let filled = reader.fill(&compiled.layout.selection, written, Asked::one(read))?;
            for (_, bytes) in filled {
                out.extend_from_slice(&bytes);
            }
            Ok(answer)
        })
    }

    fn one_row(
        &self,
        compiled: &Compiled,
        read: &ReadOne,
        out: &mut Vec<u8>,
    ) -> Result<ReadAnswer, Fault> {
        let start = out.len();
        let found = self.first(compiled, read, out, &mut Vec::new());
        if found.is_err() {
            out.truncate(start);
        }
        let found = found?;
        Ok(found.map_or_else(ReadAnswer::default, |version| ReadAnswer {
            is_found: true,
            version,
            ..ReadAnswer::default()
        }))
    }

    fn one_with_holes(
        &self,
        compiled: &Compiled,
        read: &ReadOne,
        written: &mut Written,
    ) -> Result<ReadAnswer, Fault> {
        let found = self.first(compiled, read, &mut written.bytes, &mut written.holes)?;
        let Some(version) = found else { return Ok(ReadAnswer::default()) };
        written.rows.push((read.id, 0..written.bytes.len()));
        Ok(ReadAnswer { is_found: true, version, ..ReadAnswer::default() })
    }

    /// Writes the row if there is one; its version.
    fn first(
        &self,
        compiled: &Compiled,
        read: &ReadOne,
        out: &mut Vec<u8>,
        holes: &mut Vec<Hole>,
    ) -> Result<Option<u64>, Fault> {
        let mut statement = self.connection.prepare_cached(&compiled.text.text).or_fault(DOING)?;
        let values = Values { id: read.id, ..self.values(&compiled.layout, Asked::one(read)) };
        bind(&mut statement, &compiled.text, &values).or_fault(DOING)?;
        let mut rows = statement.raw_query();
        let Some(row) = rows.next().or_fault(DOING)? else { return Ok(None) };
        self.writer(&compiled.layout, read.caller.tenant).write(row, out, holes)?;
        let version: Option<i64> = match compiled.layout.version {
            Some(at) => row.get(at).or_fault(DOING)?,
            None => None,
        };
        Ok(Some(version.unwrap_or(0).unsigned_abs()))
    }

    pub(super) fn compiled(
        &mut self,
        key: Key,
        make: impl FnOnce(&Plan) -> Result<Compiled, Uncompilable>,
    ) -> Result<Arc<Compiled>, Fault> {
        if let Some(known) = self.texts.get(&key) {
            return Ok(Arc::clone(known));
        }
        let compiled = Arc::new(make(&self.plan).map_err(|it| uncompilable(&it))?);
        if self.texts.len() >= TEXTS_MAX {
            self.texts.clear();
        }
        self.texts.insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    pub(super) fn writer<'a>(&'a self, layout: &'a Layout, tenant: Option<Uuid>) -> Writer<'a> {
        Writer { plan: &self.plan, vault: &self.vault, layout, tenant }
    }

    pub(super) fn values<'a>(&'a self, layout: &Layout, asked: Asked<'a>) -> Values<'a> {
        Values {
            plan: &self.plan,
            vault: &self.vault,
            table: &self.plan[layout.selection.entity],
            caller: Some(asked.caller),
            tenant: asked.caller.tenant,
            now_us: asked.now_us,
            id: Uuid::nil(),
            filters: asked.filters,
            cursor: &[],
            search: "",
            ids: b"[]",
            limit: 0,
        }
    }
}

pub(super) const ONE: u64 = 0;
pub(super) const LIST: u64 = 1 << 60;
pub(super) const SEARCH: u64 = 2 << 60;
pub(super) const COUNT: u64 = 3 << 60;
pub(super) const PARTS: u64 = 4 << 60;
pub(super) const EXPAND: u64 = 5 << 60;
/// What all statements of a read have in common.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    caller: &'a architrave_engine::Caller,
    filters: &'a [architrave_engine::ports::Filter],
    now_us: i64,
}

impl<'a> Asked<'a> {
    pub(super) fn one(read: &'a ReadOne) -> Self {
        Self { caller: &read.caller, filters: &[], now_us: read.now_us }
    }

    pub(super) fn list(read: &'a ReadList) -> Self {
        Self { caller: &read.caller, filters: &read.filters, now_us: read.now_us }
    }
}
