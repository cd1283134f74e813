//! Databases that are named by an address in place of a path.

use std::path::Path;

use architrave_engine::Fault;
use architrave_model::SourceFile;
use architrave_store::postgres::{Address, Environment, Patience, schema_text};

/// Whether an address of a database stands in place of a path. Such a "path" is shown by [`shown`] alone.
#[must_use]
pub fn is_address(path: &Path) -> bool {
    path.to_str().is_some_and(Address::is_one)
}

/// The address that stands in place of a path, if it is one.
///
/// # Errors
/// Where it is one and cannot be read.
pub(super) fn address(path: &Path) -> Result<Option<Address>, Fault> {
    match path.to_str().filter(|it| Address::is_one(it)) {
        Some(text) => Address::read(text, &Environment::of_process()).map(Some),
        None => Ok(None),
    }
}

/// The schema of a database server.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn server(address: &Address) -> Result<SourceFile, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Fault::new(format!("cannot wait for the network: {error}"), "try again")
    })?;
    runtime.block_on(schema_text(address, Patience::default()))
}

/// A path as shown; of an address, never the password.
#[must_use]
pub fn shown(path: &Path) -> String {
    match address(path) {
        Ok(Some(address)) => address.shown().to_owned(),
        Ok(None) => path.display().to_string(),
        Err(_) => "the database".to_owned(),
    }
}
