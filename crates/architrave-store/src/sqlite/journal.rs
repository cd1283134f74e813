//! The journal: one record per logical transaction, with an image of every changed aggregate. An image
//! is compact JSON by physical column names, as stored: numbers, texts, bytes as hexadecimal digits,
//! encrypted columns as ciphertext, NULL left out.

use std::{collections::BTreeMap, sync::Arc};

use architrave_engine::{
    Fault, Row,
    ports::{EventsPage, EventsRead, JournalEvent, JournalTransaction, Position, StoredEvent},
};
use architrave_model::{EntityId, Value};
use architrave_plan::{ColumnRole, Plan, Table};
use rusqlite::{
    Connection, params,
    types::{ToSqlOutput, ValueRef},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    bind::append_json,
    codec,
    fault::OrFault,
    loader::{Sealed, tenant_key},
};
use crate::vault::{Vault, unhex};

/// Most events that one read looks at, whatever was asked for.
const EVENTS_MAX: u32 = 1_000;

/// Numbers of tables in the journal: small, and kept when a blueprint changes.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    by_entity: Vec<i64>,
    entities: BTreeMap<i64, EntityId>,
}

impl Numbers {
    pub(super) fn read(connection: &Connection, plan: &Plan) -> Result<Self, Fault> {
        let mut numbers = Self::default();
        for table in &plan.tables {
            let number: i64 = connection
                .query_row("SELECT number FROM _table WHERE name = ?1", [&table.physical], |row| {
                    row.get(0)
                })
                .or_fault("the journal's numbers cannot be read")?;
            numbers.by_entity.push(number);
            numbers.entities.insert(number, table.entity);
        }
        Ok(numbers)
    }

    fn of(&self, entity: EntityId) -> i64 {
        self.by_entity.get(entity.0 as usize).copied().unwrap_or_default()
    }
}

/// Writes a transaction's record; its number.
pub(super) fn append(
    connection: &Connection,
    (plan, numbers): (&Plan, &Numbers),
    tenant: Option<Uuid>,
    now_us: i64,
    record: &JournalTransaction,
    sealed: &Sealed,
) -> Result<i64, rusqlite::Error> {
    connection
        .prepare_cached(
            "INSERT INTO _journal_tx (kind, at_us, tenant, actor, operation, request_id, traceparent) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            record.kind,
            now_us,
            tenant.as_ref().map(Uuid::as_bytes),
            record.actor.as_ref().map(Uuid::as_bytes),
            record.operation,
            record.request_id,
            record.traceparent,
        ])?;
    let seq = connection.last_insert_rowid();
    let mut statement = connection.prepare_cached(
        "INSERT INTO _journal_event (seq, idx, tenant, entity, id, version, event, data) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (idx, event) in (0_u16..).zip(&record.events) {
        let owner = tenant_of(plan, event);
        statement.execute(params![
            seq,
            idx,
            tenant_key(owner.as_ref()),
            numbers.of(event.entity),
            event.id.as_bytes(),
            event.version.cast_signed(),
            event.event,
            ToSqlOutput::Borrowed(ValueRef::Text(&image(plan, event, sealed))),
        ])?;
    }
    Ok(seq)
}

/// Whose event it is: the row's tenant; a tenant's own events are its own.
fn tenant_of(plan: &Plan, event: &JournalEvent) -> Option<Uuid> {
    let table = &plan[event.entity];
    if plan.system.identity.tenant == Some(event.entity) {
        return Some(event.id);
    }
    match table.tenant.map(|it| codec::value_at(&event.row, it)) {
        Some(Value::Uuid(tenant)) => Some(*tenant),
        _ => None,
    }
}

fn image(plan: &Plan, event: &JournalEvent, sealed: &Sealed) -> Vec<u8> {
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
            append_json(&mut out, ValueRef::Text(table.physical.as_bytes()));
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
        append_json(&mut out, ValueRef::Text(own.as_bytes()));
    }
    out.push(b'}');
    out
}

fn append_row(out: &mut Vec<u8>, plan: &Plan, table: &Table, row: &[Value], sealed: &Sealed) {
    let id = codec::row_id(table, row);
    out.push(b'{');
    for ((position, column), value) in (0_u16..).zip(&table.columns).zip(row) {
        if value.is_null() {
            continue;
        }
        let stored;
        let written = match &column.encryption {
            Some(_) => match sealed.get(&(table.entity, id, position)) {
                Some(bytes) => ValueRef::Blob(bytes),
                None => continue,
            },
            None => {
                stored = codec::stored(plan, &column.ty, value);
                codec::borrowed(&stored)
            }
        };
        if !out.ends_with(b"{") {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.physical.as_bytes());
        out.extend_from_slice(b"\":");
        append_json(out, written);
    }
    out.push(b'}');
}

