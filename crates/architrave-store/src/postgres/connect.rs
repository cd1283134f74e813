//! One connection, within a time, that ends with what holds it.

use std::{future::poll_fn, sync::Arc, time::Duration};

use architrave_engine::Fault;
use tokio::{sync::Notify, task::JoinHandle};
use tokio_postgres::{AsyncMessage, Client};

use super::{Address, fault, tls};

/// A connection and the task that carries its bytes.
pub(super) struct Connection {
    pub(super) client: Client,
    carrier: JoinHandle<()>,
}

impl Connection {
    /// Connects and signs in, all within the time.
    pub(super) async fn open(address: &Address, timeout: Duration) -> Result<Self, Fault> {
        Self::open_hearing(address, timeout, None).await
    }

    /// The same, and `heard` is told of each notification. What it says is not kept.
    pub(super) async fn open_hearing(
        address: &Address,
        timeout: Duration,
        heard: Option<Arc<Notify>>,
    ) -> Result<Self, Fault> {
        let connecting = address.config.connect(tls::connector(&address.trust)?);
        let Ok(connected) = tokio::time::timeout(timeout, connecting).await else {
            return Err(fault::too_slow(address, "connecting", timeout.as_millis()));
        };
        let (client, mut connection) = connected.map_err(|error| fault::fault(&error, address))?;
        // Its errors are told to whoever waits for an answer.
        let carrier = tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let (AsyncMessage::Notification(_), Some(heard)) = (message, &heard) {
                    heard.notify_one();
                }
            }
        });
        Ok(Self { client, carrier })
    }
}

impl Connection {
    /// Ends the connection, whoever still waits for an answer.
    pub(super) fn cut(&self) {
        self.carrier.abort();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}
