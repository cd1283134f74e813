//! Who tails the journal: pages behind a cursor, as far as the mark, and keeps count.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use crate::Campaign;

/// What a reader does over and over. The mark and the rows are of one snapshot.
const PAGE: &str = "
SELECT e.seq, e.idx, e.id::text, e.version FROM architrave.journal_event e
WHERE (e.seq, e.idx) > ($1::bigint, $2::integer) AND e.seq <= (SELECT safe FROM architrave.journal_mark)
ORDER BY e.seq, e.idx LIMIT 1000";
/// How long a reader waits for what was written last: longer than any pause of a writer, and than a standby lags.
const LAST_MAX: Duration = Duration::from_secs(60);

/// What a reader met.
#[derive(Default)]
pub(crate) struct Met {
    pub(crate) distinct: u64,
    /// Before something with a lower number, or a version of an entity behind a later one.
    pub(crate) inverted: u64,
    pub(crate) repeated: u64,
    pub(crate) last: u64,
    /// From the last write to the last event met.
    pub(crate) lagged: Duration,
}

/// Reads until the writers are done and all that they wrote was met.
pub(crate) async fn follow(campaign: Arc<Campaign>, address: String) -> Met {
    let client = arrived(&address).await;
    let page = client.prepare(PAGE).await.unwrap();
    let mut met = Met::default();
    let mut cursor = (0_i64, -1_i32);
    let mut versions: BTreeMap<String, i64> = BTreeMap::new();
    let mut over: Option<Instant> = None;
    loop {
        let rows = client.query(&page, &[&cursor.0, &cursor.1]).await.unwrap();
        for row in &rows {
            let place: (i64, i32) = (row.get(0), row.get(1));
            let version: i64 = row.get(3);
            let before = versions.insert(row.get(2), version).unwrap_or_default();
            met.repeated += u64::from(place == cursor);
            // The events of one transaction share a version here; the next transaction has the next one.
            let is_next = version == before + i64::from(place.1 == 0);
            met.inverted += u64::from(place < cursor || !is_next);
            met.distinct += 1;
            cursor = place;
        }
        met.last = cursor.0.unsigned_abs();
        if campaign.is_over.load(Relaxed) {
            let since = *over.get_or_insert_with(Instant::now);
            if met.distinct >= campaign.written.load(Relaxed) || since.elapsed() > LAST_MAX {
                met.lagged = since.elapsed();
                return met;
            }
        }
        if rows.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A connection, once the tables have arrived: a standby is a little behind.
async fn arrived(address: &str) -> tokio_postgres::Client {
    let started = Instant::now();
    loop {
        if let Ok((client, connection)) =
            tokio_postgres::connect(address, tokio_postgres::NoTls).await
        {
            tokio::spawn(connection);
            if client.prepare(PAGE).await.is_ok() {
                return client;
            }
        }
        assert!(started.elapsed() < LAST_MAX, "the tables did not arrive at {address}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
