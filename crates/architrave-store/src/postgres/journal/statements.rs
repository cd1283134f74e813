//! What is asked and told about the journal, one statement each.

use std::ops::RangeInclusive;

use tokio_postgres::{Client, Error, error::SqlState};
use uuid::Uuid;

use super::publisher::{Holder, Sight};
use crate::postgres::value::Bound;

/// Most numbers that one look takes in: at 5 ms a look far more than a server commits.
const NUMBERS_MAX: i64 = 10_000;
/// Most tombstones of one statement.
const TOMBSTONES_MAX: u64 = 10_000;
/// How long a publisher is the only one without saying so again. Short, since two do no harm and none does.
const LEASE_MS: i32 = 2_000;

/// The channel on which nodes tell each other that something happened. What is said there is only a hint.
const CHANNEL: &str = "architrave";

/// The one row of the mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) safe: u64,
    pub(super) epoch: u32,
    /// Nobody publishes, or this node did last: it may take the lease.
    pub(super) is_free: bool,
}

fn bound(node: Uuid) -> Bound<'static> {
    Some(node).into()
}

/// Waits for hints from now on.
pub(super) async fn listen(client: &Client) -> Result<(), Error> {
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await
}

/// Tells all nodes to look. Its own transaction: a commit with a hint in it waits for every other such commit.
pub(super) async fn hint(client: &Client) -> Result<(), Error> {
    client.batch_execute(&format!("NOTIFY {CHANNEL}")).await
}

/// How far readers may go.
pub(super) async fn mark(client: &Client, node: Uuid) -> Result<Mark, Error> {
    let sql = "SELECT m.safe, e.value, m.leased_until < clock_timestamp() OR m.publisher = $1 \
               FROM architrave.journal_mark m, architrave.meta e WHERE e.name = 'epoch'";
    let row = client.query_one(sql, &[&bound(node)]).await?;
    Ok(Mark {
        safe: row.get::<_, i64>(0).unsigned_abs(),
        epoch: u32::from_str_radix(row.get(1), 16).unwrap_or_default(),
        is_free: row.get::<_, Option<bool>>(2).unwrap_or(true),
    })
}

/// Takes or keeps the lease on publishing; its fence, unless another node has it.
pub(super) async fn lease(client: &Client, node: Uuid) -> Result<Option<i64>, Error> {
    let sql = "UPDATE architrave.journal_mark SET publisher = $1, \
               fence = fence + CASE WHEN publisher = $1 THEN 0 ELSE 1 END, \
               leased_until = clock_timestamp() + $2::integer * interval '1 ms' \
               WHERE leased_until < clock_timestamp() OR publisher = $1 RETURNING fence";
    Ok(client.query_opt(sql, &[&bound(node), &LEASE_MS]).await?.map(|it| it.get(0)))
}

/// Gives the lease back, so that another node need not wait for its end.
pub(super) async fn give_back(client: &Client, node: Uuid) -> Result<(), Error> {
    let sql = "UPDATE architrave.journal_mark SET leased_until = '-infinity' WHERE publisher = $1";
    client.execute(sql, &[&bound(node)]).await.map(|_| ())
}

/// What is visible above the mark.
pub(super) async fn look(client: &Client) -> Result<Sight, Error> {
    let sql = "SELECT m.safe, ARRAY(SELECT t.seq FROM architrave.journal_tx t WHERE t.seq > m.safe \
               ORDER BY t.seq LIMIT $1) FROM architrave.journal_mark m";
    let row = client.query_one(sql, &[&NUMBERS_MAX]).await?;
    let numbers = row.get::<_, Vec<i64>>(1).into_iter().map(i64::unsigned_abs);
    Ok(Sight { safe: row.get::<_, i64>(0).unsigned_abs(), numbers: numbers.collect() })
}

/// Moves the mark; false where the lease is another's or the mark is there already.
pub(super) async fn advance(client: &Client, to: u64, fence: i64) -> Result<bool, Error> {
    let sql = "UPDATE architrave.journal_mark SET safe = $1, \
               leased_until = clock_timestamp() + $3::integer * interval '1 ms' \
               WHERE safe < $1 AND fence = $2";
    Ok(client.execute(sql, &[&to.cast_signed(), &fence, &LEASE_MS]).await? == 1)
}

/// Whoever holds the lock under which numbers are drawn.
pub(super) async fn holders(client: &Client) -> Result<Vec<Holder>, Error> {
    let sql = "SELECT virtualtransaction, pid FROM pg_locks WHERE locktype = 'relation' \
               AND relation = 'architrave.journal_tx'::regclass AND mode = 'RowExclusiveLock' AND granted \
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let rows = client.query(sql, &[]).await?;
    let holder =
        |row: &tokio_postgres::Row| Holder { transaction: row.get(0), process: row.get(1) };
    Ok(rows.iter().map(holder).collect())
}

/// Puts tombstones where nobody can write any more, all with one commit. The primary key says whether that is true.
pub(super) async fn bury(client: &Client, dead: &[RangeInclusive<u64>]) -> Result<u64, Error> {
    let sql = "INSERT INTO architrave.journal_tx (seq, kind, at, operation, request_id, traceparent) \
               OVERRIDING SYSTEM VALUE SELECT n, 1, clock_timestamp(), 'tombstone', '', '' \
               FROM unnest($1::bigint[], $2::bigint[]) AS r(first, last), generate_series(r.first, r.last) n \
               ON CONFLICT DO NOTHING";
    let mut left = TOMBSTONES_MAX;
    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for range in dead {
        let (first, last) = (*range.start(), *range.end());
        // What is left of a long range is buried after the next look.
        let last = last.min(first.saturating_add(left - 1));
        firsts.push(first.cast_signed());
        lasts.push(last.cast_signed());
        left = left.saturating_sub(last - first + 1);
        if left == 0 {
            break;
        }
    }
    client.execute(sql, &[&firsts, &lasts]).await
}

/// Ends the session of a transaction that holds up everybody; false where this role may not.
pub(super) async fn end(client: &Client, holder: &Holder) -> Result<bool, Error> {
    let Some(process) = holder.process else { return Ok(false) };
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'virtualxid' \
               AND pid = $1 AND virtualtransaction = $2 LIMIT 1";
    match client.query_opt(sql, &[&process, &holder.transaction]).await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Ok(false),
        Err(error) => Err(error),
    }
}
