//! What a batch changes, as few statements: changes of the same shape go out together, those of one job after each
//! other.

use std::collections::{BTreeMap, BTreeSet};

use architrave_engine::{
    Fault,
    ports::{ApiKeyRecord, Change},
};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    ColumnId, Plan, Table,
    sql::{
        Parameter, Statement as Text,
        postgres::change::{self, Rows},
    },
};
use uuid::Uuid;

use super::turn::Turn;
use crate::{
    postgres::{
        value::{self, Bound},
        words,
    },
    shared::{
        journal::Sealed,
        stored::{self, lookup_hash, place, plain_bytes, row_id},
    },
    vault::Vault,
};

const LINK: &str = "INSERT INTO architrave.identity_link (tenant, issuer, subject, \"user\") VALUES ($1, $2, $3, $4)";
const CREATE_KEY: &str = "INSERT INTO architrave.api_key (id, uuid, name, secret_sha256, tenant, \"user\", roles, \
                          scopes, created_at, expires_at, revoked_at) \
                          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const REVOKE_KEY: &str =
    "UPDATE architrave.api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
/// Most different statements whose texts are kept.
const TEXTS_MAX: usize = 1_024;

/// Texts of statements that change rows.
#[derive(Default)]
pub(super) struct Texts {
    by_shape: BTreeMap<(Shape, Rows), Text>,
}

/// Changes of one shape are one statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Insert(EntityId),
    Update(EntityId, Vec<ColumnId>),
    Delete(EntityId),
}

/// One statement of a batch.
pub(super) struct Step<'a> {
    pub(super) text: String,
    pub(super) parameters: Vec<Bound<'a>>,
    /// How many rows it has to find; none where that says nothing.
    pub(super) expected: Option<u64>,
    /// The change that it is; none where it is several, or none.
    pub(super) change: Option<Made>,
}

/// Which change a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    /// Position in the outcome's changes.
    pub(super) change: usize,
    /// The table; none for the store's own.
    pub(super) entity: Option<EntityId>,
}

/// One change of a row.
struct Piece<'a> {
    turn: &'a Turn,
    change: usize,
    entity: EntityId,
    id: Uuid,
    version: Option<i64>,
    row: &'a [Value],
}

/// All statements of a batch, in their order: first what finds rows unchanged that decisions rest on.
pub(super) fn steps<'a>(
    (plan, vault): (&'a Plan, &Vault),
    texts: &mut Texts,
    turns: &'a [Turn],
    is_one_by_one: bool,
) -> Vec<Step<'a>> {
    let mut steps = checks(plan, turns);
    let mut waves: BTreeMap<(usize, Shape), Vec<Piece<'a>>> = BTreeMap::new();
    let mut own = Vec::new();
    for turn in turns.iter().filter(|it| !it.is_deferred) {
        let Some(outcome) = &turn.outcome else { continue };
        let mut wave = 0;
        let mut last = None;
        let mut ids = BTreeSet::new();
        for (position, change) in outcome.changes.iter().enumerate() {
            let Some((shape, piece)) = piece(plan, turn, position, change) else {
                own.extend(own_step(turn, position, change));
                continue;
            };
            // One statement changes a row once.
            let is_next = is_one_by_one || last.as_ref() != Some(&shape) || !ids.insert(piece.id);
            if is_next {
                wave += 1;
                ids = BTreeSet::from([piece.id]);
            }
            last = Some(shape.clone());
            waves.entry((wave, shape)).or_default().push(piece);
        }
    }
    for ((_, shape), pieces) in waves {
        steps.extend(step((plan, vault), texts, shape, &pieces));
    }
    steps.extend(own);
    steps
}

/// Encrypts what changes hold.
pub(super) fn seal((plan, vault): (&Plan, &Vault), turn: &mut Turn) -> Result<(), Fault> {
    let Some(outcome) = &turn.outcome else { return Ok(()) };
    for change in &outcome.changes {
        let (entity, row, changed) = match change {
            Change::Insert { entity, row } => (*entity, row, None),
            Change::Update { entity, before, after } => (*entity, after, Some(before)),
            _ => continue,
        };
        let table = &plan[entity];
        let id = row_id(table, row);
        for (at, column) in table.column_ids().filter(|(_, it)| it.encryption.is_some()) {
            let value = stored::value_at(row, at);
            if changed.is_some_and(|it| stored::value_at(it, at) == value) {
                continue;
            }
            let key = (entity, id, at.0);
            if value.is_null() {
                turn.sealed.remove(&key);
                continue;
            }
            let plain = plain_bytes(plan, &column.ty, value);
            let place = place(table, column, table.tenant.and(turn.tenant), id);
            turn.sealed.insert(key, vault.seal(place, &plain)?);
        }
    }
    Ok(())
}

