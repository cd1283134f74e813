//! Loads whole rows for decisions: decrypted, within their tenants. What several decisions ask for goes out together,
//! one statement for all rows of a kind, and is answered together.

use std::{collections::BTreeMap, sync::Arc};

use architrave_engine::{
    Fault, Row, Rows,
    ports::{Answer, Need, Position, Remembered},
};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    ColumnId, ColumnRole, Plan, Table,
    sql::{Dialect, Parameter, Statement as Text, raw},
};
use futures_util::future::try_join_all;
use tokio_postgres::{Error, Row as Found, Statement};
use uuid::Uuid;

use super::{super::value, lane::Lane, rows};
use crate::{
    postgres::{
        session::Session,
        value::{Bound, Raw},
    },
    shared::{
        journal::Sealed,
        remember::{Kept, opened},
        stored,
    },
    vault::Vault,
};

const REMEMBERED: &str = "SELECT key, fingerprint, status, body, etag, location, problem, is_sealed, epoch, seq, idx, \
                          expires_at FROM architrave.idempotency WHERE key = ANY($1) AND expires_at > $2";
const LINK: &str = "SELECT \"user\" FROM architrave.identity_link WHERE tenant = $1 AND issuer = $2 AND subject = $3";

/// Why something was not loaded.
#[derive(Debug)]
pub(in crate::postgres) enum LoadError {
    /// The server refused, or is gone.
    Database(Error),
    /// What was found cannot be read.
    Fault(Fault),
}

impl From<Error> for LoadError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

/// What one decision asks for, and where it goes.
pub(in crate::postgres) struct Order<'a> {
    /// Whose rows.
    pub(in crate::postgres) tenant: Option<Uuid>,
    /// What it asks for. [`Need::Sequence`] is not for reading: whoever writes draws the numbers, and leaves such
    /// needs out here.
    pub(in crate::postgres) needs: &'a [Need],
    /// Answers are added here.
    pub(in crate::postgres) rows: &'a mut Rows,
    /// Encrypted columns as stored are added here.
    pub(in crate::postgres) sealed: &'a mut Sealed,
}

/// Loads rows over any session.
pub(in crate::postgres) struct Loader {
    plan: Arc<Plan>,
    vault: Arc<Vault>,
    texts: Texts,
}

/// Texts of the statements, by entity.
struct Texts {
    rows: Vec<[Text; 2]>,
    parts: Vec<Text>,
    referrers: BTreeMap<(EntityId, ColumnId), Text>,
}

impl Texts {
    fn new(plan: &Plan) -> Self {
        let of =
            |it: &Table, deleted| raw::load_several(plan, Dialect::Postgres, it.entity, deleted);
        let parts = |it: &Table| raw::load_parts_several(plan, Dialect::Postgres, it.entity);
        let referrers =
            plan.tables.iter().flat_map(|it| &it.referrers).map(|(entity, column, _)| {
                let text = raw::referrers(plan, Dialect::Postgres, *entity, *column);
                ((*entity, *column), text)
            });
        Self {
            referrers: referrers.collect(),
            rows: plan.tables.iter().map(|it| [of(it, false), of(it, true)]).collect(),
            parts: plan.tables.iter().map(parts).collect(),
        }
    }
}

/// What one statement answers. Needs of the same group share it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// (entity, tenant, softly deleted ones too)
    Rows(EntityId, Option<Uuid>, bool),
    /// (part's entity, tenant)
    Parts(EntityId, Option<Uuid>),
    /// (entity, column, tenant, row)
    Referrers(EntityId, ColumnId, Option<Uuid>, Uuid),
    Remembered,
    /// (tenant, issuer, subject)
    Link(Option<Uuid>, String, String),
}

/// What a statement is asked about.
#[derive(Debug, Default)]
struct Asked {
    ids: Vec<Uuid>,
    keys: Vec<Vec<u8>>,
}

/// A row with its encrypted columns as stored.
type Loaded = (Row, Vec<(u16, Vec<u8>)>);

/// What statements answered.
#[derive(Default)]
struct Answers {
    rows: BTreeMap<(Group, Uuid), Vec<Loaded>>,
    ids: BTreeMap<Group, Vec<Uuid>>,
    remembered: BTreeMap<Vec<u8>, Remembered>,
}

