//! The last statement of a batch: its records in the journal and the answers to remember, all at once. The numbers are
//! drawn here, behind every row lock and right before the commit, so that they follow the order of changes.

use architrave_engine::Fault;
use architrave_plan::Plan;
use uuid::Uuid;

use super::turn::Turn;
use crate::{
    postgres::{nodes, value::Bound},
    shared::{
        journal::{Numbers, image, tenant_of},
        remember::kept,
    },
    vault::Vault,
};

/// The texts of the statement.
pub(super) struct Texts {
    /// Records alone.
    records: String,
    /// Records, and answers to remember.
    with_answers: String,
}

impl Texts {
    pub(super) fn new() -> Self {
        // A job's number is its place among all: numbers are drawn one after the other.
        let records = format!(
            "WITH t AS (INSERT INTO architrave.journal_tx (kind, at, tenant, actor, operation, request_id, \
             traceparent, fence) SELECT j.kind, j.at, j.tenant, j.actor, j.operation, j.request_id, j.traceparent, {} \
             FROM unnest($3::smallint[], $4::timestamptz[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], \
             $9::text[]) WITH ORDINALITY j(kind, at, tenant, actor, operation, request_id, traceparent, n) \
             ORDER BY j.n RETURNING seq), \
             n AS (SELECT seq, row_number() OVER (ORDER BY seq) AS job FROM t), \
             e AS (INSERT INTO architrave.journal_event (seq, idx, tenant, entity, id, version, event, data) \
             SELECT n.seq, v.idx, v.tenant, v.entity, v.id, v.version, v.event, v.data \
             FROM unnest($10::bigint[], $11::integer[], $12::uuid[], $13::integer[], $14::uuid[], $15::bigint[], \
             $16::text[], $17::json[]) v(job, idx, tenant, entity, id, version, event, data) \
             JOIN n ON n.job = v.job)",
            nodes::lookup("$1", "$2")
        );
        let numbers = "(SELECT array_agg(seq ORDER BY job) FROM n)";
        // A key that somebody else acted on meanwhile must not be acted on again: fewer answers are kept than were
        // given, and dividing by zero gives the transaction up, although its commit is on its way already.
        let answers = "i AS (INSERT INTO architrave.idempotency AS own (key, fingerprint, status, body, etag, location, \
             problem, is_sealed, epoch, seq, idx, expires_at) \
             SELECT v.key, v.fingerprint, v.status, v.body, v.etag, v.location, v.problem, v.is_sealed, \
             CASE WHEN n.seq IS NOT NULL THEN $29::bigint END, n.seq, CASE WHEN n.seq IS NOT NULL THEN v.idx END, \
             v.expires_at \
             FROM unnest($18::bigint[], $19::bytea[], $20::bytea[], $21::smallint[], $22::bytea[], $23::text[], \
             $24::text[], $25::bytea[], $26::boolean[], $27::integer[], $28::timestamptz[]) \
             v(job, key, fingerprint, status, body, etag, location, problem, is_sealed, idx, expires_at) \
             LEFT JOIN n ON n.job = v.job ORDER BY v.key \
             ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, \
             body = excluded.body, etag = excluded.etag, location = excluded.location, problem = excluded.problem, \
             is_sealed = excluded.is_sealed, epoch = excluded.epoch, seq = excluded.seq, idx = excluded.idx, \
             expires_at = excluded.expires_at WHERE own.expires_at <= $30::timestamptz RETURNING key)";
        Self {
            with_answers: format!(
                "{records}, {answers} SELECT {numbers}, 1 / ((SELECT count(*) FROM i) = $31::bigint)::integer"
            ),
            records: format!("{records} SELECT {numbers}"),
        }
    }
}

/// What the statement is given.
pub(super) struct Ending<'a> {
    pub(super) text: &'a str,
    pub(super) parameters: Vec<Bound<'a>>,
}

/// Who writes, and which history.
pub(super) struct Writer {
    pub(super) node: Uuid,
    pub(super) fence: i64,
    pub(super) epoch: u32,
}

