//! The schema of somebody else's PostgreSQL as text, for review and import. Reads the catalogue alone, never a row,
//! within one read-only transaction.
//!
//! The server's own functions write types, expressions, constraints and indexes; what stands around them is put
//! together here, sorted by name, so that the same schema gives the same text. Only simple statements are
//! sent: they work through a pooler in transaction mode too.

mod catalogue;
mod write;

use std::time::Duration;

use architrave_engine::Fault;
use architrave_model::SourceFile;
use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, SimpleQueryMessage};

use self::catalogue::{Catalogue, Cells};
use super::{Address, connect::Connection, fault};

/// Most objects of one kind: the largest known applications have some ten thousand tables.
const OBJECTS_MAX: usize = 100_000;
/// Most bytes of answers, and of the text. A million lines of schema are below it.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// How long to wait for a server.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For everything together.
    pub all: Duration,
}

impl Default for Patience {
    /// Ten seconds to connect, as most tools wait; a minute for a catalogue that others use too.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), all: Duration::from_secs(60) }
    }
}

/// Ours alone, whatever the server's or the user's settings are: names are written with their schema, texts and
/// times in one way. A statement gets 15 s, a lock 2 s: nobody waits for us behind a change of the schema.
const BEGIN: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '2s'; \
    SET LOCAL idle_in_transaction_session_timeout = '30s'; SET LOCAL search_path = ''; \
    SET LOCAL standard_conforming_strings = on; SET LOCAL quote_all_identifiers = off; \
    SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; \
    SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1";

/// The statements that would make the tables, indexes, types and row rules of a database. What extensions bring
/// is left out, and so are views, functions and triggers, which no reader of ours asks for.
///
/// # Errors
/// Where the server cannot be reached, refuses, or takes too long, and where the schema is too large.
pub async fn schema_text(address: &Address, patience: Patience) -> Result<SourceFile, Fault> {
    match tokio::time::timeout(patience.all, read(address, patience)).await {
        Ok(result) => result,
        Err(_) => Err(fault::too_slow(address, "reading the schema", patience.all.as_millis())),
    }
}

async fn read(address: &Address, patience: Patience) -> Result<SourceFile, Fault> {
    let connection = Connection::open(address, patience.connect).await?;
    let mut reader = Reader { client: &connection.client, address, bytes_left: BYTES_MAX };
    reader.client.batch_execute(BEGIN).await.map_err(|error| fault::fault(&error, address))?;
    let catalogue = Catalogue::read(&mut reader).await?;
    reader.client.batch_execute("ROLLBACK").await.map_err(|error| fault::fault(&error, address))?;
    let text = write::text(&catalogue, address.shown());
    if text.len() > BYTES_MAX {
        return Err(reader.too_large());
    }
    Ok(SourceFile { name: address.shown().to_owned(), text })
}

/// Asks the catalogue, within bounds.
struct Reader<'a> {
    client: &'a Client,
    address: &'a Address,
    bytes_left: usize,
}

impl Reader<'_> {
    /// The rows that a query answers, each as its cells.
    async fn rows(&mut self, query: &str) -> Result<Vec<Cells>, Fault> {
        let address = self.address;
        let failed = |error| fault::fault(&error, address);
        let messages = self.client.simple_query_raw(query).await.map_err(failed)?;
        let mut messages = std::pin::pin!(messages);
        let mut rows = Vec::new();
        while let Some(message) = messages.try_next().await.map_err(failed)? {
            let SimpleQueryMessage::Row(row) = message else { continue };
            let cells: Vec<_> = (0..row.len()).map(|it| row.get(it).map(str::to_owned)).collect();
            let bytes: usize = cells.iter().flatten().map(String::len).sum();
            let left = self.bytes_left.checked_sub(bytes).filter(|_| rows.len() < OBJECTS_MAX);
            self.bytes_left = left.ok_or_else(|| self.too_large())?;
            rows.push(Cells::new(cells));
        }
        Ok(rows)
    }

    fn too_large(&self) -> Fault {
        Fault::new(
            format!(
                "{}: the schema has more than {OBJECTS_MAX} objects of a kind or {} MB",
                self.address.shown(),
                BYTES_MAX / (1024 * 1024)
            ),
            "give the tables of interest as a file: pg_dump --schema-only --table=…",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::Environment;

    async fn refused(text: &str, patience: Patience) -> Fault {
        let address = Address::read(text, &Environment::default()).unwrap();
        schema_text(&address, patience).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_a_fault() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let fault = refused(&format!("postgres://ann:hush@{free}/shop"), Patience::default()).await;
        let text = fault.to_string();
        assert!(text.contains(&format!("postgres://{free}/shop: cannot connect")), "{text}");
        assert!(fault.is_transient && !text.contains("hush"), "{text}");
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_is_not_waited_for() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("postgres://ann@{}/shop", silent.local_addr().unwrap());
        let patience = Patience { connect: Duration::from_millis(50), ..Patience::default() };
        let text = refused(&url, patience).await.to_string();
        assert!(text.contains("connecting took longer than 50 ms"), "{text}");
    }
}
