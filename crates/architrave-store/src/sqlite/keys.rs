//! Which keys a database was written with: a wrong or incomplete key file is refused at the start, not
//! met row by row.

use architrave_engine::Fault;
use rusqlite::{Connection, params};

use super::fault::OrFault;
use crate::vault::Vault;

const DOING: &str = "the record of encryption keys cannot be read";

/// Compares the vault with the database's record and notes new keys.
pub(super) fn check(connection: &Connection, vault: &Vault) -> Result<(), Fault> {
    let held = vault.fingerprints();
    let mut statement =
        connection.prepare("SELECT id, fingerprint FROM _key ORDER BY id").or_fault(DOING)?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .or_fault(DOING)?;
    let known: Vec<(u32, Vec<u8>)> = rows.collect::<Result<_, _>>().or_fault(DOING)?;
    for (id, fingerprint) in &known {
        match held.iter().find(|(it, _)| it == id) {
            Some((_, it)) if it == fingerprint => {}
            Some(_) => {
                return Err(Fault::new(
                    format!("key {id} of the key file is not the one this data was encrypted with"),
                    "restore the key file that belongs to this data folder",
                ));
            }
            None => {
                return Err(Fault::new(
                    format!("the key file lacks key {id}, with which data was encrypted"),
                    "restore the key file that belongs to this data folder",
                ));
            }
        }
    }
    for (id, fingerprint) in held.iter().filter(|(id, _)| !known.iter().any(|(it, _)| it == id)) {
        connection
            .execute("INSERT INTO _key (id, fingerprint) VALUES (?1, ?2)", params![id, fingerprint])
            .or_fault("a new encryption key cannot be recorded")?;
    }
    Ok(())
}
