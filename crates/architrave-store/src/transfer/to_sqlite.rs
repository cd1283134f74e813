//! From PostgreSQL to SQLite, while nobody serves.

use std::path::Path;

use architrave_engine::Fault;
use architrave_plan::{
    ColumnRole, Plan,
    sql::{quoted, schema},
};
use rusqlite::params;

use super::{
    Common,
    copy::{self, StoredRow},
    local::Local,
    moved::{self, Moved, position},
    note::{MOVED_TO, MOVING, Note, moved_to},
    remote::Remote,
    to_postgres::same,
    watch::{Report, Watch},
};
use crate::{
    SqliteSettings, SqliteStore,
    postgres::Address,
    sqlite::{FILE, evolve, fault::OrFault, mark},
};

const DOING: &str = "the data folder cannot be filled";
/// Rows that are written at a time.
const ROWS_MAX: usize = 5_000;

/// Moves the store of a database of PostgreSQL to a data folder, which must have none. No node may serve it meanwhile,
/// and none takes it afterwards. A move that was interrupted goes on at the table where it was.
///
/// # Errors
/// The source cannot be read, is served, is of another blueprint, or was moved already; the target is in use; a
/// count or a checksum differs. Then the source is as before.
pub async fn to_sqlite(
    from: &Address,
    folder: &Path,
    common: Common,
    watch: &dyn Watch,
) -> Result<Report, Fault> {
    let remote = Remote::open(from, "move").await?;
    check_source(&remote, &common.plan, folder).await?;
    let shown = folder.display().to_string();
    remote.set_meta(MOVED_TO, Some(&shown)).await?;
    let moved = fill(&remote, folder, &common, watch).await;
    if moved.is_err() {
        // Nothing was lost: it may be served again.
        remote.execute("ROLLBACK").await?;
        remote.set_meta(MOVED_TO, None).await?;
    }
    moved
}

async fn check_source(remote: &Remote, plan: &Plan, folder: &Path) -> Result<(), Fault> {
    remote.check_ours().await?;
    if remote.meta(MOVING).await?.is_some() {
        return Err(Fault::new(
            "this store is itself being filled",
            "let that move come to its end first",
        ));
    }
    if let Some(before) = remote.meta(MOVED_TO).await?
        && before != folder.display().to_string()
    {
        return Err(moved_to("the source", &before));
    }
    if remote.meta("plan").await?.as_deref() != Some(&plan.hash) {
        return Err(Fault::new(
            "the store is of another version of the blueprint",
            "name the blueprint that it was last served with",
        ));
    }
    // A node that was killed is gone from the list a while after its last beat.
    let nodes =
        "SELECT COUNT(*) FROM architrave.node WHERE beat_at > clock_timestamp() - interval '30 s'";
    match remote.number(nodes).await? {
        0 => Ok(()),
        count => Err(Fault::new(
            format!("{count} nodes serve this database"),
            "stop them first; those that were killed count for half a minute longer",
        )),
    }
}

async fn fill(
    remote: &Remote,
    folder: &Path,
    common: &Common,
    watch: &dyn Watch,
) -> Result<Report, Fault> {
    let plan = &*common.plan;
    remote.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let store = remote.meta("store").await?.unwrap_or_default();
    let (local, mut note) = begin(folder, common, store)?;
    loosen(&local, plan)?;
    let of_plan = moved::of_plan(plan)?;
    let own: Vec<Moved> = moved::journal().into_iter().chain(moved::beside()).collect();
    for moved in of_plan.iter().chain(&own) {
        if note.tables.get(&moved.name).is_some_and(|it| it.1) {
            continue;
        }
        copy_table(remote, &local, plan, moved, watch, &mut note).await?;
    }
    let epoch = remote.meta("epoch").await?.unwrap_or_default();
    let epoch = u32::from_str_radix(&epoch, 16).unwrap_or_default();
    let floor: i64 = remote.meta("floor_seq").await?.and_then(|it| it.parse().ok()).unwrap_or(0);
    local.set_meta("store", Some(&note.store))?;
    local.set_meta("epoch", Some(&epoch))?;
    local.set_meta("floor_seq", Some(&floor))?;
    set_numbers(remote, &local).await?;
    watch.begins("checksums of tables", (of_plan.len() + own.len()) as u64);
    let everything = (0, i64::MAX);
    let mut report = Report::default();
    for moved in of_plan.iter().chain(&own) {
        let there = remote.sum(plan, moved, everything).await?;
        same(moved, there, local.sum(moved, everything)?)?;
        watch.done(1);
        match moved.name.as_str() {
            "_journal_tx" => report.transactions = there.rows,
            "_journal_event" => report.events = there.rows,
            _ if moved.entity.is_some() => report.rows += there.rows,
            _ => {}
        }
    }
    watch.ended();
    remote.execute("COMMIT").await?;
    tighten(&local, common, watch)?;
    let head = local.head()?;
    mark::write(folder, &note.store, epoch, head.unsigned_abs())?;
    watch.begins("replay of the journal", 1);
    let verified = crate::verify(&folder.join(FILE))?;
    watch.ended();
    if let Some(difference) = verified.differences.first() {
        return Err(Fault::new(
            format!("the journal does not replay to what was moved: {difference}"),
            "verify the source with `architrave verify`; it is as before",
        ));
    }
    local.set_meta(MOVING, None)?;
    Ok(report)
}

