//! Databases of the tests' own in the private server that `cargo xtask test` starts.
#![expect(dead_code, reason = "every test uses a part of it")]

use std::{
    io::Write as _,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio_postgres::{Client, NoTls};

/// Names the address of the server; see CONTRIBUTING.
const VARIABLE: &str = "ARCHITRAVE_TEST_POSTGRES";

/// A database that nobody else uses. It goes away with its server.
pub(crate) struct Database {
    /// Where it is, as its administrator.
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) client: Client,
}

impl Database {
    /// Whether there is a server; else says how to get one.
    pub(crate) fn is_there() -> bool {
        server().is_some()
    }

    /// Drops it, whoever is connected.
    pub(crate) async fn drop(self) {
        if let Some(server) = server() {
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            connected(&server).await.batch_execute(&drop).await.unwrap();
        }
    }

    /// An empty one; none, which is said, where there is no server.
    pub(crate) async fn empty() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{count}", std::process::id());
        connected(&server).await.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let address = server.replace("/postgres?", &format!("/{name}?"));
        let client = connected(&address).await;
        Some(Self { address, name, client })
    }

    /// One with a schema.
    pub(crate) async fn with(schema: &str) -> Option<Self> {
        let database = Self::empty().await?;
        database.client.batch_execute(schema).await.unwrap();
        Some(database)
    }

    /// As it is shown.
    pub(crate) fn shown(&self) -> String {
        format!("postgres:///{}", self.name)
    }

    /// The address for another user.
    pub(crate) fn address_for(&self, user: &str) -> String {
        self.address.replace("user=architrave", &format!("user={user}"))
    }
}

fn server() -> Option<String> {
    let server = std::env::var(VARIABLE).ok().filter(|it| !it.is_empty());
    if server.is_none() {
        // Written past the test's own capture, so that it is seen.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {VARIABLE} names no server. Run `cargo xtask test`, or `cargo xtask postgres cargo test -p architrave`."
        );
    }
    server
}

async fn connected(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
