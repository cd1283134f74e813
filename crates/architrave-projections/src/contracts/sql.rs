//! The tables of both databases, as the statements that create them.

use architrave_plan::{
    Plan,
    sql::{Uncompilable, script},
};

use crate::{Document, Material, Projection, Room};

/// `contracts/sqlite.sql` and `contracts/postgresql.sql`
pub(crate) const PROJECTION: Projection = Projection { name: "sql", room: Room::Contracts, write };

const SQLITE: &str = "\
-- Tables of SQLite 3.53 or newer: what the server executes on an empty data folder, and keeps up to the blueprint.
-- For reading and for tools: a database that is made from this file is not one that the server takes.
--
-- Ids are 16 bytes, times are microseconds since 1970, amounts of money are minor units, decimals are whole numbers
-- without their point. Encrypted columns are BLOB, whatever their values are. Physical names are those of
-- architrave.lock and never change.
";

const POSTGRESQL: &str = "\
-- Tables of PostgreSQL 15 or newer: a schema for each context, and one for what every store has.
--
-- These are the statements that `serve --store` executes on an empty database, but for users and their rights.
--
-- Text is compared by bytes, amounts of money are minor units, lengths of time are microseconds: as in SQLite, so that
-- both answer the same bytes. Encrypted columns are bytea, whatever their values are. Physical names are those of
-- architrave.lock and never change.
";

fn write(material: &Material<'_>) -> Vec<Document> {
    let document = |path: &str, title: &str, summary: &str, text: String| Document {
        path: path.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        text,
    };
    vec![
        document(
            "contracts/sqlite.sql",
            "Tables of SQLite",
            "The statements that make the database that the server keeps its rows in.",
            text(material.plan, SQLITE, "", "", script::sqlite),
        ),
        document(
            "contracts/postgresql.sql",
            "Tables of PostgreSQL",
            "The same tables for PostgreSQL, which the server does not run on yet.",
            text(material.plan, POSTGRESQL, "BEGIN;\n\n", "\nCOMMIT;\n", script::postgres),
        ),
    ]
}

fn text(
    plan: &Plan,
    head: &str,
    begin: &str,
    end: &str,
    script: impl Fn(&Plan) -> Result<String, Uncompilable>,
) -> String {
    match script(plan) {
        Ok(script) => format!("{head}\n{begin}{script}{end}"),
        // The reader of blueprints refuses such conditions, and no half of a schema is better than none.
        Err(reason) => format!("{head}\n-- These tables cannot be written: {reason}.\n"),
    }
}
