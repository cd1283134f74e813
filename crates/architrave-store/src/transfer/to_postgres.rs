//! From SQLite to PostgreSQL, while a server goes on serving: everything is copied first, what changed meanwhile is
//! copied again, and only for the last of it writes are held.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Instant,
};

use architrave_engine::{Fault, ports::Clock};
use architrave_plan::{ColumnRole, Plan};
use uuid::Uuid;

use super::{
    copy::StoredRow,
    fill::parts_of,
    local::{Local, Touched},
    moved::{self, Moved, position},
    note::{MOVED_TO, MOVING, Note, moved_to},
    remote::Remote,
    sum::Sum,
    watch::{Report, Running, Watch},
};
use crate::{
    Vault,
    postgres::{Address, PostgresSettings, PostgresStore},
};

/// Rows that are copied at a time, with a note of how far that is.
const ROWS_MAX: usize = 5_000;
/// Aggregates that are taken away with one statement.
const KEYS_MAX: usize = 1_000;
/// Transactions that are caught up with at a time, and how few may be left when writes are held.
const TAIL_MAX: i64 = 50_000;
const TAIL_LEFT: i64 = 1_000;
/// Rounds of catching up before a server writes faster than we read.
const ROUNDS_MAX: u32 = 100;
/// How long writes are held unless the move is done before: it goes on holding while it works.
const HOLD_S: u32 = 60;

/// Where a store is moved to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The database, as the user who will serve it.
    pub address: Address,
    /// Limits of the store, and who owns it.
    pub settings: PostgresSettings,
}

/// What both stores rest on.
#[derive(Clone)]
pub struct Common {
    /// The plan that the source was last served with.
    pub plan: Arc<Plan>,
    /// Keys of encrypted fields; they are compared, nothing is decrypted.
    pub vault: Arc<Vault>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Moves the store of a data folder (or of the file in it) to a database of PostgreSQL. `running` is the server that
/// runs on it, if one does. A move that was interrupted goes on where it was. In the end the source is marked, and
/// no server takes it any more.
///
/// # Errors
/// The source cannot be read, is of another blueprint, or was moved already; the target is in use; a count or a
/// checksum differs. Then the source is as before.
pub async fn to_postgres(
    from: &Path,
    to: Target,
    common: Common,
    watch: &dyn Watch,
    running: Option<&dyn Running>,
) -> Result<Report, Fault> {
    let local = Local::open(from)?;
    if local.lock.is_none() && running.is_none() {
        return Err(Fault::new(
            format!("a server runs on {} and does not answer", local.folder.display()),
            "stop it, or start it with an administrator's listener that can be reached",
        ));
    }
    check_source(&local, &common.plan, &to.address)?;
    let owner = to.settings.owner.clone().unwrap_or_else(|| to.address.clone());
    let remote = Remote::open(&owner, "move").await?;
    let note = begin(&local, &remote, &to, &common).await?;
    let tables = moved::of_plan(&common.plan)?;
    let mut forward =
        Forward { local, remote, plan: &common.plan, tables, watch, note, compared_seq: 0 };
    forward.remote.loosen(forward.plan).await?;
    forward.copy_tables().await?;
    forward.catch_up().await?;
    forward.make_indexes().await?;
    forward.catch_up().await?;
    forward.compare_all().await?;
    let held = Instant::now();
    hold(running, Some(HOLD_S)).await?;
    match forward.finish(&to.address, running).await {
        Ok(mut report) => {
            if running.is_some() {
                report.held_ms = u64::try_from(held.elapsed().as_millis()).unwrap_or(u64::MAX);
            }
            Ok(report)
        }
        Err(fault) => {
            if let Some(server) = running {
                // The hold ends by itself where this does not get through.
                let _ = server.release().await;
            }
            Err(fault)
        }
    }
}

fn check_source(local: &Local, plan: &Plan, to: &Address) -> Result<(), Fault> {
    if let Some(before) = local.meta::<String>(MOVED_TO)?
        && before != to.shown()
    {
        return Err(moved_to("the source", &before));
    }
    if local.meta::<String>(MOVING)?.is_some() {
        return Err(Fault::new(
            "this store is itself being filled",
            "let that move come to its end first",
        ));
    }
    match local.meta::<String>("plan")? {
        Some(hash) if hash == plan.hash => Ok(()),
        _ => Err(Fault::new(
            "the store is of another version of the blueprint",
            "serve it once with this blueprint, or name the one that it was last served with",
        )),
    }
}

/// Makes the target where it is empty, and looks how far an earlier move has come.
async fn begin(
    local: &Local,
    remote: &Remote,
    to: &Target,
    common: &Common,
) -> Result<Note, Fault> {
    let store: String = local.meta("store")?.unwrap_or_default();
    let is_there = "SELECT (to_regclass('architrave.meta') IS NOT NULL)::int::bigint";
    if remote.number(is_there).await? == 1
        && let Some(text) = remote.meta(MOVING).await?
    {
        let note = Note::read(&text)?;
        if note.store == store {
            return Ok(note);
        }
        return Err(Fault::new(
            format!("{}: another store is being moved there", to.address.shown()),
            "let that move come to its end, or name another database",
        ));
    }
    if let Some(before) = local.meta::<String>(MOVED_TO)? {
        return Err(moved_to("the source", &before));
    }
    let (address, settings) = (to.address.clone(), to.settings.clone());
    let Common { plan, vault, clock } = common.clone();
    // Opening makes what is not there, and checks everything that serving would.
    let opened = tokio::task::spawn_blocking(move || {
        PostgresStore::open(address, plan, vault, clock, settings).map(drop)
    });
    opened.await.map_err(|it| Fault::new(format!("the target cannot be opened: {it}"), ""))??;
    let used = "SELECT (SELECT COUNT(*) FROM architrave.journal_tx WHERE kind NOT IN (1, 3)) + \
                (SELECT COUNT(*) FROM architrave.idempotency)";
    if remote.number(used).await? > 0 {
        return Err(Fault::new(
            format!("{}: there is a store with data in this database", to.address.shown()),
            "name an empty database",
        ));
    }
    let note = Note { store, state_seq: local.head()?, ..Note::default() };
    // The beginning of a history of its own makes room for that of the source.
    remote.execute("BEGIN; DELETE FROM architrave.journal_tx").await?;
    remote.write_note(&note).await?;
    remote.execute("COMMIT").await?;
    Ok(note)
}

/// Rows of one table that go, by tenant and id.
type Leaving<'a> = (&'a Moved, Vec<(Uuid, Uuid)>);

