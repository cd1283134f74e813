//! The tables of both databases, made by the databases themselves.

use std::{path::Path, process::Command};

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};
use crate::postgres::Cluster;

pub(super) const VALIDATOR: Validator = Validator {
    name: "sql",
    proves: "SQLite and PostgreSQL make every table, key and index of their schemas on an empty database",
    is_quick: true,
    run,
};

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let (sqlite, postgres) =
        (scope.documents("contracts/sqlite.sql"), scope.documents("contracts/postgresql.sql"));
    if sqlite.is_empty() && postgres.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has tables".to_owned()));
    }
    let mut mistaken = Vec::new();
    for (example, path) in &sqlite {
        if let Err(reason) = in_sqlite(path) {
            mistaken.push(format!("{} in SQLite: {reason}", example.name));
        }
    }
    let cluster = Cluster::start().map_err(Trouble::Unavailable)?;
    let psql = cluster.program("psql").map_err(Trouble::Unavailable)?;
    for (position, (example, path)) in postgres.iter().enumerate() {
        let address = cluster.address().replacen("postgres:", "postgresql:", 1);
        let database = format!("example_{position}");
        let create = format!("CREATE DATABASE {database}");
        tool::check(psql_at(&psql, &address).args(["--command", &create]))?;
        let address = address.replace("/postgres?", &format!("/{database}?"));
        if tool::check(psql_at(&psql, &address).arg("--file").arg(path)).is_err() {
            mistaken.push(format!("{} in PostgreSQL", example.name));
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(format!(
            "{} in SQLite, {} in PostgreSQL",
            counted(sqlite.len(), "schema"),
            counted(postgres.len(), "schema")
        ))),
        false => Err(Trouble::Failed(mistaken.join(", "))),
    }
}

/// The release that the store has in it: an older one would not know everything that is used.
fn in_sqlite(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let made = rusqlite::Connection::open_in_memory().and_then(|it| it.execute_batch(&text));
    made.map_err(|error| error.to_string())
}

fn psql_at(psql: &Path, address: &str) -> Command {
    let mut command = Command::new(psql);
    command.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", address]);
    command
}
