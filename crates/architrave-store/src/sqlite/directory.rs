//! Who is who: identity links, tenants, API keys.

use architrave_engine::{Fault, ports::ApiKeyRecord};
use architrave_model::Value;
use architrave_plan::{ColumnRole, Plan, sql::quoted};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::fault::OrFault;
use crate::{shared::stored::plain_bytes, vault::Vault};

const KEYS_MAX: u32 = 1_000;
const KEY_COLUMNS: &str = "id, uuid, name, secret_sha256, tenant, user, roles, scopes, created_at_us, \
                           expires_at_us, revoked_at_us";

/// Whether a tenant exists.
pub(super) fn tenant_exists(
    connection: &Connection,
    plan: &Plan,
    tenant: Uuid,
) -> Result<bool, Fault> {
    let Some(entity) = plan.system.identity.tenant else { return Ok(false) };
    let table = &plan[entity];
    let Some(id) = table.columns.iter().find(|it| it.role == ColumnRole::Id) else {
        return Ok(false);
    };
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {} WHERE {} = ?1{})",
        quoted(&table.physical),
        quoted(&id.physical),
        living(plan, entity),
    );
    connection
        .prepare_cached(&sql)
        .and_then(|mut it| it.query_row([tenant.as_bytes()], |row| row.get(0)))
        .or_fault("the tenant cannot be looked up")
}

/// The tenant whose field has this value.
pub(super) fn tenant_by_field(
    connection: &Connection,
    (plan, vault): (&Plan, &Vault),
    field: usize,
    value: &str,
) -> Result<Option<Uuid>, Fault> {
    let Some(entity) = plan.system.identity.tenant else { return Ok(None) };
    let table = &plan[entity];
    let role = ColumnRole::Field { field, member: None };
    let by_role = |role| table.columns.iter().find(|it| it.role == role);
    let (Some(id), Some(column)) = (by_role(ColumnRole::Id), by_role(role)) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = ?1{} LIMIT 1",
        quoted(&id.physical),
        quoted(&table.physical),
        quoted(column.lookup.as_ref().unwrap_or(&column.physical)),
        living(plan, entity),
    );
    let doing = "the tenant cannot be looked up";
    let mut statement = connection.prepare_cached(&sql).or_fault(doing)?;
    let found = match column.lookup {
        Some(_) => {
            let plain = plain_bytes(plan, &column.ty, &Value::Text(value.to_owned()));
            let hash = vault.lookup(&table.physical, &column.physical, &plain);
            statement.query_row([hash], |row| row.get::<_, [u8; 16]>(0)).optional()
        }
        None => statement.query_row([value], |row| row.get(0)).optional(),
    };
    Ok(found.or_fault(doing)?.map(Uuid::from_bytes))
}

fn living(plan: &Plan, entity: architrave_model::EntityId) -> String {
    let table = &plan[entity];
    let deleted = table.deleted_at.and_then(|it| table.columns.get(usize::from(it.0)));
    deleted.map_or_else(String::new, |it| format!(" AND {} IS NULL", quoted(&it.physical)))
}

/// An API key by its public id.
pub(super) fn api_key(connection: &Connection, id: &str) -> Result<Option<ApiKeyRecord>, Fault> {
    connection
        .prepare_cached(&format!("SELECT {KEY_COLUMNS} FROM _api_key WHERE id = ?1"))
        .and_then(|mut it| it.query_row([id], read_key).optional())
        .or_fault("API keys cannot be read")
}

/// All API keys, newest first.
pub(super) fn api_keys(
    connection: &Connection,
    tenant: Option<Uuid>,
) -> Result<Vec<ApiKeyRecord>, Fault> {
    let doing = "API keys cannot be read";
    let sql = format!(
        "SELECT {KEY_COLUMNS} FROM _api_key WHERE (?1 IS NULL OR tenant = ?1) \
         ORDER BY created_at_us DESC, id DESC LIMIT {KEYS_MAX}"
    );
    let mut statement = connection.prepare_cached(&sql).or_fault(doing)?;
    let rows = statement
        .query_map(params![tenant.as_ref().map(Uuid::as_bytes)], read_key)
        .or_fault(doing)?;
    rows.collect::<Result<_, _>>().or_fault(doing)
}

/// Stores a new API key.
pub(super) fn insert_key(
    connection: &Connection,
    key: &ApiKeyRecord,
) -> Result<(), rusqlite::Error> {
    let list = |items: &[String]| serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned());
    connection.execute(
        &format!(
            "INSERT INTO _api_key ({KEY_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ),
        params![
            key.id,
            key.uuid.as_bytes(),
            key.name,
            key.secret_sha256,
            key.tenant.as_ref().map(Uuid::as_bytes),
            key.user.as_ref().map(Uuid::as_bytes),
            list(&key.roles),
            list(&key.scopes),
            key.created_at_us,
            key.expires_at_us,
            key.revoked_at_us,
        ],
    )?;
    Ok(())
}

fn read_key(row: &Row<'_>) -> Result<ApiKeyRecord, rusqlite::Error> {
    let list = |text: String| serde_json::from_str(&text).unwrap_or_default();
    let uuid = |bytes: Option<[u8; 16]>| bytes.map(Uuid::from_bytes);
    Ok(ApiKeyRecord {
        id: row.get(0)?,
        uuid: Uuid::from_bytes(row.get(1)?),
        name: row.get(2)?,
        secret_sha256: row.get(3)?,
        tenant: uuid(row.get(4)?),
        user: uuid(row.get(5)?),
        roles: list(row.get(6)?),
        scopes: list(row.get(7)?),
        created_at_us: row.get(8)?,
        expires_at_us: row.get(9)?,
        revoked_at_us: row.get(10)?,
    })
}
