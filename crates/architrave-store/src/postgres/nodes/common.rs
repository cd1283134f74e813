//! Small things that all nodes have in common and the first one makes: kept in the database, where the second finds them.

use architrave_engine::Fault;

use crate::{
    postgres::{fault, store::Shared},
    vault::{hex, unhex},
};

/// Keeps a value under a name, unless there is one; answers the one that is there.
pub(in crate::postgres) async fn keep(
    shared: &Shared,
    name: &str,
    value: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, Fault> {
    let failed = |error: tokio_postgres::Error| fault::fault(&error, &shared.access.address);
    let session = shared.line.session().await?;
    let name = format!("common:{name}");
    if let Some(value) = value {
        let sql =
            "INSERT INTO architrave.meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        session.client().execute(sql, &[&name, &hex(value)]).await.map_err(failed)?;
    }
    let sql = "SELECT value FROM architrave.meta WHERE name = $1";
    let row = session.client().query_opt(sql, &[&name]).await.map_err(failed)?;
    Ok(row.and_then(|it| unhex(it.get(0))))
}
