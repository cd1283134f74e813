//! The journal: one record per logical transaction, with an image of every changed aggregate.

use architrave_engine::{
    Fault,
    ports::{EventsPage, EventsRead, JournalEvent, JournalTransaction, Position, StoredEvent},
};
use architrave_plan::{Plan, Table};
use rusqlite::{
    Connection, params,
    types::{ToSqlOutput, ValueRef},
};
use uuid::Uuid;

use super::{fault::OrFault, loader::tenant_key};
use crate::{
    shared::journal::{Numbers, Sealed, image, parse, tenant_of},
    vault::Vault,
};

/// Most events that one read looks at, whatever was asked for.
const EVENTS_MAX: u32 = 1_000;

/// Reads the numbers of tables in the journal.
pub(super) fn numbers(connection: &Connection, plan: &Plan) -> Result<Numbers, Fault> {
    let number_of = |table: &Table| {
        let sql = "SELECT number FROM _table WHERE name = ?1";
        connection.query_row(sql, [&table.physical], |row| row.get(0))
    };
    let numbers = plan.tables.iter().map(number_of).collect::<Result<_, _>>();
    Ok(Numbers::new(plan, numbers.or_fault("the journal's numbers cannot be read")?))
}

/// Writes a transaction's record; its number.
pub(super) fn append(
    connection: &Connection,
    (plan, numbers): (&Plan, &Numbers),
    tenant: Option<Uuid>,
    now_us: i64,
    record: &JournalTransaction,
    sealed: &Sealed,
) -> Result<i64, rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO _journal_tx (kind, at_us, tenant, actor, operation, request_id, traceparent) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            record.kind,
            now_us,
            tenant.as_ref().map(Uuid::as_bytes),
            record.actor.as_ref().map(Uuid::as_bytes),
            record.operation,
            record.request_id,
            record.traceparent,
        ])?;
    let seq = connection.last_insert_rowid();
    let mut statement = connection.prepare_cached(
        "INSERT INTO _journal_event (seq, idx, tenant, entity, id, version, event, data) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (idx, event) in (0_u16..).zip(&record.events) {
        let owner = tenant_of(plan, event);
        statement.execute(params![
            seq,
            idx,
            tenant_key(owner.as_ref()),
            numbers.of(event.entity),
            event.id.as_bytes(),
            event.version.cast_signed(),
            event.event,
            ToSqlOutput::Borrowed(ValueRef::Text(&image(plan, event, sealed))),
        ])?;
    }
    Ok(seq)
}

/// Pages forward through a tenant's events.
pub(super) fn read(
    connection: &Connection,
    (plan, vault, numbers): (&Plan, &Vault, &Numbers),
    epoch: u32,
    read: &EventsRead,
) -> Result<EventsPage, Fault> {
    let doing = "the journal cannot be read";
    let (head, floor) = bounds(connection)?;
    let after = read.after;
    if after.epoch != epoch || after.seq > head || after.seq < floor {
        return Ok(EventsPage { must_refetch: true, ..EventsPage::default() });
    }
    let limit = read.count_max.min(EVENTS_MAX);
    let mut statement = connection
        .prepare_cached(
            "SELECT e.seq, e.idx, t.at_us, t.actor, e.entity, e.id, e.version, e.event, e.data \
             FROM _journal_event e JOIN _journal_tx t ON t.seq = e.seq \
             WHERE e.tenant = ?1 AND (e.seq, e.idx) > (?2, ?3) AND e.seq <= ?4 \
             ORDER BY e.seq, e.idx LIMIT ?5",
        )
        .or_fault(doing)?;
    let mut rows = statement
        .query(params![
            tenant_key(read.tenant.as_ref()),
            after.seq.cast_signed(),
            after.idx,
            head.cast_signed(),
            limit
        ])
        .or_fault(doing)?;
    let mut page = EventsPage { end: Some(after), ..EventsPage::default() };
    let mut looked_at = 0;
    while let Some(row) = rows.next().or_fault(doing)? {
        looked_at += 1;
        let seq: i64 = row.get(0).or_fault(doing)?;
        let position =
            Position { epoch, seq: seq.unsigned_abs(), idx: row.get(1).or_fault(doing)? };
        page.end = Some(position);
        let number: i64 = row.get(4).or_fault(doing)?;
        let Some(entity) = numbers.entity(number) else { continue };
        if !read.entities.contains(&entity) {
            continue;
        }
        let actor: Option<[u8; 16]> = row.get(3).or_fault(doing)?;
        let id: [u8; 16] = row.get(5).or_fault(doing)?;
        let version: i64 = row.get(6).or_fault(doing)?;
        let data: String = row.get(8).or_fault(doing)?;
        let (root, parts, own) = parse(plan, vault, (entity, read.tenant), &data)?;
        page.events.push(StoredEvent {
            position,
            at_us: row.get(2).or_fault(doing)?,
            actor: actor.map(Uuid::from_bytes),
            event: JournalEvent {
                entity,
                id: Uuid::from_bytes(id),
                version: version.unsigned_abs(),
                event: row.get(7).or_fault(doing)?,
                row: root,
                parts,
                own,
            },
        });
    }
    page.is_complete = looked_at < limit;
    if page.is_complete && head > after.seq {
        // All up to the head has been looked at: later reads need not do it again.
        page.end = Some(Position { epoch, seq: head, idx: u16::MAX });
    }
    Ok(page)
}

/// (last number, number below which history is gone)
pub(super) fn bounds(connection: &Connection) -> Result<(u64, u64), Fault> {
    connection
        .prepare_cached(
            "SELECT COALESCE((SELECT MAX(seq) FROM _journal_tx), 0), \
             COALESCE((SELECT value FROM _meta WHERE name = 'floor_seq'), 0)",
        )
        .and_then(|mut it| {
            it.query_row([], |row| {
                Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
            })
        })
        .or_fault("the journal's bounds cannot be read")
}