/// Which rows decisions rest on that nobody of the batch changes, by table.
fn checks<'a>(plan: &Plan, turns: &'a [Turn]) -> Vec<Step<'a>> {
    let mut found: BTreeMap<EntityId, BTreeSet<(Option<Uuid>, Uuid, i64)>> = BTreeMap::new();
    for turn in turns.iter().filter(|it| !it.is_deferred && it.has_changes()) {
        let changed = changed_rows(plan, turn);
        for ((entity, id), row) in &turn.rows.rows {
            let Some(row) = row else { continue };
            let version = version_of(&plan[*entity], row);
            if let (Some(version), false) = (version, changed.contains(&(*entity, *id))) {
                found.entry(*entity).or_default().insert((turn.tenant, *id, version));
            }
        }
    }
    let step = |(entity, rows): (EntityId, BTreeSet<(Option<Uuid>, Uuid, i64)>)| {
        let text = change::unchanged(plan, entity)?;
        let bound = |parameter: &Parameter| {
            let values = rows.iter().map(|(tenant, id, version)| match parameter {
                Parameter::Tenant => (*tenant).into(),
                Parameter::Id => Bound::Uuid(*id),
                _ => Bound::Int(*version),
            });
            Bound::Array(values.collect())
        };
        Some(Step {
            parameters: text.parameters.iter().map(bound).collect(),
            text: text.text,
            expected: Some(rows.len() as u64),
            change: None,
        })
    };
    found.into_iter().filter_map(step).collect()
}

fn changed_rows(plan: &Plan, turn: &Turn) -> BTreeSet<(EntityId, Uuid)> {
    let changes = turn.outcome.iter().flat_map(|it| &it.changes);
    let row = |change: &Change| match change {
        Change::Update { entity, before: row, .. } | Change::Delete { entity, row } => {
            Some((*entity, row_id(&plan[*entity], row)))
        }
        _ => None,
    };
    changes.filter_map(row).collect()
}

fn piece<'a>(
    plan: &Plan,
    turn: &'a Turn,
    position: usize,
    change: &'a Change,
) -> Option<(Shape, Piece<'a>)> {
    let (shape, entity, row, version) = match change {
        Change::Insert { entity, row } => (Shape::Insert(*entity), *entity, row, None),
        Change::Update { entity, before, after } => {
            let both = (0..).zip(before.iter().zip(after.iter()));
            let changed = both.filter(|(_, (before, after))| before != after);
            let changed: Vec<ColumnId> = changed.map(|(at, _)| ColumnId(at)).collect();
            let version = version_of(&plan[*entity], before);
            (Shape::Update(*entity, changed), *entity, after, version)
        }
        Change::Delete { entity, row } => {
            (Shape::Delete(*entity), *entity, row, version_of(&plan[*entity], row))
        }
        _ => return None,
    };
    let id = row_id(&plan[entity], row);
    Some((shape, Piece { turn, change: position, entity, id, version, row }))
}

fn step<'a>(
    (plan, vault): (&'a Plan, &Vault),
    texts: &mut Texts,
    shape: Shape,
    pieces: &[Piece<'a>],
) -> Option<Step<'a>> {
    if matches!(&shape, Shape::Update(_, changed) if changed.is_empty()) {
        return None;
    }
    let rows = if pieces.len() == 1 { Rows::One } else { Rows::Many };
    let is_insert = matches!(shape, Shape::Insert(_));
    let text = texts.of(plan, shape, rows);
    let bound = |parameter: &Parameter| match pieces {
        [only] => only.value((plan, vault), *parameter),
        many => Bound::Array(many.iter().map(|it| it.value((plan, vault), *parameter)).collect()),
    };
    Some(Step {
        parameters: text.parameters.iter().map(bound).collect(),
        text: text.text.clone(),
        expected: (!is_insert).then_some(pieces.len() as u64),
        change: match pieces {
            [only] => Some(Made { change: only.change, entity: Some(only.entity) }),
            _ => None,
        },
    })
}

