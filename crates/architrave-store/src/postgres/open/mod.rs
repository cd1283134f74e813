//! What happens before a store serves: the database is looked at, made where it is empty, and refused where it is not
//! ours or not of this blueprint.

mod assertions;
mod create;
mod roles;
mod state;

use std::sync::Arc;

use architrave_engine::Fault;
use architrave_plan::Plan;

use super::{
    Address, PostgresSettings,
    session::{Access, Session},
};
use crate::{shared::journal::Numbers, vault::Vault};

/// What was found or made.
pub(super) struct Opened {
    /// How sessions that serve are opened.
    pub(super) access: Arc<Access>,
    /// Numbers of tables in the journal.
    pub(super) numbers: Numbers,
    /// The history that is being written.
    pub(super) epoch: u32,
}

/// Prepares the database.
///
/// # Errors
/// Where it cannot be reached, is of another blueprint, or was encrypted with keys that the vault lacks.
pub(super) async fn open(
    address: Address,
    plan: &Plan,
    vault: &Vault,
    settings: PostgresSettings,
) -> Result<Opened, Fault> {
    let mut access = Access { address, role: None, settings };
    let preparing = Access {
        address: access.settings.owner.clone().unwrap_or_else(|| access.address.clone()),
        role: None,
        settings: access.settings.clone(),
    };
    let session = preparing.open("open").await?;
    let owner = Owner { session: &session, address: &preparing.address, plan };
    if !state::exists(&owner).await? {
        create::create(&owner).await?;
    }
    let found = state::read(&owner).await?;
    state::check_here(&owner).await?;
    state::check(&owner, &found)?;
    state::check_keys(&owner, vault).await?;
    let numbers = state::numbers(&owner).await?;
    access.role = roles::prepare(&owner, &access).await?;
    assertions::check(&access).await?;
    Ok(Opened { access: Arc::new(access), numbers, epoch: found.epoch })
}

/// The session that prepares, and what for.
pub(super) struct Owner<'a> {
    pub(super) session: &'a Session,
    pub(super) address: &'a Address,
    pub(super) plan: &'a Plan,
}

impl Owner<'_> {
    /// An error of the server as a fault.
    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> Fault {
        super::fault::fault(error, self.address)
    }

    pub(super) async fn execute(&self, sql: &str) -> Result<(), Fault> {
        self.session.client().batch_execute(sql).await.map_err(|it| self.fault(&it))
    }
}
