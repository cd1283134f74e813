//! Makes a store in a database that has none: schemas, tables, the record of what was made. One transaction: after a
//! refusal or a crash the database is as before.

use architrave_engine::Fault;
use architrave_plan::sql::{
    own::postgres::LAYOUT,
    postgres::{self, ColumnUse, TableSchema},
    script,
};

use super::{Owner, state};
use crate::{postgres::fault, vault::hex};

/// The lock of whoever prepares a database: nodes that start at the same time do so one after the other. Any number
/// that others hardly take; this one spells `archtrav`.
pub(super) const PREPARING: i64 = 0x6172_6368_7472_6176;

/// Creates the store, unless another node has done so meanwhile.
pub(super) async fn create(owner: &Owner<'_>) -> Result<(), Fault> {
    owner.execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({PREPARING})")).await?;
    if state::exists(owner).await? {
        return owner.execute("ROLLBACK").await;
    }
    let schema = script::postgres(owner.plan).map_err(|it| fault::uncompilable(&it))?;
    owner.execute(&schema).await?;
    record(owner).await?;
    owner.execute("COMMIT").await
}

async fn record(owner: &Owner<'_>) -> Result<(), Fault> {
    let tables = postgres::tables(owner.plan).map_err(|it| fault::uncompilable(&it))?;
    for (number, table) in (1..).zip(&tables) {
        record_table(owner, number, table).await?;
    }
    let mut bytes = [0; 20];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Fault::new("the operating system gives no randomness", ""))?;
    let [a, b, c, d, name @ ..] = bytes;
    let records = [
        ("layout", LAYOUT.to_string()),
        ("plan", owner.plan.hash.clone()),
        ("store", hex(&name)),
        ("epoch", hex(&[a, b, c, d])),
        ("floor_seq", "0".to_owned()),
    ];
    let client = owner.session.client();
    for (name, value) in records {
        let insert = "INSERT INTO architrave.meta (name, value) VALUES ($1, $2)";
        client.execute(insert, &[&name, &value]).await.map_err(|it| owner.fault(&it))?;
    }
    // Kind 3: a history begins here.
    owner
        .execute(
            "INSERT INTO architrave.journal_tx (kind, at, operation, request_id, traceparent) \
             VALUES (3, clock_timestamp(), 'epoch', '', ''); \
             INSERT INTO architrave.journal_mark (safe) VALUES (0)",
        )
        .await
}

async fn record_table(owner: &Owner<'_>, number: i32, table: &TableSchema) -> Result<(), Fault> {
    let client = owner.session.client();
    let keys = table.foreign_keys.iter().map(|it| it.add.as_str());
    let constraints: Vec<&str> = [table.primary_key.as_str()].into_iter().chain(keys).collect();
    let insert = "INSERT INTO architrave.\"table\" (name, number, constraints) VALUES ($1, $2, $3)";
    let inserted = client.execute(insert, &[&table.name, &number, &constraints.join("\n")]).await;
    inserted.map_err(|it| owner.fault(&it))?;
    for column in &table.columns {
        let is_lookup = matches!(column.holds, ColumnUse::Lookup(_));
        let insert = "INSERT INTO architrave.\"column\" (in_table, name, sql_type, is_nullable, condition, \
                      is_lookup) VALUES ($1, $2, $3, $4, $5, $6)";
        let inserted = client
            .execute(
                insert,
                &[
                    &table.name,
                    &column.name,
                    &column.sql_type,
                    &column.is_nullable,
                    &column.check,
                    &is_lookup,
                ],
            )
            .await;
        inserted.map_err(|it| owner.fault(&it))?;
    }
    Ok(())
}
