//! What all nodes on one database have in common beside their data: a cursor that one sealed is read by another, a token
//! of one's development issuer believed by another. The first node's files win; they stay copies in the others' folders.

use architrave_engine::{Fault, ports::Dice};
use architrave_store::postgres::PostgresStore;

use super::{CURSOR_KEY_FILE, DataFolder};
use crate::dev;

/// Takes over what another node was first to have, or offers our own. Before anything of it is used.
///
/// # Errors
/// Where the folder or the database cannot be read or written.
pub(super) fn agree(
    store: &PostgresStore,
    folder: &DataFolder,
    dice: &dyn Dice,
    is_dev: bool,
) -> Result<(), Fault> {
    folder.key(CURSOR_KEY_FILE, dice)?;
    if is_dev {
        // Makes its file where there is none.
        dev::DevIssuer::open(folder)?;
        if let Some(state) = store.kept(dev::STATE_FILE)? {
            folder.write(dev::STATE_FILE, &state)?;
        }
    }
    let names = [CURSOR_KEY_FILE].into_iter().chain(is_dev.then_some(dev::ISSUER_FILE));
    for name in names {
        let Some(own) = folder.read(name)? else { continue };
        let kept = store.keep(name, &own)?;
        if kept != own {
            folder.write(name, &kept)?;
        }
    }
    Ok(())
}

/// Offers the tenants of `--dev`, once they are there.
///
/// # Errors
/// Where the folder or the database cannot be read or written.
pub(super) fn offer(store: &PostgresStore, folder: &DataFolder) -> Result<(), Fault> {
    if let Some(state) = folder.read(dev::STATE_FILE)? {
        store.keep(dev::STATE_FILE, &state)?;
    }
    Ok(())
}