/// Puts the statement together; none where nothing is to be written.
pub(super) fn ending<'a>(
    texts: &'a Texts,
    (plan, vault, numbers): (&Plan, &Vault, &Numbers),
    writer: &Writer,
    turns: &'a [Turn],
) -> Result<Option<Ending<'a>>, Fault> {
    let mut transactions = Columns::<7>::default();
    let mut events = Columns::<8>::default();
    let mut answers = Columns::<11>::default();
    let mut job = 0;
    let mut latest_us = i64::MIN;
    for turn in turns.iter().filter(|it| it.is_stored()) {
        let Some(outcome) = &turn.outcome else { continue };
        let record = outcome.journal.as_ref();
        if let Some(record) = record {
            job += 1;
            transactions.push([
                Bound::Int(i64::from(record.kind)),
                Bound::Timestamp(turn.now_us),
                turn.tenant.into(),
                record.actor.into(),
                Bound::Text(record.operation.as_str().into()),
                Bound::Text(record.request_id.as_str().into()),
                Bound::Text(record.traceparent.as_str().into()),
            ]);
            for (idx, event) in (0..).zip(&record.events) {
                let data = String::from_utf8(image(plan, event, &turn.sealed)).unwrap_or_default();
                events.push([
                    Bound::Int(job),
                    Bound::Int(idx),
                    Bound::Uuid(tenant_of(plan, event).unwrap_or_default()),
                    Bound::Int(numbers.of(event.entity)),
                    Bound::Uuid(event.id),
                    Bound::Int(event.version.cast_signed()),
                    Bound::Text(event.event.as_str().into()),
                    Bound::Text(data.into()),
                ]);
            }
        }
        let Some(remembered) = &outcome.remember else { continue };
        latest_us = latest_us.max(turn.now_us);
        let answer = &remembered.answer;
        let kept = kept(vault, &remembered.key, answer, remembered.is_sensitive)?;
        let text = |it: &'a Option<String>| {
            it.as_ref().map_or(Bound::Null, |it| Bound::Text(it.as_str().into()))
        };
        answers.push([
            // No transaction has the number 0: what changed nothing has no position.
            Bound::Int(if record.is_some() { job } else { 0 }),
            Bound::Bytes(remembered.key.as_slice().into()),
            Bound::Bytes(remembered.fingerprint.as_slice().into()),
            Bound::Int(i64::from(answer.status)),
            Bound::Bytes(kept.body.into()),
            text(&answer.etag),
            text(&answer.location),
            kept.problem.map_or(Bound::Null, |it| Bound::Bytes(it.into())),
            Bound::Bool(remembered.is_sensitive),
            Bound::Int(i64::from(last_event(turn))),
            Bound::Timestamp(remembered.expires_at_us),
        ]);
    }
    if transactions.count == 0 && answers.count == 0 {
        return Ok(None);
    }
    let mut parameters = vec![Bound::Uuid(writer.node), Bound::Int(writer.fence)];
    parameters.extend(transactions.arrays());
    parameters.extend(events.arrays());
    let text = match answers.count {
        0 => &texts.records,
        count => {
            parameters.extend(answers.arrays());
            parameters.push(Bound::Int(i64::from(writer.epoch)));
            parameters.push(Bound::Timestamp(latest_us));
            parameters.push(Bound::Int(count));
            &texts.with_answers
        }
    };
    Ok(Some(Ending { text, parameters }))
}

/// Place of a transaction's last event.
pub(super) fn last_event(turn: &Turn) -> u16 {
    let record = turn.outcome.as_ref().and_then(|it| it.journal.as_ref());
    let count = record.map_or(0, |it| it.events.len());
    u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX)
}

/// Values of rows, column by column.
struct Columns<'a, const N: usize> {
    count: i64,
    columns: [Vec<Bound<'a>>; N],
}

impl<const N: usize> Default for Columns<'_, N> {
    fn default() -> Self {
        Self { count: 0, columns: std::array::from_fn(|_| Vec::new()) }
    }
}

impl<'a, const N: usize> Columns<'a, N> {
    fn push(&mut self, row: [Bound<'a>; N]) {
        self.count += 1;
        self.columns.iter_mut().zip(row).for_each(|(column, it)| column.push(it));
    }

    fn arrays(self) -> impl Iterator<Item = Bound<'a>> {
        self.columns.into_iter().map(Bound::Array)
    }
}