/// Makes the target where there is none, and looks how far an earlier move has come.
fn begin(folder: &Path, common: &Common, store: String) -> Result<(Local, Note), Fault> {
    if folder.join(FILE).is_file() {
        let local = Local::open(folder)?;
        if local.lock.is_none() {
            return Err(Fault::new(
                format!("a server runs on {}", folder.display()),
                "name another folder",
            ));
        }
        return match local.meta::<String>(MOVING)? {
            Some(text) => match Note::read(&text)? {
                note if note.store == store => Ok((local, note)),
                _ => Err(Fault::new("another store is being moved there", "name another folder")),
            },
            None => Err(Fault::new(
                format!("there is a store in {}", folder.display()),
                "name a folder without one",
            )),
        };
    }
    let Common { plan, vault, clock } = common.clone();
    drop(SqliteStore::open(folder, plan, vault, clock, SqliteSettings::default())?);
    let local = Local::open(folder)?;
    let note = Note { store, ..Note::default() };
    local.begin()?;
    local.connection.execute_batch("DELETE FROM _journal_tx").or_fault(DOING)?;
    local.set_meta(MOVING, Some(&note.text()))?;
    local.end()?;
    Ok((local, note))
}

/// Takes indexes away: they are made of the rows when these are there.
fn loosen(local: &Local, plan: &Plan) -> Result<(), Fault> {
    local.connection.pragma_update(None, "foreign_keys", false).or_fault(DOING)?;
    let tables = schema::tables(plan).map_err(|it| Fault::new(it.to_string(), ""))?;
    for table in &tables {
        for index in &table.indexes {
            let drop = format!("DROP INDEX IF EXISTS {}", quoted(&index.name));
            local.connection.execute_batch(&drop).or_fault(DOING)?;
        }
        if let Some(search) = &table.search {
            let drop = format!("DROP TABLE IF EXISTS {}", quoted(&search.name));
            local.connection.execute_batch(&drop).or_fault(DOING)?;
        }
    }
    Ok(())
}

/// Makes the indexes, and looks whether every reference leads somewhere.
fn tighten(local: &Local, common: &Common, watch: &dyn Watch) -> Result<(), Fault> {
    watch.begins("indexes", 1);
    evolve::evolve(&local.connection, &common.plan, common.clock.now_us())?;
    watch.ended();
    let orphans: i64 = local
        .connection
        .query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .or_fault(DOING)?;
    match orphans {
        0 => Ok(()),
        count => Err(Fault::new(format!("{count} references lead nowhere"), "")),
    }
}

/// Copies a table from its beginning, in one transaction with the note that it is there.
async fn copy_table(
    remote: &Remote,
    local: &Local,
    plan: &Plan,
    moved: &Moved,
    watch: &dyn Watch,
    note: &mut Note,
) -> Result<(), Fault> {
    let count = format!("SELECT COUNT(*) FROM {}", moved.postgres);
    watch.begins(&moved.name, remote.number(&count).await?.unsigned_abs());
    let columns: Vec<String> = moved.columns.iter().map(copy::selected).collect();
    // Rows come in the order of their ids: what was made later is found as newer by a search.
    let order: Vec<String> = order(plan, moved).iter().map(|it| quoted(it)).collect();
    let select = format!(
        "SELECT {} FROM {} ORDER BY {}",
        columns.join(", "),
        moved.postgres,
        order.join(", ")
    );
    local.begin()?;
    let delete = format!("DELETE FROM {}", quoted(&moved.name));
    local.connection.execute_batch(&delete).or_fault(DOING)?;
    let mut rows: Vec<StoredRow> = Vec::with_capacity(ROWS_MAX);
    remote
        .each(&select, |row| {
            rows.push(copy::received(moved, row, Some(plan))?);
            if rows.len() == ROWS_MAX {
                local.insert(moved, &rows)?;
                watch.done(rows.len() as u64);
                rows.clear();
            }
            Ok(())
        })
        .await?;
    local.insert(moved, &rows)?;
    watch.done(rows.len() as u64);
    note.tables.insert(moved.name.clone(), (0, true));
    local.set_meta(MOVING, Some(&note.text()))?;
    local.end()?;
    watch.ended();
    Ok(())
}

fn order<'a>(plan: &Plan, moved: &'a Moved) -> Vec<&'a str> {
    let of = |role| position(plan, moved, role).and_then(|it| moved.columns.get(it));
    match moved.entity {
        None => moved.key_columns().iter().map(|it| it.postgres.as_str()).collect(),
        Some(_) => {
            let columns = [of(ColumnRole::Tenant), of(ColumnRole::Id)].into_iter().flatten();
            columns.map(|it| it.postgres.as_str()).collect()
        }
    }
}

/// Gives tables the numbers that the journal knows them by, those of tables that are gone included.
async fn set_numbers(remote: &Remote, local: &Local) -> Result<(), Fault> {
    let numbers = "SELECT name, number::bigint FROM architrave.\"table\"";
    let numbers = remote.session.client().query(numbers, &[]).await;
    let numbers = numbers.map_err(|it| remote.fault(&it))?;
    local.begin()?;
    let negate = "UPDATE _table SET number = -number WHERE number > 0";
    local.connection.execute_batch(negate).or_fault(DOING)?;
    let set = "INSERT INTO _table (name, number, constraints) VALUES (?1, ?2, '') \
               ON CONFLICT (name) DO UPDATE SET number = excluded.number";
    for row in numbers {
        let (name, number): (String, i64) = (remote.column(&row, 0)?, remote.column(&row, 1)?);
        local.connection.execute(set, params![name, number]).or_fault(DOING)?;
    }
    local.end()
}
