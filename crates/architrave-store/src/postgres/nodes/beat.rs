//! Keeps this node registered: heartbeats, and a new registration where the database no longer knows the fence.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use architrave_engine::Fault;
use tokio_postgres::Client;

use super::{
    Node,
    lease::BEAT_EVERY,
    registry::{self, Registered},
};
use crate::postgres::{fault, session::Session, store::Shared};

/// The longest wait for an answer to a heartbeat; a later one would come too late for the next.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// The wait after a heartbeat that failed.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Registers for the first time.
///
/// # Errors
/// Where nodes of another plan are serving, or the database does not answer.
pub(in crate::postgres) async fn enter(shared: &Shared) -> Result<(), Fault> {
    let mut session = shared.access.open("node").await?;
    register(shared, session.client_mut()).await
}

async fn register(shared: &Shared, client: &mut Client) -> Result<(), Fault> {
    let node = &shared.node;
    let sent = Instant::now();
    match registry::register(client, &node.card).await {
        Ok(Registered::As(fence)) => {
            node.lease.renew(fence, sent);
            Ok(())
        }
        Ok(Registered::Refused(others)) => Err(registry::refused(&node.card, &others)),
        Err(error) => Err(fault::fault(&error, &shared.access.address)),
    }
}

/// Gives heartbeats for ever.
pub(in crate::postgres) async fn keep(shared: Arc<Shared>) {
    let mut session: Option<Session> = None;
    loop {
        let kept = tokio::time::timeout(ANSWER_MAX, once(&shared, &mut session)).await;
        let wait = match kept {
            Ok(Ok(())) => BEAT_EVERY,
            Ok(Err(fault)) => {
                session = None;
                if !fault.is_transient {
                    shared.news(&format!("this node may not write: {}", fault.what));
                }
                AGAIN_AFTER
            }
            Err(_) => {
                session = None;
                AGAIN_AFTER
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = shared.node.doubt.notified() => {}
        }
    }
}

/// One heartbeat, or where it comes too late another registration.
async fn once(shared: &Shared, kept: &mut Option<Session>) -> Result<(), Fault> {
    let session = match kept.as_mut().filter(|it| !it.is_closed()) {
        Some(session) => session,
        None => kept.insert(shared.access.open("node").await?),
    };
    let node = &shared.node;
    if let Some(fence) = node.lease.granted() {
        let sent = Instant::now();
        let beat = registry::beat(session.client(), node.id(), fence).await;
        if beat.map_err(|it| fault::fault(&it, &shared.access.address))? {
            node.lease.renew(fence, sent);
            return Ok(());
        }
        node.lease.lose();
        shared.news("this node was not heard for too long and registers again");
    }
    register(shared, session.client_mut()).await
}

/// Leaves; what it had is free at once.
pub(in crate::postgres) async fn leave(shared: &Shared) {
    let node: &Node = &shared.node;
    node.lease.lose();
    let Ok(session) = shared.access.open("node").await else { return };
    // Without this it counts as living for a little longer.
    let _ = registry::leave(session.client(), node.id()).await;
    crate::postgres::journal::leave(&session, node.id()).await;
}
