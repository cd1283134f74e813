//! `--dev`: an issuer of our own, two tenants, one person per role, tokens that work at once.

mod issuer;
mod people;
mod state;
mod tokens;

use std::{collections::BTreeMap, net::SocketAddr};

use architrave_engine::{Engine, Fault};
use serde_json::json;

pub use issuer::{DevIssuer, FILE as ISSUER_FILE, ISSUER};
pub use state::FILE as STATE_FILE;
pub(crate) use tokens::{audience, roles_claim};

use crate::backend::DataFolder;

/// The file that scripts read.
pub const ACCESS_FILE: &str = "dev.json";

/// Creates tenants and people where they are missing; answers everyone's token by name, in the order of
/// the roles.
///
/// # Errors
/// Where a row cannot be made up, or a file cannot be written.
pub async fn prepare(
    engine: &Engine,
    folder: &DataFolder,
    issuer: &DevIssuer,
    listen: SocketAddr,
) -> Result<Vec<(String, String)>, Fault> {
    let mut state = state::State::read(folder)?;
    let tenants = people::tenants(engine, &mut state, listen.ip()).await?;
    // Written before people are made: a crash in between must not leave tenants nobody knows.
    state.write(folder)?;
    let now_s = engine.clock().now_us() / 1_000_000;
    let mut tokens = Vec::new();
    for (number, person) in people::everyone(&engine.plan().system).iter().enumerate() {
        let tenant = tenants.get(person.tenant).copied();
        people::user(engine, person, number, tenant).await?;
        let token = tokens::keep(engine, issuer, person, tenant, now_s, &mut state)?;
        tokens.push((person.name.clone(), token));
    }
    state.write(folder)?;
    Ok(tokens)
}

/// Writes the addresses and tokens for scripts, readable by the owner alone.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_access(
    folder: &DataFolder,
    api: SocketAddr,
    admin: Option<SocketAddr>,
    tokens: &[(String, String)],
) -> Result<(), Fault> {
    let tokens: BTreeMap<&String, &String> = tokens.iter().map(|it| (&it.0, &it.1)).collect();
    let access = json!({
        "api": format!("http://{api}"),
        "admin": admin.map(|it| format!("http://{it}")),
        "tokens": tokens,
    });
    folder.write(ACCESS_FILE, format!("{access:#}\n").as_bytes())
}

/// A fault: `--dev` on an address that others can reach.
#[must_use]
pub fn refused_on(listen: SocketAddr) -> Fault {
    Fault::new(
        format!("--dev is refused on {listen}: whoever reaches it could act as anyone"),
        "listen on 127.0.0.1 or [::1], or leave out --dev and set your issuer",
    )
}