impl Loader {
    /// A loader for all tables of a plan.
    pub(in crate::postgres) fn new(plan: Arc<Plan>, vault: Arc<Vault>) -> Self {
        let texts = Texts::new(&plan);
        Self { plan, vault, texts }
    }

    /// Adds what all orders ask for to their rows. All statements go out before the first is answered, so that a batch
    /// of decisions waits once per round:
    ///
    /// ```text
    /// session.see_tenants(&Tenants::These(&tenants)).await?;   // all tenants of the orders; before BEGIN
    /// let mut orders: Vec<Order> = jobs.iter_mut().map(|job| Order { tenant: job.tenant, needs: &job.needs, … }).collect();
    /// loader.load(&session, now_us, &mut orders).await?;
    /// ```
    ///
    /// Within a transaction at READ COMMITTED each statement sees what was committed when it ran; for one snapshot of
    /// everything the transaction has to be REPEATABLE READ. No row is locked.
    ///
    /// # Errors
    /// Where the server refuses, or what was found cannot be decrypted. Some answers may have been added.
    pub(in crate::postgres) async fn load(
        &self,
        session: &Session,
        now_us: i64,
        orders: &mut [Order<'_>],
    ) -> Result<(), LoadError> {
        let groups = self.groups(orders);
        let statements = self.statements(session, &groups, now_us).await?;
        let running = statements.into_iter().map(|(statement, parameters)| async move {
            rows(session.client(), &statement, parameters).await
        });
        let found = try_join_all(running).await?;
        self.answer_all(&groups, &found, orders).map_err(LoadError::Fault)
    }

    /// As [`Loader::load`], for one order and outside of a transaction, all from one state of the database.
    pub(super) async fn load_on(
        &self,
        lane: &Lane,
        now_us: i64,
        order: Order<'_>,
    ) -> Result<(), LoadError> {
        let tenant = order.tenant;
        let mut orders = [order];
        let groups = self.groups(&orders);
        let statements = self.statements(lane.session(), &groups, now_us).await?;
        let found = lane.ask_all(tenant, statements).await?;
        self.answer_all(&groups, &found, &mut orders).map_err(LoadError::Fault)
    }

    fn groups(&self, orders: &[Order<'_>]) -> BTreeMap<Group, Asked> {
        let mut groups: BTreeMap<Group, Asked> = BTreeMap::new();
        for order in orders {
            order.needs.iter().for_each(|it| self.ask(order.tenant, it, &mut groups));
        }
        groups
    }

    async fn statements<'a>(
        &'a self,
        session: &Session,
        groups: &'a BTreeMap<Group, Asked>,
        now_us: i64,
    ) -> Result<Vec<(Statement, Vec<Bound<'a>>)>, Error> {
        let mut statements = Vec::with_capacity(groups.len());
        for (group, asked) in groups {
            let (text, parameters) = self.statement(group, asked, now_us);
            statements.push((session.prepared(text).await?, parameters));
        }
        Ok(statements)
    }

    fn answer_all(
        &self,
        groups: &BTreeMap<Group, Asked>,
        found: &[Vec<Found>],
        orders: &mut [Order<'_>],
    ) -> Result<(), Fault> {
        let mut answers = Answers::default();
        for (group, found) in groups.keys().zip(found) {
            self.keep(group, found, &mut answers)?;
        }
        for order in orders {
            order
                .needs
                .iter()
                .for_each(|it| self.answer(it, order.tenant, &answers, order.rows, order.sealed));
        }
        Ok(())
    }

    /// The group of a need about rows.
    fn group(&self, tenant: Option<Uuid>, need: &Need) -> Option<Group> {
        let own = |entity: EntityId| self.plan[entity].tenant.and(tenant);
        Some(match need {
            Need::Row(entity, _) => Group::Rows(*entity, own(*entity), false),
            Need::DeletedRow(entity, _) => Group::Rows(*entity, own(*entity), true),
            Need::Parts(entity, _) => Group::Parts(*entity, own(*entity)),
            Need::Referrers(entity, column, id) => {
                Group::Referrers(*entity, *column, own(*entity), *id)
            }
            Need::Remembered(_) => Group::Remembered,
            Need::Link(issuer, subject) => Group::Link(tenant, issuer.clone(), subject.clone()),
            Need::Sequence { .. } => return None,
        })
    }

    fn ask(&self, tenant: Option<Uuid>, need: &Need, groups: &mut BTreeMap<Group, Asked>) {
        let Some(group) = self.group(tenant, need) else { return };
        let asked = groups.entry(group).or_default();
        match need {
            Need::Row(_, id) | Need::DeletedRow(_, id) | Need::Parts(_, id)
                if !asked.ids.contains(id) =>
            {
                asked.ids.push(*id);
            }
            Need::Remembered(key) => asked.keys.push(key.clone()),
            _ => {}
        }
    }

    fn statement<'a>(
        &'a self,
        group: &'a Group,
        asked: &'a Asked,
        now_us: i64,
    ) -> (&'a str, Vec<Bound<'a>>) {
        let nil = |tenant: Option<Uuid>| Bound::Uuid(tenant.unwrap_or_default());
        let limit = i64::try_from(Rows::REFERRERS_MAX + 1).unwrap_or(i64::MAX);
        let bound = |text: &'a Text, tenant: Option<Uuid>, id: Option<Uuid>| {
            let of = |it: &Parameter| match it {
                Parameter::Tenant => tenant.into(),
                Parameter::Id => id.into(),
                Parameter::Ids => {
                    Bound::Array(asked.ids.iter().map(|it| Bound::Uuid(*it)).collect())
                }
                Parameter::Limit => Bound::Int(limit),
                _ => Bound::Null,
            };
            (text.text.as_str(), text.parameters.iter().map(of).collect())
        };
        match group {
            Group::Rows(entity, tenant, deleted) => {
                let texts = self.texts.rows.get(entity.0 as usize);
                let text = texts.and_then(|it| it.get(usize::from(*deleted)));
                text.map_or(NOTHING, |it| bound(it, *tenant, None))
            }
            Group::Parts(entity, tenant) => {
                let text = self.texts.parts.get(entity.0 as usize);
                text.map_or(NOTHING, |it| bound(it, *tenant, None))
            }
            Group::Referrers(entity, column, tenant, id) => {
                let text = self.texts.referrers.get(&(*entity, *column));
                text.map_or(NOTHING, |it| bound(it, *tenant, Some(*id)))
            }
            Group::Remembered => {
                let keys = asked.keys.iter().map(|it| Bound::Bytes(it.into())).collect();
                (REMEMBERED, vec![Bound::Array(keys), Bound::Timestamp(now_us)])
            }
            Group::Link(tenant, issuer, subject) => {
                let texts = [issuer, subject].map(|it| Bound::Text(it.into()));
                (LINK, std::iter::once(nil(*tenant)).chain(texts).collect())
            }
        }
    }

