//! `--store` and `--store-owner`, the arguments of every command that opens a store.

use std::fmt;

use architrave_engine::Fault;
use architrave_store::postgres::{Address, Environment, PostgresSettings};
use clap::Args;

use crate::backend::StoreChoice;

/// Which store.
#[derive(Debug, Args)]
pub(super) struct StoreArguments {
    /// A PostgreSQL database that keeps everything, postgres://…, in place of the data folder's own
    #[arg(long, value_name = "URL", env = "ARCHITRAVE_STORE", hide_env_values = true)]
    store: Option<Secret>,
    /// The same database as its owner, who may create and alter tables; without it --store does both
    #[arg(long, value_name = "URL", env = "ARCHITRAVE_STORE_OWNER", hide_env_values = true)]
    #[arg(requires = "store")]
    store_owner: Option<Secret>,
}

/// An argument that may hold a password: shown nowhere, not even where it makes no sense.
#[derive(Clone)]
pub(super) struct Secret(String);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Secret {
    /// As an address of PostgreSQL.
    pub(super) fn address(&self) -> Result<Address, Fault> {
        Address::read(&self.0, &Environment::of_process())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl StoreArguments {
    /// The store that is meant.
    pub(super) fn choice(&self) -> Result<StoreChoice, Fault> {
        let Some(store) = &self.store else { return Ok(StoreChoice::default()) };
        let address = store.address()?;
        let owner = self.store_owner.as_ref().map(Secret::address).transpose()?;
        let settings = PostgresSettings { owner, ..PostgresSettings::default() };
        Ok(StoreChoice::Postgres { address, settings: Box::new(settings) })
    }
}
