//! What a record of the journal says of a changed aggregate: an image of it, compact JSON by physical column names, as
//! stored: numbers, texts, bytes as hexadecimal digits, encrypted columns as ciphertext, NULL left out.

use std::{collections::BTreeMap, sync::Arc};

use architrave_engine::{Fault, Row, ports::JournalEvent};
use architrave_model::{EntityId, Value};
use architrave_plan::{ColumnRole, Plan, Table};
use serde_json::Value as Json;
use uuid::Uuid;

use super::stored::{self, Stored, append_json};
use crate::vault::{Vault, unhex};

/// Encrypted columns as stored, by (entity, row, column): what did not change keeps its bytes, in the
/// table and in the journal's image.
pub(crate) type Sealed = BTreeMap<(EntityId, Uuid, u16), Vec<u8>>;

/// Numbers of tables in the journal: small, and kept when a blueprint changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    by_entity: Vec<i64>,
    entities: BTreeMap<i64, EntityId>,
}

impl Numbers {
    /// One number per table of the plan, in its order.
    pub(crate) fn new(plan: &Plan, by_entity: Vec<i64>) -> Self {
        let entities = plan.tables.iter().map(|it| it.entity);
        Self { entities: by_entity.iter().copied().zip(entities).collect(), by_entity }
    }

    /// The number of an entity's table.
    pub(crate) fn of(&self, entity: EntityId) -> i64 {
        self.by_entity.get(entity.0 as usize).copied().unwrap_or_default()
    }

    /// The entity with this number; none where the plan no longer has it.
    pub(crate) fn entity(&self, number: i64) -> Option<EntityId> {
        self.entities.get(&number).copied()
    }
}

/// Whose event it is: the row's tenant; a tenant's own events are its own.
pub(crate) fn tenant_of(plan: &Plan, event: &JournalEvent) -> Option<Uuid> {
    let table = &plan[event.entity];
    if plan.system.identity.tenant == Some(event.entity) {
        return Some(event.id);
    }
    match table.tenant.map(|it| stored::value_at(&event.row, it)) {
        Some(Value::Uuid(tenant)) => Some(*tenant),
        _ => None,
    }
}

/// The image of an event.
pub(crate) fn image(plan: &Plan, event: &JournalEvent, sealed: &Sealed) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(b"{\"row\":");
    append_row(&mut out, plan, &plan[event.entity], &event.row, sealed);
    if !event.parts.is_empty() {
        out.extend_from_slice(b",\"parts\":{");
        for (position, (entity, rows)) in event.parts.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            let table = &plan[*entity];
            append_json(&mut out, &Stored::Text(table.physical.as_str().into()));
            out.extend_from_slice(b":[");
            for (position, row) in rows.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                append_row(&mut out, plan, table, row, sealed);
            }
            out.push(b']');
        }
        out.push(b'}');
    }
    if let Some(own) = &event.own {
        // As a text: numbers in it are the caller's, and keep all their digits.
        out.extend_from_slice(b",\"own\":");
        append_json(&mut out, &Stored::Text(own.into()));
    }
    out.push(b'}');
    out
}

fn append_row(out: &mut Vec<u8>, plan: &Plan, table: &Table, row: &[Value], sealed: &Sealed) {
    let id = stored::row_id(table, row);
    out.push(b'{');
    for ((position, column), value) in (0_u16..).zip(&table.columns).zip(row) {
        if value.is_null() {
            continue;
        }
        let written = match &column.encryption {
            Some(_) => match sealed.get(&(table.entity, id, position)) {
                Some(bytes) => Stored::Bytes(bytes.into()),
                None => continue,
            },
            None => stored::stored(plan, &column.ty, value),
        };
        if !out.ends_with(b"{") {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.physical.as_bytes());
        out.extend_from_slice(b"\":");
        append_json(out, &written);
    }
    out.push(b'}');
}

/// The root, its parts, the event's own members.
pub(crate) type Image = (Row, Vec<(EntityId, Vec<Row>)>, Option<String>);

/// Reads an image. `tenant` is that of the read.
///
/// # Errors
/// Where it cannot be read or decrypted.
pub(crate) fn parse(
    plan: &Plan,
    vault: &Vault,
    (entity, tenant): (EntityId, Option<Uuid>),
    data: &str,
) -> Result<Image, Fault> {
    let json: Json = serde_json::from_str(data)
        .map_err(|it| Fault::new(format!("a record of the journal cannot be read: {it}"), ""))?;
    let empty = Json::Null;
    let root = row(vault, &plan[entity], tenant, json.get("row").unwrap_or(&empty))?;
    let mut parts = Vec::new();
    for (name, rows) in json.get("parts").and_then(Json::as_object).into_iter().flatten() {
        let Some(table) = plan.tables.iter().find(|it| it.physical == *name) else { continue };
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        let rows = rows.iter().map(|it| row(vault, table, tenant, it));
        parts.push((table.entity, rows.collect::<Result<_, _>>()?));
    }
    let own = json.get("own").and_then(Json::as_str).map(str::to_owned);
    Ok((root, parts, own))
}

fn row(vault: &Vault, table: &Table, tenant: Option<Uuid>, json: &Json) -> Result<Row, Fault> {
    let id = table
        .columns
        .iter()
        .find(|it| it.role == ColumnRole::Id)
        .and_then(|it| json.get(&it.physical)?.as_str()?.parse::<Uuid>().ok())
        .unwrap_or_default();
    let mut values = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let value = json.get(&column.physical).unwrap_or(&Json::Null);
        let is_blob = column.encryption.is_some()
            || architrave_plan::sql::schema::sql_type(&column.ty) == "BLOB";
        values.push(match value {
            Json::Number(it) => {
                stored::loaded(&column.ty, Stored::Integer(it.as_i64().unwrap_or_default()))
            }
            Json::String(it) if is_blob => {
                let bytes = unhex(it).unwrap_or_default();
                match column.encryption {
                    Some(_) => {
                        let place = stored::place(table, column, table.tenant.and(tenant), id);
                        stored::unsealed(vault, place, &column.ty, &bytes)?
                    }
                    None => stored::loaded(&column.ty, Stored::Bytes(bytes.into())),
                }
            }
            Json::String(it) => stored::loaded(&column.ty, Stored::Text(it.into())),
            _ => Value::Null,
        });
    }
    Ok(Arc::new(values))
}