/// Pages forward through a tenant's events.
pub(super) fn read(
    connection: &Connection,
    (plan, vault, numbers): (&Plan, &Vault, &Numbers),
    epoch: u32,
    read: &EventsRead,
) -> Result<EventsPage, Fault> {
    let doing = "the journal cannot be read";
    let (head, floor) = bounds(connection)?;
    let after = read.after;
    if after.epoch != epoch || after.seq > head || after.seq < floor {
        return Ok(EventsPage { must_refetch: true, ..EventsPage::default() });
    }
    let limit = read.count_max.min(EVENTS_MAX);
    let mut statement = connection
        .prepare_cached(
            "SELECT e.seq, e.idx, t.at_us, t.actor, e.entity, e.id, e.version, e.event, e.data \
             FROM _journal_event e JOIN _journal_tx t ON t.seq = e.seq \
             WHERE e.tenant = ?1 AND (e.seq, e.idx) > (?2, ?3) AND e.seq <= ?4 \
             ORDER BY e.seq, e.idx LIMIT ?5",
        )
        .or_fault(doing)?;
    let mut rows = statement
        .query(params![
            tenant_key(read.tenant.as_ref()),
            after.seq.cast_signed(),
            after.idx,
            head.cast_signed(),
            limit
        ])
        .or_fault(doing)?;
    let mut page = EventsPage { end: Some(after), ..EventsPage::default() };
    let mut looked_at = 0;
    while let Some(row) = rows.next().or_fault(doing)? {
        looked_at += 1;
        let seq: i64 = row.get(0).or_fault(doing)?;
        let position =
            Position { epoch, seq: seq.unsigned_abs(), idx: row.get(1).or_fault(doing)? };
        page.end = Some(position);
        let number: i64 = row.get(4).or_fault(doing)?;
        let Some(entity) = numbers.entities.get(&number).copied() else { continue };
        if !read.entities.contains(&entity) {
            continue;
        }
        let actor: Option<[u8; 16]> = row.get(3).or_fault(doing)?;
        let id: [u8; 16] = row.get(5).or_fault(doing)?;
        let version: i64 = row.get(6).or_fault(doing)?;
        let data: String = row.get(8).or_fault(doing)?;
        let (root, parts, own) = parse(plan, vault, (entity, read.tenant), &data)?;
        page.events.push(StoredEvent {
            position,
            at_us: row.get(2).or_fault(doing)?,
            actor: actor.map(Uuid::from_bytes),
            event: JournalEvent {
                entity,
                id: Uuid::from_bytes(id),
                version: version.unsigned_abs(),
                event: row.get(7).or_fault(doing)?,
                row: root,
                parts,
                own,
            },
        });
    }
    page.is_complete = looked_at < limit;
    if page.is_complete && head > after.seq {
        // All up to the head has been looked at: later reads need not do it again.
        page.end = Some(Position { epoch, seq: head, idx: u16::MAX });
    }
    Ok(page)
}

/// (last number, number below which history is gone)
pub(super) fn bounds(connection: &Connection) -> Result<(u64, u64), Fault> {
    connection
        .prepare_cached(
            "SELECT COALESCE((SELECT MAX(seq) FROM _journal_tx), 0), \
             COALESCE((SELECT value FROM _meta WHERE name = 'floor_seq'), 0)",
        )
        .and_then(|mut it| {
            it.query_row([], |row| {
                Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, i64>(1)?.unsigned_abs()))
            })
        })
        .or_fault("the journal's bounds cannot be read")
}

/// The root, its parts, the event's own members.
type Image = (Row, Vec<(EntityId, Vec<Row>)>, Option<String>);

fn parse(
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
                codec::loaded(&column.ty, ValueRef::Integer(it.as_i64().unwrap_or_default()))
            }
            Json::String(it) if is_blob => {
                let bytes = unhex(it).unwrap_or_default();
                match column.encryption {
                    Some(_) => {
                        let place = codec::place(table, column, table.tenant.and(tenant), id);
                        codec::unsealed(vault, place, &column.ty, &bytes)?
                    }
                    None => codec::loaded(&column.ty, ValueRef::Blob(&bytes)),
                }
            }
            Json::String(it) => codec::loaded(&column.ty, ValueRef::Text(it.as_bytes())),
            _ => Value::Null,
        });
    }
    Ok(Arc::new(values))
}
