//! Who is who: identity links, tenants, API keys; and rows whose time is over.

use std::sync::Arc;

use architrave_engine::{
    Fault,
    ports::{ApiKeyRecord, Purgeable},
};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    ColumnRole, Plan,
    sql::{Dialect, postgres::schema_name, quoted, raw as texts},
};
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::{
    fault,
    session::Tenants,
    store::Shared,
    value::{Bound, Raw},
};
use crate::shared::stored::lookup_hash;

const KEYS_MAX: u32 = 1_000;
const KEY_COLUMNS: &str = "id, uuid, name, secret_sha256, tenant, \"user\", roles, scopes, created_at, \
                           expires_at, revoked_at";

/// The user behind a person at an issuer.
pub(super) async fn link(
    shared: Arc<Shared>,
    tenant: Option<Uuid>,
    issuer: String,
    subject: String,
) -> Result<Option<Uuid>, Fault> {
    let text = "SELECT \"user\" FROM architrave.identity_link WHERE tenant = $1 AND issuer = $2 AND subject = $3";
    let parameters = vec![
        Bound::Uuid(tenant.unwrap_or_default()),
        Bound::Text(issuer.into()),
        Bound::Text(subject.into()),
    ];
    let rows = rows(&shared, text, parameters).await?;
    Ok(rows.first().and_then(|it| raw(it, 0)?.uuid()))
}

/// Whether a tenant exists.
pub(super) async fn tenant_exists(shared: Arc<Shared>, tenant: Uuid) -> Result<bool, Fault> {
    let plan = &shared.plan;
    let Some((_, table, id)) = tenants(plan) else { return Ok(false) };
    let text = format!("SELECT 1 FROM {table} WHERE {id} = $1{}", living(plan));
    Ok(!rows(&shared, &text, vec![Bound::Uuid(tenant)]).await?.is_empty())
}

/// The tenant whose field has this value.
pub(super) async fn tenant_by_field(
    shared: Arc<Shared>,
    field: usize,
    value: String,
) -> Result<Option<Uuid>, Fault> {
    let plan = &shared.plan;
    let Some((entity, from, id)) = tenants(plan) else { return Ok(None) };
    let table = &plan[entity];
    let Some(column) = table.column_of(field, None).and_then(|it| table.column(it)) else {
        return Ok(None);
    };
    let name = quoted(column.lookup.as_ref().unwrap_or(&column.physical));
    let text = format!("SELECT {id} FROM {from} WHERE {name} = $1{} LIMIT 1", living(plan));
    let parameter = match column.lookup {
        Some(_) => {
            let value = Value::Text(value);
            Bound::Bytes(lookup_hash((plan, &shared.vault), table, column, &value).to_vec().into())
        }
        None => Bound::Text(value.into()),
    };
    let rows = rows(&shared, &text, vec![parameter]).await?;
    Ok(rows.first().and_then(|it| raw(it, 0)?.uuid()))
}

/// An API key by its public id.
pub(super) async fn api_key(
    shared: Arc<Shared>,
    id: String,
) -> Result<Option<ApiKeyRecord>, Fault> {
    let text = format!("SELECT {KEY_COLUMNS} FROM architrave.api_key WHERE id = $1");
    let rows = rows(&shared, &text, vec![Bound::Text(id.into())]).await?;
    rows.first().map(|it| key(it).map_err(|error| unreadable(&shared, &error))).transpose()
}

/// All API keys, newest first.
pub(super) async fn api_keys(
    shared: Arc<Shared>,
    tenant: Option<Uuid>,
) -> Result<Vec<ApiKeyRecord>, Fault> {
    let text = format!(
        "SELECT {KEY_COLUMNS} FROM architrave.api_key WHERE $1::uuid IS NULL OR tenant = $1 \
         ORDER BY created_at DESC, id DESC LIMIT {KEYS_MAX}"
    );
    let rows = rows(&shared, &text, vec![tenant.into()]).await?;
    let keys = rows.iter().map(|it| key(it).map_err(|error| unreadable(&shared, &error)));
    keys.collect()
}

/// Softly deleted rows whose time is over, of all tenants.
pub(super) async fn purgeable(
    shared: Arc<Shared>,
    entity: EntityId,
    now_us: i64,
    after: (i64, Uuid),
    count_max: u32,
) -> Result<Vec<Purgeable>, Fault> {
    let plan = &shared.plan;
    let (Some(text), Some(keep_us)) =
        (texts::purgeable(plan, Dialect::Postgres, entity), plan[entity].keep_deleted_us)
    else {
        return Ok(Vec::new());
    };
    let parameters = vec![
        Bound::Timestamp(now_us.saturating_sub(keep_us)),
        // Before all times that there are; the type has an end.
        Bound::Timestamp(after.0.max(0)),
        Bound::Uuid(after.1),
        Bound::Int(i64::from(count_max)),
    ];
    let found = rows(&shared, &text.text, parameters).await?;
    let purgeable = |row: &Row| {
        Some(Purgeable {
            tenant: raw(row, 0).and_then(Raw::uuid),
            id: raw(row, 1)?.uuid()?,
            deleted_at_us: raw(row, 2)?.timestamp_us()?,
        })
    };
    Ok(found.iter().filter_map(purgeable).collect())
}

/// The tenants' entity, its table and the column of its id.
fn tenants(plan: &Plan) -> Option<(EntityId, String, String)> {
    let entity = plan.system.identity.tenant?;
    let table = &plan[entity];
    let id = table.columns.iter().find(|it| it.role == ColumnRole::Id)?;
    let schema = schema_name(&plan.system[plan.system[entity].context].name.text);
    let from = format!("{}.{}", quoted(&schema), quoted(&table.physical));
    Some((entity, from, quoted(&id.physical)))
}

fn living(plan: &Plan) -> String {
    let table = plan.system.identity.tenant.map(|it| &plan[it]);
    let deleted = table.and_then(|it| it.column(it.deleted_at?));
    deleted.map_or_else(String::new, |it| format!(" AND {} IS NULL", quoted(&it.physical)))
}

fn key(row: &Row) -> Result<ApiKeyRecord, Error> {
    let list = |it: Option<Raw<'_>>| {
        it.and_then(Raw::jsonb).and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
    };
    let time = |at: usize| raw(row, at).and_then(Raw::timestamp_us);
    let uuid = |at: usize| raw(row, at).and_then(Raw::uuid);
    let secret: Vec<u8> = row.try_get(3)?;
    Ok(ApiKeyRecord {
        id: row.try_get(0)?,
        uuid: uuid(1).unwrap_or_default(),
        name: row.try_get(2)?,
        secret_sha256: secret.try_into().unwrap_or_default(),
        tenant: uuid(4),
        user: uuid(5),
        roles: list(raw(row, 6)),
        scopes: list(raw(row, 7)),
        created_at_us: time(8).unwrap_or_default(),
        expires_at_us: time(9),
        revoked_at_us: time(10),
    })
}

fn raw(row: &Row, at: usize) -> Option<Raw<'_>> {
    row.try_get(at).ok().flatten()
}

async fn rows(shared: &Shared, text: &str, parameters: Vec<Bound<'_>>) -> Result<Vec<Row>, Fault> {
    let session = shared.line.session().await?;
    let found = async {
        session.see_tenants(&Tenants::All).await?;
        session.rows(text, parameters).await
    };
    found.await.map_err(|it| unreadable(shared, &it))
}

fn unreadable(shared: &Shared, error: &Error) -> Fault {
    fault::fault(error, &shared.access.address)
}