    fn keep(&self, group: &Group, found: &[Found], answers: &mut Answers) -> Result<(), Fault> {
        match group {
            Group::Rows(entity, tenant, _) | Group::Parts(entity, tenant) => {
                let table = &self.plan[*entity];
                let is_part = matches!(group, Group::Parts(..));
                for row in found {
                    let loaded = self.decoded(table, *tenant, row)?;
                    let key = match table.parent.filter(|_| is_part) {
                        Some((parent, _)) => match stored::value_at(&loaded.0, parent) {
                            Value::Uuid(it) => *it,
                            _ => Uuid::nil(),
                        },
                        None => stored::row_id(table, &loaded.0),
                    };
                    answers.rows.entry((group.clone(), key)).or_default().push(loaded);
                }
            }
            Group::Referrers(..) | Group::Link(..) => {
                let ids = found.iter().filter_map(|it| raw_at(it, 0)?.uuid()).collect();
                answers.ids.insert(group.clone(), ids);
            }
            Group::Remembered => {
                for row in found {
                    let answer = remembered(&self.vault, row)?;
                    answers.remembered.insert(answer.key.clone(), answer);
                }
            }
        }
        Ok(())
    }

    fn decoded(&self, table: &Table, tenant: Option<Uuid>, row: &Found) -> Result<Loaded, Fault> {
        let id_at = table.columns.iter().position(|it| it.role == ColumnRole::Id).unwrap_or(0);
        let id = raw_at(row, id_at).and_then(Raw::uuid).unwrap_or_default();
        let (mut values, mut sealed) = (Vec::with_capacity(table.columns.len()), Vec::new());
        for (position, column) in (0_u16..).zip(&table.columns) {
            let raw = raw_at(row, usize::from(position));
            values.push(match (&column.encryption, raw) {
                (Some(_), Some(bytes)) => {
                    sealed.push((position, bytes.0.to_vec()));
                    let place = stored::place(table, column, tenant, id);
                    stored::unsealed(&self.vault, place, &column.ty, bytes.0)?
                }
                (Some(_), None) => Value::Null,
                (None, raw) => value::loaded(&column.ty, raw),
            });
        }
        Ok((Arc::new(values), sealed))
    }