impl Texts {
    fn of(&mut self, plan: &Plan, shape: Shape, rows: Rows) -> &Text {
        if self.by_shape.len() > TEXTS_MAX {
            self.by_shape.clear();
        }
        let key = (shape, rows);
        let make = |(shape, rows): &(Shape, Rows)| match shape {
            Shape::Insert(entity) => change::insert(plan, *entity, *rows),
            Shape::Update(entity, changed) => change::update(plan, *entity, changed, *rows),
            Shape::Delete(entity) => change::delete(plan, *entity, *rows),
        };
        self.by_shape.entry(key).or_insert_with_key(make)
    }
}

impl<'a> Piece<'a> {
    fn value(&self, (plan, vault): (&'a Plan, &Vault), parameter: Parameter) -> Bound<'a> {
        let table = &plan[self.entity];
        let column = |at: usize| Some((table.columns.get(at)?, self.row.get(at)?));
        match parameter {
            Parameter::Id => Bound::Uuid(self.id),
            Parameter::Tenant => self.turn.tenant.into(),
            Parameter::Version => self.version.map_or(Bound::Null, Bound::Int),
            Parameter::Words => {
                words::vector(table, self.row).map_or(Bound::Null, |it| Bound::Text(it.into()))
            }
            Parameter::Value(at) => match column(at) {
                Some((column, _)) if column.encryption.is_some() => self.sealed(at),
                Some((column, value)) => value::bound(plan, &column.ty, value),
                None => Bound::Null,
            },
            Parameter::Lookup(at) => match column(at).filter(|(_, it)| !it.is_null()) {
                Some((column, value)) => {
                    Bound::Bytes(lookup_hash((plan, vault), table, column, value).to_vec().into())
                }
                None => Bound::Null,
            },
            _ => Bound::Null,
        }
    }

    fn sealed(&self, at: usize) -> Bound<'a> {
        let turn: &'a Turn = self.turn;
        let sealed: &'a Sealed = &turn.sealed;
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        let bytes = sealed.get(&(self.entity, self.id, at));
        bytes.map_or(Bound::Null, |it| Bound::Bytes(it.into()))
    }
}

/// A change of the store's own tables.
fn own_step<'a>(turn: &Turn, position: usize, change: &'a Change) -> Option<Step<'a>> {
    let (text, parameters) = match change {
        Change::Link { issuer, subject, user } => (
            LINK,
            vec![
                Bound::Uuid(turn.tenant.unwrap_or_default()),
                Bound::Text(issuer.into()),
                Bound::Text(subject.into()),
                Bound::Uuid(*user),
            ],
        ),
        Change::CreateApiKey(key) => (CREATE_KEY, key_values(key)),
        Change::RevokeApiKey { id, at_us } => {
            (REVOKE_KEY, vec![Bound::Text(id.into()), Bound::Timestamp(*at_us)])
        }
        _ => return None,
    };
    let change = Some(Made { change: position, entity: None });
    Some(Step { text: text.to_owned(), parameters, expected: None, change })
}

fn key_values(key: &ApiKeyRecord) -> Vec<Bound<'_>> {
    let list = |items: &[String]| {
        Bound::Text(serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned()).into())
    };
    let time = |it: Option<i64>| it.map_or(Bound::Null, Bound::Timestamp);
    vec![
        Bound::Text(key.id.as_str().into()),
        Bound::Uuid(key.uuid),
        Bound::Text(key.name.as_str().into()),
        Bound::Bytes(key.secret_sha256.as_slice().into()),
        key.tenant.into(),
        key.user.into(),
        list(&key.roles),
        list(&key.scopes),
        Bound::Timestamp(key.created_at_us),
        time(key.expires_at_us),
        time(key.revoked_at_us),
    ]
}

fn version_of(table: &Table, row: &[Value]) -> Option<i64> {
    match table.version.map(|it| stored::value_at(row, it)) {
        Some(Value::Int(version)) => Some(*version),
        _ => None,
    }
}
