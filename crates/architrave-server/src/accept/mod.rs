//! Accepts connections and keeps each of them within bounds of time and size.
//!
//! Our own loop, because the one of `axum` 0.8 has no header time-out and hyper's automatic version
//! detection waits for a first byte without end.

mod bounds;
mod connection;
mod heads;
mod listen;
mod pace;
mod wire;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

pub use bounds::Bounds;
pub(crate) use connection::Respond;
pub(crate) use listen::{check_free, listen};

/// How long to wait when no connection can be accepted, e.g. because no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until told to stop; returns when the accepted ones are finished or their time is over.
/// `respond` is asked once per connection, with the address it comes from.
pub(crate) async fn accept<R: Respond>(
    listener: TcpListener,
    respond: impl Fn(SocketAddr) -> R,
    bounds: Bounds,
    mut stop: watch::Receiver<bool>,
) {
    let limit = u32::try_from(bounds.connections_max).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(limit as usize));
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|it| *it) => break,
            accepted = next(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { break };
        let (respond, stop) = (respond(peer), stop.clone());
        tokio::spawn(async move {
            connection::converse(stream, respond, bounds, stop).await;
            drop(place);
        });
    }
    drop(listener);
    // Every connection holds one place: all of them are free when all are finished.
    let _ = tokio::time::timeout(bounds.drain_time_max, places.acquire_many(limit)).await;
}

/// The next connection, once there is a place for it.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    loop {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        match listener.accept().await {
            Ok((stream, peer)) => return Some((stream, peer, place)),
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}