    fn answer(
        &self,
        need: &Need,
        tenant: Option<Uuid>,
        answers: &Answers,
        rows: &mut Rows,
        sealed: &mut Sealed,
    ) {
        let Some(group) = self.group(tenant, need) else { return };
        let mut taken = |entity: EntityId, id: Uuid| -> Vec<Row> {
            let found = answers.rows.get(&(group.clone(), id)).map(Vec::as_slice);
            let take = |(row, columns): &Loaded| {
                let own = stored::row_id(&self.plan[entity], row);
                for (column, bytes) in columns {
                    sealed.insert((entity, own, *column), bytes.clone());
                }
                Row::clone(row)
            };
            found.unwrap_or_default().iter().map(take).collect()
        };
        match need {
            Need::Row(entity, id) | Need::DeletedRow(entity, id) => {
                let row = taken(*entity, *id).into_iter().next();
                rows.rows.insert((*entity, *id), row);
            }
            Need::Parts(entity, id) => {
                let parts = taken(*entity, *id);
                rows.parts.insert((*entity, *id), parts);
            }
            Need::Referrers(entity, column, id) => {
                let ids = answers.ids.get(&group).cloned().unwrap_or_default();
                rows.referrers.insert((*entity, *column, *id), ids);
            }
            Need::Remembered(key) => {
                rows.remembered.insert(key.clone(), answers.remembered.get(key).cloned());
            }
            Need::Link(issuer, subject) => {
                let user = answers.ids.get(&group).and_then(|it| it.first().copied());
                rows.links.insert((issuer.clone(), subject.clone()), user);
            }
            Need::Sequence { .. } => {}
        }
    }
}

/// Said of a table that the plan does not have; no need names one.
const NOTHING: (&str, Vec<Bound<'static>>) = ("SELECT NULL::uuid WHERE FALSE", Vec::new());

fn raw_at(row: &Found, at: usize) -> Option<Raw<'_>> {
    row.try_get(at).unwrap_or_default()
}

fn remembered(vault: &Vault, row: &Found) -> Result<Remembered, Fault> {
    let unreadable =
        |error: Error| Fault::new(format!("a remembered answer cannot be read: {error}"), "");
    let read = || -> Result<(Remembered, Kept), Error> {
        let (epoch, seq): (Option<i64>, Option<i64>) = (row.try_get(8)?, row.try_get(9)?);
        let idx: Option<i32> = row.try_get(10)?;
        let position = match (epoch.map(u32::try_from), seq, idx.map(u16::try_from)) {
            (Some(Ok(epoch)), Some(seq), Some(Ok(idx))) => {
                Some(Position { epoch, seq: seq.unsigned_abs(), idx })
            }
            _ => None,
        };
        let status: i16 = row.try_get(2)?;
        let expires_at: Raw<'_> = row.try_get(11)?;
        let answer = Answer {
            status: status.unsigned_abs(),
            body: Vec::new(),
            etag: row.try_get(4)?,
            location: row.try_get(5)?,
            problem: None,
            is_replayed: false,
        };
        let remembered = Remembered {
            key: row.try_get(0)?,
            fingerprint: row.try_get(1)?,
            answer,
            expires_at_us: expires_at.timestamp_us().unwrap_or_default(),
            is_sensitive: row.try_get(7)?,
            position,
        };
        Ok((remembered, Kept { body: row.try_get(3)?, problem: row.try_get(6)? }))
    };
    let (mut remembered, kept) = read().map_err(unreadable)?;
    let (body, problem) = opened(vault, &remembered.key, kept, remembered.is_sensitive)?;
    remembered.answer.body = body;
    remembered.answer.problem = problem;
    Ok(remembered)
}
