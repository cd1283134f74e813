//! How the database keeps budgets: one row each, the time at which it would be full again (GCRA), moved by the number
//! of requests that are granted at once. Only the database's clock counts.

use architrave_engine::ports::LimitKey;
use tokio_postgres::Error;
use uuid::Uuid;

use super::slice::Grant;
use crate::postgres::session::Session;

/// One question: a budget, what it allows, how many requests are wanted, and how many are given back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) key: LimitKey,
    pub(super) count: u32,
    pub(super) period_us: i64,
    pub(super) wanted: u32,
    pub(super) unspent: u32,
}

/// Rows for budgets that nobody asked for yet: they are full.
const ADD: &str = "
INSERT INTO architrave.budget (policy, subject, full_at_ns, granted)
SELECT q.policy, q.subject::uuid, 0, 0 FROM unnest($1::integer[], $2::text[]) AS q(policy, subject)
ON CONFLICT (policy, subject) DO NOTHING";

/// Asks for many budgets at once; each stands for itself. What is given back comes off first, but never makes a budget
/// more than full. A node gets at most a quarter of what is there, so that others find something too, and at least
/// one. Rows are locked in one order, so that no two nodes wait for each other, and only then is the clock read:
/// `now` counts what was locked.
const TAKE: &str = "
WITH q AS (
  SELECT policy, subject::uuid AS subject, interval_ns, period_ns, wanted, unspent
  FROM unnest($1::integer[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[], $6::integer[])
    AS q(policy, subject, interval_ns, period_ns, wanted, unspent)
), held AS MATERIALIZED (
  SELECT b.policy, b.subject, b.full_at_ns FROM architrave.budget b
  WHERE (b.policy, b.subject) IN (SELECT q.policy, q.subject FROM q)
  ORDER BY b.policy, b.subject FOR NO KEY UPDATE
), now AS MATERIALIZED (
  SELECT count(*) AS locked, (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint AS ns FROM held
), base AS (
  SELECT q.*, now.ns, GREATEST(held.full_at_ns - q.unspent * q.interval_ns, now.ns) AS full_at_ns
  FROM q JOIN held ON held.policy = q.policy AND held.subject = q.subject CROSS JOIN now
), room AS (
  SELECT base.*, GREATEST((period_ns - (full_at_ns - ns)) / interval_ns, 0) AS room FROM base
), taken AS (
  SELECT room.*, LEAST(wanted, GREATEST(room / 4, 1), room) AS take FROM room
)
UPDATE architrave.budget b SET full_at_ns = t.full_at_ns + t.take * t.interval_ns, granted = t.take
FROM taken t WHERE b.policy = t.policy AND b.subject = t.subject
RETURNING b.policy, b.subject::text, t.take::bigint, (t.room - t.take)::bigint, (b.full_at_ns - t.ns) / 1000,
          GREATEST(b.full_at_ns + t.interval_ns - t.period_ns - t.ns, 1000) / 1000";

/// Forgets budgets that are full, a bounded number at a time.
const FORGET: &str = "
DELETE FROM architrave.budget WHERE (policy, subject) IN (
  SELECT policy, subject FROM architrave.budget
  WHERE full_at_ns < (extract(epoch FROM clock_timestamp()) * 1000000000)::bigint
  ORDER BY policy, subject LIMIT 10000 FOR UPDATE SKIP LOCKED)";

/// Asks; keys are different.
pub(super) async fn take(
    session: &Session,
    questions: &[Question],
) -> Result<Vec<(LimitKey, Grant)>, Error> {
    let policies = all(questions, |it| it.key.policy.cast_signed());
    let subjects = all(questions, |it| Uuid::from_bytes(it.key.subject).to_string());
    let period_ns = |it: &Question| it.period_us.max(1).saturating_mul(1_000);
    let periods = all(questions, period_ns);
    // Rounded up, so that rounding never gives one too many.
    let intervals = all(questions, |it| {
        let count = i64::from(it.count.max(1));
        (period_ns(it) + count - 1) / count
    });
    let wanted = all(questions, |it| it.wanted.cast_signed());
    let unspent = all(questions, |it| it.unspent.cast_signed());
    let statement = session.prepared(TAKE).await?;
    let client = session.client();
    let mut rows = Vec::new();
    // Behind rows that are missing there is a second attempt, in which none are.
    for _ in 0..2 {
        rows = client
            .query(&statement, &[&policies, &subjects, &intervals, &periods, &wanted, &unspent])
            .await?;
        if rows.len() == questions.len() {
            break;
        }
        client.execute(ADD, &[&policies, &subjects]).await?;
    }
    Ok(rows.iter().filter_map(granted).collect())
}

fn all<T>(questions: &[Question], of: impl Fn(&Question) -> T) -> Vec<T> {
    questions.iter().map(of).collect()
}

fn granted(row: &tokio_postgres::Row) -> Option<(LimitKey, Grant)> {
    let subject: Uuid = row.get::<_, &str>(1).parse().ok()?;
    let number = |at: usize| u32::try_from(row.get::<_, i64>(at)).unwrap_or(u32::MAX);
    let key =
        LimitKey { policy: row.get::<_, i32>(0).cast_unsigned(), subject: subject.into_bytes() };
    let grant = Grant {
        granted: number(2),
        left: number(3),
        full_in_us: row.get(4),
        one_more_in_us: row.get(5),
    };
    Some((key, grant))
}

/// Forgets budgets that are full.
pub(super) async fn forget(session: &Session) -> Result<(), Error> {
    session.client().execute(FORGET, &[]).await.map(|_| ())
}
