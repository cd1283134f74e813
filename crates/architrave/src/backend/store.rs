//! Opens the store that was chosen.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use architrave_engine::{
    Fault,
    ports::{Clock, Store},
};
use architrave_plan::Plan;
use architrave_server::{Level, Log};
use architrave_store::{
    OnHealth, SqliteSettings, SqliteStore, Vault,
    postgres::{Address, OnNews, PostgresSettings, PostgresStore},
};

use super::{DataFolder, Options};

/// Names the key file where `--key-file` does not.
pub const KEY_FILE_VARIABLE: &str = "ARCHITRAVE_KEY_FILE";
/// The key file of `--dev`, which lies beside the data for convenience.
const DEV_KEY_FILE: &str = "dev-field.keys";

/// Where state and journal are kept.
#[derive(Debug, Clone)]
pub enum StoreChoice {
    /// A SQLite database in the data folder.
    Sqlite(SqliteSettings),
    /// A PostgreSQL database, which several nodes may share.
    Postgres {
        /// Where it is, as the user who serves.
        address: Address,
        /// Its limits, and its owner.
        settings: Box<PostgresSettings>,
    },
}

impl Default for StoreChoice {
    fn default() -> Self {
        Self::Sqlite(SqliteSettings::default())
    }
}

impl StoreChoice {
    /// The database without user and password; none for the data folder's own.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres { address, .. } => Some(address.shown().to_owned()),
        }
    }
}

/// Whether anything of a plan is encrypted.
fn needs_keys(plan: &Plan) -> bool {
    plan.tables.iter().any(|table| table.columns.iter().any(|it| it.encryption.is_some()))
}

/// An open store.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    /// The same, where other nodes may share it.
    pub(super) cluster: Option<Arc<PostgresStore>>,
}

/// The store of a data folder, created and altered as the plan needs it.
///
/// # Errors
/// A database that is not ours, is newer or would lose something; keys that are missing or wrong.
pub(super) fn open(
    plan: Arc<Plan>,
    clock: Arc<dyn Clock>,
    folder: &DataFolder,
    options: &Options,
    log: &Arc<Log>,
) -> Result<Opened, Fault> {
    let vault = Arc::new(vault(&plan, folder, options.key_file.as_deref(), options.is_dev)?);
    let (log, news) = (Arc::clone(log), Arc::clone(log));
    let on_health: OnHealth = Arc::new(move |trouble| match trouble {
        Some(fault) => log.fault(fault, &[]),
        None => log.line(Level::Info, "writing works again", &[]),
    });
    match options.store.clone() {
        StoreChoice::Sqlite(settings) => {
            let settings = SqliteSettings { on_health, ..settings };
            let store = SqliteStore::open(folder.path(), plan, vault, clock, settings)?;
            Ok(Opened { store: Arc::new(store), cluster: None })
        }
        StoreChoice::Postgres { address, settings } => {
            let on_news: OnNews = Arc::new(move |text| news.line(Level::Warning, text, &[]));
            let node_address = options.listen.to_string();
            let settings = PostgresSettings { on_health, on_news, node_address, ..*settings };
            let store = Arc::new(PostgresStore::open(address, plan, vault, clock, settings)?);
            Ok(Opened { store: Arc::clone(&store) as _, cluster: Some(store) })
        }
    }
}

/// The keys, where anything needs them.
///
/// # Errors
/// Where they are missing, or the file holds something else.
pub fn vault(
    plan: &Plan,
    folder: &DataFolder,
    key_file: Option<&Path>,
    is_dev: bool,
) -> Result<Vault, Fault> {
    if let Some(path) = key_file {
        return Vault::open(path);
    }
    let of_dev: PathBuf = folder.file(DEV_KEY_FILE);
    if of_dev.exists() {
        return Vault::open(&of_dev);
    }
    if !needs_keys(plan) {
        return Ok(Vault::empty());
    }
    if is_dev {
        return Vault::create(&of_dev);
    }
    Err(Fault::new(
        "the blueprint encrypts fields and there is no key file",
        format!(
            "make one with `architrave keys new FILE` and name it with --key-file or \
             {KEY_FILE_VARIABLE}"
        ),
    ))
}
