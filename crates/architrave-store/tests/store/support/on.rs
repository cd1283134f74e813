//! The stores that a statement of behaviour is about, and a database for each bench that needs one.

use std::{
    io::Write as _,
    sync::{
        Arc, Once,
        atomic::{AtomicU32, Ordering},
    },
};

use architrave_engine::{
    Fault,
    ports::{Clock, Store},
};
use architrave_plan::Plan;
use architrave_store::{
    Vault, Verified,
    postgres::{Address, Environment, PostgresSettings, PostgresStore},
};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// Names the address of a server in which tests may do anything; see CONTRIBUTING.
const VARIABLE: &str = "ARCHITRAVE_TEST_POSTGRES";

/// Makes of each statement a test on each store: `sqlite::…` and `postgres::…`.
macro_rules! on_both_stores {
    ($($statement:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $statement() { super::$statement(crate::support::On::Sqlite); })*
        }
        mod postgres {
            $(#[test] fn $statement() {
                if let Some(on) = crate::support::On::postgres() { super::$statement(on); }
            })*
        }
    };
}

/// A kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

impl On {
    /// PostgreSQL, where there is a server; else says once how to get one, past the tests' own capture.
    pub(crate) fn postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        if server().is_some() {
            return Some(Self::Postgres);
        }
        SAID.call_once(|| {
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: every test named postgres::…; {VARIABLE} names no server. \
                 Run `cargo xtask test`, or `cargo xtask postgres cargo test -p architrave-store`."
            );
        });
        None
    }

    pub(super) fn database(self) -> Option<Database> {
        (self == Self::Postgres).then(Database::create)
    }
}

fn server() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|it| !it.is_empty())
}

/// A database that nobody else uses; dropped with the bench.
pub(crate) struct Database {
    name: String,
    address: String,
    runtime: tokio::runtime::Runtime,
}

impl Database {
    /// An empty one, where there is a server.
    pub(crate) fn empty() -> Option<Self> {
        On::postgres().map(|_| Self::create())
    }

    pub(crate) fn address(&self) -> Address {
        Address::read(&self.address, &Environment::default()).unwrap()
    }

    fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server().unwrap();
        let address = server.replace("/postgres?", &format!("/{name}?"));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let client = connected(&server).await;
            client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        });
        Self { name, address, runtime }
    }

    pub(crate) fn open(
        &self,
        plan: Arc<Plan>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
    ) -> Result<Box<dyn Store>, Fault> {
        let address = self.address();
        let settings = PostgresSettings::default();
        Ok(Box::new(PostgresStore::open(address, plan, vault, clock, settings)?))
    }

    pub(crate) fn verify(&self) -> Verified {
        let address = self.address();
        self.runtime.block_on(architrave_store::transfer::verify(&address)).unwrap()
    }

    /// What a statement answers: the first value of each row, or an error's words.
    pub(crate) fn ask(&self, sql: &str) -> Result<Vec<String>, String> {
        self.runtime.block_on(async {
            let client = connected(&self.address).await;
            let messages = client.simple_query(sql).await;
            let messages = messages.map_err(|it| match it.as_db_error() {
                Some(answer) => answer.message().to_owned(),
                None => it.to_string(),
            })?;
            let value = |it: &SimpleQueryMessage| match it {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            Ok(messages.iter().filter_map(value).collect())
        })
    }

    /// What the administrator's statements answer, or why they are refused (SQLSTATE): rows as texts.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        self.runtime.block_on(async {
            let client = connected(&self.address).await;
            let found = client.simple_query(sql).await;
            let found = found.map_err(|it| it.code().unwrap().code().to_owned())?;
            let text = |row: tokio_postgres::SimpleQueryRow| -> Vec<String> {
                (0..row.len()).map(|it| row.get(it).unwrap_or("null").to_owned()).collect()
            };
            let row = |it| match it {
                SimpleQueryMessage::Row(row) => Some(text(row)),
                _ => None,
            };
            Ok(found.into_iter().filter_map(row).collect())
        })
    }

    /// As [`Self::rows`], as the role that stores serve with.
    pub(crate) fn rows_serving(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        self.rows(&format!("SET ROLE architrave_{}; {sql}", self.name))
    }

    /// Runs something as the server's superuser.
    pub(super) fn as_superuser<T>(&self, run: impl AsyncFnOnce(&Client) -> T) -> T {
        self.runtime.block_on(async { run(&connected(&self.address).await).await })
    }

    /// Every row of every table, as text.
    pub(super) fn text(&self) -> String {
        const TABLES: &str = "SELECT format('SELECT t::text FROM %I.%I t', table_schema, table_name) \
            FROM information_schema.tables WHERE table_type = 'BASE TABLE' \
            AND table_schema NOT IN ('pg_catalog', 'information_schema')";
        self.runtime.block_on(async {
            let client = connected(&self.address).await;
            // The other spelling of bytes would hide what can be read in them.
            client.batch_execute("SET bytea_output = 'escape'").await.unwrap();
            let mut all = String::new();
            for table in client.query(TABLES, &[]).await.unwrap() {
                let select: String = table.get(0);
                for message in client.simple_query(&select).await.unwrap() {
                    if let SimpleQueryMessage::Row(row) = message {
                        all.push_str(row.get(0).unwrap_or_default());
                    }
                }
            }
            all
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Where this fails, the database goes with its server.
        self.runtime.block_on(async {
            let client = connected(&server().unwrap()).await;
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            let _ = client.batch_execute(&drop).await;
        });
    }
}

async fn connected(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
