//! What a database says of itself: whether it is a store, of which blueprint, and with which keys it was encrypted.

use architrave_engine::Fault;
use architrave_plan::sql::own::postgres::{LAYOUT, SCHEMA};

use super::Owner;
use crate::{
    shared::journal::Numbers,
    transfer::note::{MOVED_TO, MOVING, moved_to, not_whole},
    vault::Vault,
};

/// The record of a store.
pub(super) struct State {
    /// Layout of the store's own tables.
    layout: i64,
    /// Hash of the plan that its tables are of.
    plan: String,
    /// The history that is being written.
    pub(super) epoch: u32,
}

/// Whether there is a store in the database.
pub(super) async fn exists(owner: &Owner<'_>) -> Result<bool, Fault> {
    let sql = "SELECT to_regclass($1) IS NOT NULL";
    let row = owner.session.client().query_one(sql, &[&format!("{SCHEMA}.meta")]).await;
    Ok(row.map_err(|it| owner.fault(&it))?.get(0))
}

/// Reads the record.
pub(super) async fn read(owner: &Owner<'_>) -> Result<State, Fault> {
    let rows = owner.session.client().query("SELECT name, value FROM architrave.meta", &[]).await;
    let rows = rows.map_err(|it| owner.fault(&it))?;
    let value = |name: &str| {
        let row = rows.iter().find(|it| it.get::<_, &str>(0) == name);
        row.map(|it| it.get::<_, String>(1)).ok_or_else(|| {
            Fault::new(
                format!("{}: the store lacks its record of \"{name}\"", owner.address.shown()),
                "restore it from a backup, or name another database",
            )
        })
    };
    let unreadable = || {
        Fault::new(
            format!("{}: the store's record cannot be read", owner.address.shown()),
            "restore it from a backup, or name another database",
        )
    };
    Ok(State {
        layout: value("layout")?.parse().map_err(|_| unreadable())?,
        plan: value("plan")?,
        epoch: u32::from_str_radix(&value("epoch")?, 16).map_err(|_| unreadable())?,
    })
}

/// Refuses a store that is somewhere else now, or not whole yet.
pub(super) async fn check_here(owner: &Owner<'_>) -> Result<(), Fault> {
    let sql = "SELECT name, value FROM architrave.meta WHERE name IN ($1, $2)";
    let notes = owner.session.client().query(sql, &[&MOVED_TO, &MOVING]).await;
    let shown = owner.address.shown();
    if let Some(note) = notes.map_err(|it| owner.fault(&it))?.first() {
        return Err(match note.get::<_, &str>(0) {
            MOVED_TO => moved_to(shown, note.get(1)),
            _ => not_whole(shown),
        });
    }
    Ok(())
}

/// Whether this program with this blueprint may serve it.
pub(super) fn check(owner: &Owner<'_>, state: &State) -> Result<(), Fault> {
    let shown = owner.address.shown();
    if state.layout != LAYOUT {
        return Err(Fault::new(
            format!("{shown}: the store has layout {}, this program {LAYOUT}", state.layout),
            "use the program that it was made with",
        ));
    }
    if state.plan != owner.plan.hash {
        return Err(Fault::new(
            format!(
                "{shown}: the database is of another version of the blueprint ({}, not {})",
                state.plan, owner.plan.hash
            ),
            "serve the blueprint that it was made for, or name another database",
        ));
    }
    Ok(())
}

/// Compares the vault with the record of keys and notes new ones: a wrong or incomplete key file is refused at the
/// start, not met row by row.
pub(super) async fn check_keys(owner: &Owner<'_>, vault: &Vault) -> Result<(), Fault> {
    let client = owner.session.client();
    let rows = client.query("SELECT id, fingerprint FROM architrave.key ORDER BY id", &[]).await;
    let rows = rows.map_err(|it| owner.fault(&it))?;
    let known: Vec<(i64, Vec<u8>)> = rows.iter().map(|it| (it.get(0), it.get(1))).collect();
    let held = vault.fingerprints();
    for (id, fingerprint) in &known {
        let what = match held.iter().find(|(it, _)| i64::from(*it) == *id) {
            Some((_, it)) if it == fingerprint => continue,
            Some(_) => {
                format!("key {id} of the key file is not the one this data was encrypted with")
            }
            None => format!("the key file lacks key {id}, with which data was encrypted"),
        };
        return Err(Fault::new(what, "restore the key file that belongs to this database"));
    }
    for (id, fingerprint) in held {
        let id = i64::from(id);
        if known.iter().all(|(it, _)| *it != id) {
            let note = "INSERT INTO architrave.key (id, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let noted = client.execute(note, &[&id, &fingerprint]).await;
            noted.map_err(|it| owner.fault(&it))?;
        }
    }
    Ok(())
}

/// The numbers of the plan's tables in the journal.
pub(super) async fn numbers(owner: &Owner<'_>) -> Result<Numbers, Fault> {
    let rows = owner.session.client().query("SELECT name, number FROM architrave.\"table\"", &[]);
    let rows = rows.await.map_err(|it| owner.fault(&it))?;
    let number = |name: &str| {
        let row = rows.iter().find(|it| it.get::<_, &str>(0) == name);
        let number = row.map(|it| i64::from(it.get::<_, i32>(1)));
        number.ok_or_else(|| Fault::new(format!("the journal has no number for {name}"), ""))
    };
    let all = owner.plan.tables.iter().map(|it| number(&it.physical));
    Ok(Numbers::new(owner.plan, all.collect::<Result<_, _>>()?))
}
