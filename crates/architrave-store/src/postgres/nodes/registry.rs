//! Who serves: the table of nodes. Only the database's clock is asked, so that a node whose own is wrong, or which was
//! paused, is judged like any other.

use architrave_engine::Fault;
use tokio_postgres::{Client, Error, error::SqlState};
use uuid::Uuid;

use super::lease::TIME_TO_LIVE;
use crate::postgres::value::Bound;

/// What a node says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// Made at each start.
    pub(crate) id: Uuid,
    /// Where people find it.
    pub(crate) address: String,
    /// Hash of the plan that it serves.
    pub(crate) plan: String,
}

/// What came of a registration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Registered {
    /// With this fence.
    As(i64),
    /// Nodes of another plan are serving: (address, plan).
    Refused(Vec<(String, String)>),
}

/// Looks up the fence of a node within an insert into `journal_tx`, for its column `fence`; `id` and `fence` are
/// parameters such as `$1`. Null, and with it a refusal of the whole transaction, where the node is no longer a
/// living one: it was paused or cut off, and others may have taken over what it believes it has.
pub(crate) fn lookup(id: &str, fence: &str) -> String {
    let seconds = TIME_TO_LIVE.as_secs();
    format!(
        "(SELECT n.fence FROM architrave.node n WHERE n.id = {id} AND n.fence = {fence} \
         AND n.beat_at > clock_timestamp() - interval '{seconds} s')"
    )
}

/// Whether an insert was refused because the node that sent it is not a living one.
pub(crate) fn is_fenced_off(error: &Error) -> bool {
    error.as_db_error().is_some_and(|it| {
        *it.code() == SqlState::NOT_NULL_VIOLATION
            && it.table() == Some("journal_tx")
            && it.column() == Some("fence")
    })
}

fn bound(id: Uuid) -> Bound<'static> {
    Some(id).into()
}

/// Registers a node, with a fence that no node ever had. Registrations are one after the other, or two nodes of
/// different plans could miss each other.
pub(crate) async fn register(client: &mut Client, card: &Card) -> Result<Registered, Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute("LOCK TABLE architrave.node IN SHARE ROW EXCLUSIVE MODE").await?;
    let seconds = TIME_TO_LIVE.as_secs();
    let forget = format!(
        "DELETE FROM architrave.node WHERE beat_at <= clock_timestamp() - interval '{seconds} s'"
    );
    transaction.batch_execute(&forget).await?;
    let sql =
        "SELECT address, plan FROM architrave.node WHERE plan <> $1 AND id <> $2 ORDER BY address";
    let others = transaction.query(sql, &[&card.plan, &bound(card.id)]).await?;
    if !others.is_empty() {
        let others = others.iter().map(|it| (it.get(0), it.get(1)));
        return Ok(Registered::Refused(others.collect()));
    }
    let sql = "INSERT INTO architrave.meta AS m (name, value) VALUES ('fence', '1') ON CONFLICT (name) \
               DO UPDATE SET value = (m.value::bigint + 1)::text RETURNING value::bigint";
    let fence: i64 = transaction.query_one(sql, &[]).await?.get(0);
    let sql = "INSERT INTO architrave.node (id, address, plan, fence, beat_at) \
               VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET \
               address = excluded.address, plan = excluded.plan, fence = excluded.fence, \
               beat_at = excluded.beat_at";
    transaction.execute(sql, &[&bound(card.id), &card.address, &card.plan, &fence]).await?;
    transaction.commit().await?;
    Ok(Registered::As(fence))
}

/// Gives a heartbeat; false where the fence is no longer held.
pub(crate) async fn beat(client: &Client, id: Uuid, fence: i64) -> Result<bool, Error> {
    let seconds = TIME_TO_LIVE.as_secs();
    let sql = format!(
        "UPDATE architrave.node SET beat_at = clock_timestamp() WHERE id = $1 AND fence = $2 \
         AND beat_at > clock_timestamp() - interval '{seconds} s'"
    );
    Ok(client.execute(&sql, &[&bound(id), &fence]).await? == 1)
}

/// Leaves: what the node still has under way is refused from here on.
pub(crate) async fn leave(client: &Client, id: Uuid) -> Result<(), Error> {
    client.execute("DELETE FROM architrave.node WHERE id = $1", &[&bound(id)]).await.map(|_| ())
}

/// What to say where nodes of another plan are serving.
pub(crate) fn refused(card: &Card, others: &[(String, String)]) -> Fault {
    let shown: Vec<String> =
        others.iter().map(|(address, plan)| format!("{address} serves {plan}")).collect();
    Fault::new(
        format!(
            "two versions of the blueprint at once: this node has {}, and {}",
            card.plan,
            shown.join(", ")
        ),
        "stop the nodes of the other version first, or serve theirs",
    )
}
