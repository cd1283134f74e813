//! One connection, within a time, that ends with what holds it.

use std::time::Duration;

use architrave_engine::Fault;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::{Address, fault, tls};

/// A connection and the task that carries its bytes.
pub(super) struct Connection {
    pub(super) client: Client,
    carrier: JoinHandle<()>,
}

impl Connection {
    /// Connects and signs in, all within the time.
    pub(super) async fn open(address: &Address, timeout: Duration) -> Result<Self, Fault> {
        let connecting = address.config.connect(tls::connector(&address.trust)?);
        let Ok(connected) = tokio::time::timeout(timeout, connecting).await else {
            return Err(fault::too_slow(address, "connecting", timeout.as_millis()));
        };
        let (client, connection) = connected.map_err(|error| fault::fault(&error, address))?;
        // Its errors are told to whoever waits for an answer.
        let carrier = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { client, carrier })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}
