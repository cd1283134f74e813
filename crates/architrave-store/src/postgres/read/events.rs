//! Pages through the journal, as far as it is published.

use architrave_engine::{
    Fault,
    ports::{EventsPage, EventsRead, JournalEvent, Position, StoredEvent},
};
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::{Readers, Trouble, cells::Cells as _, lane::Lane};
use crate::{
    postgres::value::{Bound, Raw},
    shared::journal::{Numbers, parse},
};

/// Most events that one read looks at, whatever was asked for.
const EVENTS_MAX: u32 = 1_000;

/// How far readers may go, how far the journal goes, below what it is gone.
const BOUNDS: &str = "SELECT safe, COALESCE((SELECT max(seq) FROM architrave.journal_tx), 0), \
                      COALESCE((SELECT value::bigint FROM architrave.meta WHERE name = 'floor_seq'), 0) \
                      FROM architrave.journal_mark";
const EVENTS: &str = "SELECT e.seq, e.idx, t.at, t.actor, e.entity, e.id, e.version, e.event, e.data \
                      FROM architrave.journal_event e JOIN architrave.journal_tx t ON t.seq = e.seq \
                      WHERE e.tenant = $1 AND (e.seq, e.idx) > ($2, $3) \
                      AND e.seq <= (SELECT safe FROM architrave.journal_mark) \
                      ORDER BY e.seq, e.idx LIMIT $4";

impl Readers {
    /// Pages forward through a tenant's events.
    pub(in crate::postgres) async fn events(
        &self,
        (numbers, epoch): (&Numbers, u32),
        read: &EventsRead,
    ) -> Result<EventsPage, Fault> {
        let limit = read.count_max.min(EVENTS_MAX);
        let after = read.after;
        let (bounds, found) = self.published(read, limit).await?;
        let bounds = bounds.first().map(Bounds::read).transpose().map_err(unreadable)?;
        let Some(bounds) = bounds else {
            return Err(Fault::new(
                "the journal has no mark",
                "restore the database from a backup",
            ));
        };
        // What was just written is in the journal before it is published: whoever wrote it may ask from there on.
        if after.epoch != epoch || after.seq > bounds.head || after.seq < bounds.floor {
            return Ok(EventsPage { must_refetch: true, ..EventsPage::default() });
        }
        let mut page = EventsPage { end: Some(after), ..EventsPage::default() };
        for row in &found {
            let position = place(row, epoch).map_err(unreadable)?;
            page.end = Some(position);
            let event = self.event(numbers, read, position, row).map_err(|it| match it {
                Trouble::Database(error) => unreadable(error),
                Trouble::Fault(fault) => fault,
            })?;
            page.events.extend(event);
        }
        page.is_complete = u32::try_from(found.len()).unwrap_or(u32::MAX) < limit;
        if page.is_complete && bounds.safe > after.seq {
            // All that is published has been looked at: later reads need not do it again.
            page.end = Some(Position { epoch, seq: bounds.safe, idx: u16::MAX });
        }
        Ok(page)
    }

    /// The journal's bounds and the events behind a place, both of one state.
    async fn published(
        &self,
        read: &EventsRead,
        limit: u32,
    ) -> Result<(Vec<Row>, Vec<Row>), Fault> {
        let mut attempt = self.attempt(read.tenant)?;
        loop {
            let lane = attempt.lane().await?;
            if let Some(found) = attempt.done(asked(&lane, read, limit).await) {
                return found;
            }
        }
    }

    fn event(
        &self,
        numbers: &Numbers,
        read: &EventsRead,
        position: Position,
        row: &Row,
    ) -> Result<Option<StoredEvent>, Trouble> {
        let number: i32 = row.try_get(4)?;
        let Some(entity) = numbers.entity(number.into()) else { return Ok(None) };
        if !read.entities.contains(&entity) {
            return Ok(None);
        }
        let uuid = |at| row.at(at).and_then(Raw::uuid);
        let version: i64 = row.try_get(6)?;
        let data = row.at(8).and_then(Raw::text).unwrap_or_default();
        let (plan, vault) = (&self.base.plan, &self.base.vault);
        let (root, parts, own) = parse(plan, vault, (entity, read.tenant), data)?;
        Ok(Some(StoredEvent {
            position,
            at_us: row.at(2).and_then(Raw::timestamp_us).unwrap_or_default(),
            actor: uuid(3),
            event: JournalEvent {
                entity,
                id: uuid(5).unwrap_or(Uuid::nil()),
                version: version.unsigned_abs(),
                event: row.try_get(7)?,
                row: root,
                parts,
                own,
            },
        }))
    }
}

async fn asked(
    lane: &Lane,
    read: &EventsRead,
    limit: u32,
) -> Result<(Vec<Row>, Vec<Row>), Trouble> {
    let session = lane.session();
    let (bounds, events) = (session.prepared(BOUNDS).await?, session.prepared(EVENTS).await?);
    let values = vec![
        Bound::Uuid(read.tenant.unwrap_or_default()),
        Bound::Int(read.after.seq.cast_signed()),
        Bound::Int(read.after.idx.into()),
        Bound::Int(limit.into()),
    ];
    let both = vec![(bounds, Vec::new()), (events, values)];
    let mut found = lane.ask_all(read.tenant, both).await?.into_iter();
    Ok((found.next().unwrap_or_default(), found.next().unwrap_or_default()))
}

struct Bounds {
    safe: u64,
    head: u64,
    floor: u64,
}

impl Bounds {
    fn read(row: &Row) -> Result<Self, Error> {
        let at = |it| row.try_get::<usize, i64>(it).map(i64::unsigned_abs);
        let (safe, last) = (at(0)?, at(1)?);
        Ok(Self { safe, head: safe.max(last), floor: at(2)? })
    }
}

fn place(row: &Row, epoch: u32) -> Result<Position, Error> {
    let (seq, idx): (i64, i32) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Position { epoch, seq: seq.unsigned_abs(), idx: u16::try_from(idx).unwrap_or(u16::MAX) })
}

fn unreadable(error: Error) -> Fault {
    Fault::new(format!("the journal cannot be read: {error}"), "")
}
