//! A session with a store on PostgreSQL that reads and writes whole tables.

use architrave_engine::Fault;
use tokio_postgres::{Row, types::FromSql};

use crate::postgres::{
    Address, PostgresSettings, fault,
    session::{Access, Session, Tenants},
};

/// Rows that are asked for at a time.
const ROWS_MAX: usize = 2_000;

/// A session, and where it leads.
pub(super) struct Remote {
    pub(super) session: Session,
    pub(super) address: Address,
}

impl Remote {
    /// Connects; sees the rows of all tenants, and may take its time.
    pub(super) async fn open(address: &Address, purpose: &str) -> Result<Self, Fault> {
        let settings = PostgresSettings::default();
        let access = Access { address: address.clone(), role: None, settings };
        let remote = Self { session: access.open(purpose).await?, address: address.clone() };
        // Whole tables are read and indexes made, while whoever works with the result waits for it.
        remote
            .execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
            .await?;
        let seen = remote.session.see_tenants(&Tenants::All).await;
        seen.map_err(|it| remote.fault(&it))?;
        Ok(remote)
    }

    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> Fault {
        fault::fault(error, &self.address)
    }

    pub(super) async fn execute(&self, sql: &str) -> Result<(), Fault> {
        self.session.client().batch_execute(sql).await.map_err(|it| self.fault(&it))
    }

    /// The one number that a query answers.
    pub(super) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let row = self.session.client().query_one(sql, &[]).await.map_err(|it| self.fault(&it))?;
        self.column(&row, 0)
    }

    pub(super) fn column<'a, T: FromSql<'a>>(&self, row: &'a Row, at: usize) -> Result<T, Fault> {
        row.try_get(at).map_err(|it| self.fault(&it))
    }

    /// Does something with each row of a query, within the transaction that is open; never with many in memory.
    pub(super) async fn each(
        &self,
        sql: &str,
        mut work: impl FnMut(&Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.execute(&format!("DECLARE walk NO SCROLL CURSOR FOR {sql}")).await?;
        let fetch = format!("FETCH {ROWS_MAX} FROM walk");
        loop {
            let rows = self.session.client().query(&fetch, &[]).await;
            let rows = rows.map_err(|it| self.fault(&it))?;
            rows.iter().try_for_each(&mut work)?;
            if rows.len() < ROWS_MAX {
                return self.execute("CLOSE walk").await;
            }
        }
    }

    /// Refuses a database without a store.
    pub(super) async fn check_ours(&self) -> Result<(), Fault> {
        let sql = "SELECT (to_regclass('architrave.meta') IS NOT NULL)::int::bigint";
        if self.number(sql).await? == 1 {
            return Ok(());
        }
        Err(Fault::new(
            format!("{}: there is no store in this database", self.address.shown()),
            "name the database that `architrave serve --store` uses",
        ))
    }

    /// What the store notes under a name.
    pub(super) async fn meta(&self, name: &str) -> Result<Option<String>, Fault> {
        let sql = "SELECT value FROM architrave.meta WHERE name = $1";
        let row = self.session.client().query_opt(sql, &[&name]).await;
        let row = row.map_err(|it| self.fault(&it))?;
        row.map(|it| self.column(&it, 0)).transpose()
    }
}
