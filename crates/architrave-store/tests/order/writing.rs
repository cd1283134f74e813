//! One connection that writes to the journal as the store does, but slower and less reliably.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::{Campaign, connected};

/// The last statement of a transaction: the number is drawn by the insert, and the node's fence looked up.
const APPEND: &str = "
WITH t AS (
  INSERT INTO architrave.journal_tx (kind, at, operation, request_id, traceparent, fence)
  VALUES (0, clock_timestamp(), 'order', '', '', (SELECT n.fence FROM architrave.node n
    WHERE n.id = $1::text::uuid AND n.beat_at > clock_timestamp() - interval '15 s'))
  RETURNING seq
)
INSERT INTO architrave.journal_event (seq, idx, tenant, entity, id, version, event, data)
SELECT t.seq, i, '00000000-0000-0000-0000-000000000000', 1, $2::text::uuid, $3, 'updated', '{\"row\":{}}'
FROM t, generate_series(0, $4::integer - 1) i";

/// Ids of the nodes, once all of them are registered.
pub(crate) async fn living_nodes(address: &str, count: usize) -> Vec<Uuid> {
    let client = connected(address).await;
    let rows = client.query("SELECT id::text FROM architrave.node ORDER BY address", &[]).await;
    let ids: Vec<Uuid> =
        rows.unwrap().iter().map(|it| it.get::<_, String>(0).parse().unwrap()).collect();
    assert_eq!(ids.len(), count);
    ids
}

/// Writes until enough was written: 1 to 5 events a transaction, one in ten rolled back, pauses of all lengths while
/// the number is drawn and not committed.
pub(crate) async fn write(campaign: Arc<Campaign>, number: usize, node: Uuid) {
    let client = connected(&campaign.address).await;
    let types = [Type::TEXT, Type::TEXT, Type::INT8, Type::INT4];
    let append = client.prepare_typed(APPEND, &types).await.unwrap();
    let (node, entity) = (node.to_string(), Uuid::from_u128(number as u128 + 1).to_string());
    let mut chance = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |bound: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % bound
    };
    let mut version = 0_i64;
    while campaign.written.load(Relaxed) < campaign.events {
        let count = i32::try_from(1 + below(5)).unwrap();
        client.batch_execute("BEGIN").await.unwrap();
        client.execute(&append, &[&node, &entity, &(version + 1), &count]).await.unwrap();
        let pause_ms = match below(1_000) {
            0 => 50 + below(200),
            1..100 => below(5),
            _ => 0,
        };
        if pause_ms > 0 {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        if below(10) == 0 {
            client.batch_execute("ROLLBACK").await.unwrap();
            campaign.rolled_back.fetch_add(1, Relaxed);
            continue;
        }
        client.batch_execute("COMMIT").await.unwrap();
        version += 1;
        campaign.transactions.fetch_add(1, Relaxed);
        campaign.written.fetch_add(u64::from(count.unsigned_abs()), Relaxed);
    }
}