/// A move under way.
struct Forward<'a> {
    local: Local,
    remote: Remote,
    plan: &'a Plan,
    tables: Vec<Moved>,
    watch: &'a dyn Watch,
    note: Note,
    /// Up to there both sides have been compared.
    compared_seq: i64,
}

impl Forward<'_> {
    /// Copies the rows of entities, each piece from a snapshot of its own: what changes meanwhile is in the journal.
    async fn copy_tables(&mut self) -> Result<(), Fault> {
        for moved in &self.tables {
            let (mut after, is_done) =
                self.note.tables.get(&moved.name).copied().unwrap_or_default();
            if is_done {
                continue;
            }
            self.watch.begins(&moved.name, self.local.count(moved)?);
            loop {
                let (rows, last) = self.local.rows_behind(moved, after, ROWS_MAX)?;
                let is_last = rows.len() < ROWS_MAX;
                after = last;
                self.note.tables.insert(moved.name.clone(), (after, is_last));
                self.remote.execute("BEGIN").await?;
                self.remote.insert(self.plan, moved, &rows).await?;
                self.remote.write_note(&self.note).await?;
                self.remote.execute("COMMIT").await?;
                self.watch.done(rows.len() as u64);
                if is_last {
                    break;
                }
            }
            self.watch.ended();
        }
        Ok(())
    }

    /// Copies what changed since, until there is little left, and then that: state is as the source's at one moment.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        let behind = self.local.head()? - self.note.state_seq;
        self.watch.begins("changes meanwhile", behind.unsigned_abs());
        for _ in 0..ROUNDS_MAX {
            let head = self.local.head()?;
            // Pieces of the way are only right together: the last one goes to where the journal ends now.
            let is_last = head - self.note.state_seq <= TAIL_MAX;
            let until = if is_last { head } else { self.note.state_seq + TAIL_MAX };
            let count = until - self.note.state_seq;
            self.copy_changes(until).await?;
            self.watch.done(count.unsigned_abs());
            if is_last && count <= TAIL_LEFT {
                self.watch.ended();
                return Ok(());
            }
        }
        Err(Fault::new(
            "the server writes faster than its journal can be followed",
            "move when less is written; what was copied stays",
        ))
    }

    /// Copies what events up to a number are about, as it is now.
    async fn copy_changes(&mut self, until: i64) -> Result<(), Fault> {
        self.local.begin()?;
        let copied = self.copy_changes_within(until).await;
        self.local.end()?;
        copied
    }

    async fn copy_changes_within(&mut self, until: i64) -> Result<(), Fault> {
        let touched = self.local.touched(self.note.state_seq, until)?;
        let numbers: BTreeMap<i64, String> =
            self.local.numbers()?.into_iter().map(|(name, number)| (number, name)).collect();
        let table_of = |touched: &Touched| {
            let name = numbers.get(&touched.0)?;
            self.tables.iter().find(|it| it.name == *name)
        };
        self.remote.execute("BEGIN").await?;
        // All that goes goes first: a value that is unique may have passed from one row to another.
        for some in touched.chunks(KEYS_MAX) {
            let mut by_table: BTreeMap<&str, Leaving<'_>> = BTreeMap::new();
            for it in some {
                let Some(moved) = table_of(it) else { continue };
                by_table.entry(&moved.name).or_insert((moved, Vec::new())).1.push((it.1, it.2));
            }
            for (moved, keys) in by_table.values() {
                self.remote.remove(self.plan, &self.tables, moved, keys).await?;
            }
        }
        for some in touched.chunks(KEYS_MAX) {
            let mut rows = BTreeMap::new();
            for it in some {
                let Some(moved) = table_of(it) else { continue };
                self.gather(moved, ColumnRole::Id, (it.1, it.2), &mut rows)?;
            }
            for (moved, rows) in rows.values() {
                self.remote.insert(self.plan, moved, rows).await?;
            }
        }
        self.note.state_seq = until;
        self.remote.write_note(&self.note).await?;
        self.remote.execute("COMMIT").await
    }

    /// An aggregate's rows, by table.
    fn gather<'b>(
        &'b self,
        moved: &'b Moved,
        by: ColumnRole,
        (tenant, id): (Uuid, Uuid),
        rows: &mut BTreeMap<&'b str, (&'b Moved, Vec<StoredRow>)>,
    ) -> Result<(), Fault> {
        let name = |role| {
            let column = position(self.plan, moved, role).and_then(|it| moved.columns.get(it));
            column.map(|it| it.sqlite.as_str())
        };
        let tenant_column = name(ColumnRole::Tenant).map(|it| (it, tenant));
        let conditions: Vec<(&str, Uuid)> =
            tenant_column.into_iter().chain(name(by).map(|it| (it, id))).collect();
        let found = self.local.rows_with(moved, &conditions)?;
        let at = position(self.plan, moved, ColumnRole::Id);
        for row in &found {
            let id = match at.and_then(|it| row.get(it)) {
                Some(crate::shared::stored::Stored::Bytes(it)) => Uuid::from_slice(it).ok(),
                _ => None,
            };
            for part in parts_of(self.plan, &self.tables, moved) {
                let above = (tenant, id.unwrap_or_default());
                self.gather(part, ColumnRole::Parent, above, rows)?;
            }
        }
        rows.entry(&moved.name).or_insert((moved, Vec::new())).1.extend(found);
        Ok(())
    }

    async fn make_indexes(&self) -> Result<(), Fault> {
        let count: usize = self.plan.tables.iter().map(|it| it.indexes.len()).sum();
        self.watch.begins("indexes", count as u64);
        self.remote.make_indexes(self.plan, || self.watch.done(1)).await?;
        self.watch.ended();
        Ok(())
    }

    /// Copies the journal up to a number.
    async fn copy_journal(&self, until: i64) -> Result<(), Fault> {
        for moved in moved::journal() {
            let last = match moved.key {
                1 => "SELECT seq, 0::bigint FROM architrave.journal_tx ORDER BY seq DESC LIMIT 1",
                _ => {
                    "SELECT seq, idx::bigint FROM architrave.journal_event ORDER BY seq DESC, idx DESC LIMIT 1"
                }
            };
            let last = self.remote.session.client().query_opt(last, &[]).await;
            let last = last.map_err(|it| self.remote.fault(&it))?;
            let mut after: Option<StoredRow> = match last {
                Some(row) => {
                    Some(vec![integer(&self.remote, &row, 0)?, integer(&self.remote, &row, 1)?])
                }
                None => None,
            };
            self.watch.begins(&moved.name, self.local.count(&moved)?);
            loop {
                let rows = self.local.own_rows_behind(&moved, after.as_ref(), until, ROWS_MAX)?;
                self.remote.insert(self.plan, &moved, &rows).await?;
                self.watch.done(rows.len() as u64);
                let is_last = rows.len() < ROWS_MAX;
                after = rows.into_iter().next_back().or(after);
                if is_last {
                    break;
                }
            }
            self.watch.ended();
        }
        Ok(())
    }

    /// At one moment of the source: counts and checksums of every table, then the journal's replay of the target.
    async fn compare_all(&mut self) -> Result<(), Fault> {
        let head = self.copy_rest(None).await?;
        self.compared_seq = head;
        self.watch.begins("replay of the journal", 1);
        let verified = super::verify(&self.remote.address).await?;
        self.watch.ended();
        if let Some(difference) = verified.differences.first() {
            return Err(Fault::new(
                format!("the journal up to {head} does not replay to what was moved: {difference}"),
                "verify the source with `architrave verify`; it is as before",
            ));
        }
        Ok(())
    }

    /// Copies changes and journal up to the end of the source's journal, all within one snapshot of it, and compares
    /// what was not compared before.
    async fn copy_rest(&mut self, server: Option<&dyn Running>) -> Result<i64, Fault> {
        self.local.begin()?;
        let copied = self.copy_rest_within(server).await;
        self.local.end()?;
        copied
    }

    async fn copy_rest_within(&mut self, server: Option<&dyn Running>) -> Result<i64, Fault> {
        let head = self.local.head()?;
        self.copy_changes_within(head).await?;
        self.copy_journal(head).await?;
        let changed = self.changed_since(self.compared_seq, head)?;
        let tables = changed.len() + moved::journal().len();
        self.watch.begins("checksums of tables", tables as u64);
        for moved in changed.iter().chain(&moved::journal()) {
            hold(server, Some(HOLD_S)).await?;
            self.remote.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let there = self.remote.sum(self.plan, moved, (self.compared_seq, head)).await?;
            same(moved, self.local.sum(moved, (self.compared_seq, head))?, there)?;
            self.remote.execute("COMMIT").await?;
            self.watch.done(1);
        }
        self.watch.ended();
        Ok(head)
    }

    /// Tables in which something changed behind a number of the journal; all of them behind its beginning.
    fn changed_since(&self, after: i64, until: i64) -> Result<Vec<Moved>, Fault> {
        if after == 0 {
            return Ok(self.tables.clone());
        }
        let touched: BTreeSet<i64> =
            self.local.touched(after, until)?.into_iter().map(|it| it.0).collect();
        let numbers = self.local.numbers()?;
        let name_of = |number| numbers.iter().find(|it| it.1 == number).map(|it| it.0.as_str());
        let names: BTreeSet<&str> = touched.into_iter().filter_map(name_of).collect();
        let mut changed: Vec<Moved> =
            self.tables.iter().filter(|it| names.contains(it.name.as_str())).cloned().collect();
        let mut at = 0;
        while let Some(above) = changed.get(at).cloned() {
            let parts: Vec<Moved> = parts_of(self.plan, &self.tables, &above).cloned().collect();
            for part in parts {
                if changed.iter().all(|it| it.name != part.name) {
                    changed.push(part);
                }
            }
            at += 1;
        }
        Ok(changed)
    }

    /// The rest, while nobody writes to the source.
    async fn finish(
        mut self,
        to: &Address,
        running: Option<&dyn Running>,
    ) -> Result<Report, Fault> {
        let head = self.copy_rest(running).await?;
        let mut report = Report::default();
        for moved in moved::beside() {
            hold(running, Some(HOLD_S)).await?;
            self.copy_whole(&moved).await?;
        }
        self.remote.set_numbers(&self.local.numbers()?).await?;
        let epoch: u32 = self.local.meta("epoch")?.unwrap_or_default();
        let floor: i64 = self.local.meta("floor_seq")?.unwrap_or_default();
        self.remote.set_meta("store", Some(&self.note.store)).await?;
        self.remote.set_meta("epoch", Some(&format!("{epoch:08x}"))).await?;
        self.remote.set_meta("floor_seq", Some(&floor.to_string())).await?;
        let places = format!(
            "UPDATE architrave.journal_mark SET safe = {head}; \
             SELECT setval(pg_get_serial_sequence('architrave.journal_tx', 'seq'), {}, {})",
            head.max(1),
            head > 0
        );
        self.remote.execute(&places).await?;
        hold(running, Some(HOLD_S)).await?;
        self.watch.begins("keys between tables", 1);
        self.remote.tighten(self.plan).await?;
        self.watch.ended();
        for moved in &self.tables {
            report.rows += self.local.count(moved)?;
        }
        let [transactions, events] = [0, 1].map(|it| moved::journal().get(it).cloned());
        for (table, count) in
            [(transactions, &mut report.transactions), (events, &mut report.events)]
        {
            *count = table.map(|it| self.local.count(&it)).transpose()?.unwrap_or_default();
        }
        hold(running, None).await?;
        if self.local.head()? != head {
            return Err(Fault::new(
                "the server wrote while its writes were held",
                "run the same command again: it goes on where it was",
            ));
        }
        // From here on nobody may serve the source; where this is the last that is done, the same command again does
        // the rest.
        self.local.set_meta(MOVED_TO, Some(&to.shown()))?;
        self.remote.set_meta(MOVING, None).await?;
        Ok(report)
    }

    /// Copies one of the store's own tables anew.
    async fn copy_whole(&self, moved: &Moved) -> Result<(), Fault> {
        self.watch.begins(&moved.name, self.local.count(moved)?);
        self.remote.execute(&format!("BEGIN; DELETE FROM {}", moved.postgres)).await?;
        let mut after: Option<StoredRow> = None;
        loop {
            let rows = self.local.own_rows_behind(moved, after.as_ref(), 0, ROWS_MAX)?;
            self.remote.insert(self.plan, moved, &rows).await?;
            self.watch.done(rows.len() as u64);
            let is_last = rows.len() < ROWS_MAX;
            after = rows.into_iter().next_back().or(after);
            if is_last {
                break;
            }
        }
        let there = self.remote.sum(self.plan, moved, (0, 0)).await?;
        same(moved, self.local.sum(moved, (0, 0))?, there)?;
        self.remote.execute("COMMIT").await?;
        self.watch.ended();
        Ok(())
    }
}

/// Has a running server hold its writes, or go on holding them.
async fn hold(running: Option<&dyn Running>, for_s: Option<u32>) -> Result<(), Fault> {
    match running {
        Some(server) => server.hold(for_s).await,
        None => Ok(()),
    }
}

fn integer(
    remote: &Remote,
    row: &tokio_postgres::Row,
    at: usize,
) -> Result<crate::shared::stored::Stored<'static>, Fault> {
    remote.column(row, at).map(crate::shared::stored::Stored::Integer)
}

/// Refuses a table that is not the same on both sides.
pub(super) fn same(moved: &Moved, here: Sum, there: Sum) -> Result<(), Fault> {
    if here == there {
        return Ok(());
    }
    Err(Fault::new(
        format!(
            "{} differs: {} rows with checksum {:032x} at the source, {} with {:032x} at the target",
            moved.name, here.rows, here.hash, there.rows, there.hash
        ),
        "the source is as before; empty the target and begin again",
    ))
}
