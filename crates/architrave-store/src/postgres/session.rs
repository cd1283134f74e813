//! One session of the server: signed in, within its times, as the role that may not change the schema, with the
//! statements that it has prepared.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use architrave_engine::Fault;
use futures_util::TryStreamExt as _;
use tokio::sync::Notify;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

use architrave_plan::sql::postgres::security::TENANTS;

use super::{Address, PostgresSettings, connect::Connection, fault, value::Bound};

/// How sessions are opened: where, as whom, within which times.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) address: Address,
    /// The role that the session takes on; none: it stays the user who signed in.
    pub(crate) role: Option<String>,
    pub(crate) settings: PostgresSettings,
}

/// A session. All of its methods may be used at the same time: what is asked before an answer came goes out behind
/// it at once (pipelining), and is answered in that order.
pub(crate) struct Session {
    connection: Connection,
    statements: Mutex<Statements>,
    statements_max: usize,
    tenants: Mutex<Option<String>>,
}

#[derive(Default)]
struct Statements {
    by_text: HashMap<String, (Statement, u64)>,
    uses: AtomicU64,
}

impl Access {
    /// Opens a session. `purpose` is one word, shown in `pg_stat_activity` behind the program's name.
    pub(crate) async fn open(&self, purpose: &str) -> Result<Session, Fault> {
        self.open_hearing(purpose, None).await
    }

    /// The same, and `heard` is told of each notification.
    pub(super) async fn open_hearing(
        &self,
        purpose: &str,
        heard: Option<&Arc<Notify>>,
    ) -> Result<Session, Fault> {
        let mut address = self.address.clone();
        address.config.application_name(format!("architrave {purpose}"));
        let timeout = self.settings.connect_timeout();
        let connection = Connection::open_hearing(&address, timeout, heard.cloned()).await?;
        let begin = self.beginning();
        connection
            .client
            .batch_execute(&begin)
            .await
            .map_err(|error| fault::fault(&error, &self.address))?;
        Ok(Session {
            connection,
            statements: Mutex::default(),
            statements_max: self.settings.statements_max,
            tenants: Mutex::default(),
        })
    }

    /// What a session says first. Not as parameters of the connection: poolers pass only some of those on.
    fn beginning(&self) -> String {
        let PostgresSettings { statement_ms_max, lock_ms_max, idle_ms_max, .. } = self.settings;
        // Short statements by the hundred thousand: compiling them to machine code costs more than it brings.
        let mut all = format!(
            "SET statement_timeout = {statement_ms_max}; SET lock_timeout = {lock_ms_max}; \
             SET idle_in_transaction_session_timeout = {idle_ms_max}; \
             SET search_path = pg_catalog; SET TIME ZONE 'UTC'; SET jit = off"
        );
        if let Some(role) = &self.role {
            all.push_str(&format!("; SET ROLE {}", architrave_plan::sql::quoted(role)));
        }
        all
    }
}

impl Session {
    /// The client, for what has no method here.
    pub(crate) fn client(&self) -> &Client {
        &self.connection.client
    }

    /// The client, for a transaction of several statements.
    pub(super) fn client_mut(&mut self) -> &mut Client {
        &mut self.connection.client
    }

    /// Ends the connection: whoever waits for an answer is told that it is gone.
    pub(super) fn cut(&self) {
        self.connection.cut();
    }

    /// Whether the connection is gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.connection.client.is_closed()
    }

    /// The prepared statement for a text; prepared when it is first wanted.
    pub(crate) async fn prepared(&self, text: &str) -> Result<Statement, Error> {
        if let Some(found) = self.statements().get(text) {
            return Ok(found);
        }
        let made = self.connection.client.prepare(text).await?;
        self.statements().keep(text, &made, self.statements_max);
        Ok(made)
    }

    /// Rows that a text answers.
    pub(super) async fn rows(
        &self,
        text: &str,
        parameters: Vec<Bound<'_>>,
    ) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(text).await?;
        let found = self.connection.client.query_raw(&statement, parameters).await?;
        found.try_collect().await
    }

    fn statements(&self) -> std::sync::MutexGuard<'_, Statements> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whose rows may be seen and written from here on; only sends something where that changes. Statements
    /// that follow without waiting come behind it. Not within a transaction: rolling that back would take this along.
    ///
    /// # Errors
    /// Where the connection is gone.
    pub(crate) async fn see_tenants(&self, tenants: &Tenants<'_>) -> Result<(), Error> {
        let wanted = tenants.setting();
        {
            let mut current = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            if current.as_deref() == Some(&wanted) {
                return Ok(());
            }
            *current = Some(wanted.clone());
        }
        // Ids and a star: nothing that would need another spelling.
        let set = format!("SET {TENANTS} = '{wanted}'");
        let done = self.connection.client.batch_execute(&set).await;
        if done.is_err() {
            *self.tenants.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        done
    }
}

/// Whose rows a session sees: the second wall, behind the conditions of each statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tenants<'a> {
    /// Those of these tenants.
    These(&'a [Uuid]),
    /// Everybody's: sweeps and what moves whole stores.
    All,
}

impl Tenants<'_> {
    fn setting(self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::These(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                format!("{{{}}}", ids.join(","))
            }
        }
    }
}

impl Statements {
    fn get(&mut self, text: &str) -> Option<Statement> {
        let use_number = self.uses.fetch_add(1, Relaxed);
        let (statement, used) = self.by_text.get_mut(text)?;
        *used = use_number;
        Some(statement.clone())
    }

    /// Keeps a statement in place of the one that was used longest ago.
    fn keep(&mut self, text: &str, statement: &Statement, max: usize) {
        if self.by_text.len() >= max.max(1) {
            let oldest = self.by_text.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(text) = oldest.map(|(text, _)| text.clone()) {
                self.by_text.remove(&text);
            }
        }
        let used = self.uses.fetch_add(1, Relaxed);
        self.by_text.insert(text.to_owned(), (statement.clone(), used));
    }
}
