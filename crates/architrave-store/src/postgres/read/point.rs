//! Reads of one row. What is asked while the last answer is on its way goes out as one statement for all of it: a
//! server that answers sixty-four reads at once spends on each a fraction of what it spends on one alone.

use std::sync::Arc;

use architrave_engine::{
    Fault,
    ports::{ReadAnswer, ReadOne},
};
use architrave_plan::{
    Plan,
    sql::{Dialect, Parameter, Statement as Text, read},
};
use futures_util::future::join_all;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{
    Base, Slot, Trouble,
    bind::Values,
    cells::Cells as _,
    lane::{Compiled, Key, Lane},
    nest::Nest,
    show::Writer,
    too_many,
};
use crate::postgres::value::{Bound, Raw};

/// Most reads that may wait; one more is refused at once.
const WAITING_MAX: usize = 4_096;
/// Most reads that are answered together: beyond this nothing is gained, and the first wait for the last.
const BATCH_MAX: usize = 256;
const ONE: u64 = 0;

/// A read that waits.
struct Wanted {
    key: Key,
    compiled: Arc<Compiled>,
    tenant: Option<Uuid>,
    /// Values of all parameters but the ids.
    values: Vec<Bound<'static>>,
    id: Uuid,
    answer: oneshot::Sender<Result<Option<Arc<Row>>, Fault>>,
}

/// Where reads of one row wait.
pub(super) struct Points {
    queue: mpsc::Sender<Wanted>,
}

impl Points {
    /// Starts the task that asks; it ends with what is returned.
    pub(super) fn start(base: &Arc<Base>, slot: Arc<Slot>) -> Self {
        let (queue, mut wanted) = mpsc::channel(WAITING_MAX);
        base.handle.spawn(async move {
            let mut batch = Vec::with_capacity(BATCH_MAX);
            while wanted.recv_many(&mut batch, BATCH_MAX).await > 0 {
                answer(&slot, std::mem::take(&mut batch)).await;
            }
        });
        Self { queue }
    }

    /// Answers a read of one row.
    pub(super) async fn one(
        &self,
        base: &Base,
        one: &ReadOne,
        out: &mut Vec<u8>,
    ) -> Result<ReadAnswer, Fault> {
        let key = (one.selection.key, 0, ONE);
        let compiled = base.compiled(key, |plan| compile(plan, one))?;
        let values = values(base, one, &compiled.text);
        let (answer, answered) = oneshot::channel();
        let tenant = one.caller.tenant;
        let wanted =
            Wanted { key, compiled: Arc::clone(&compiled), tenant, values, id: one.id, answer };
        self.queue.try_send(wanted).map_err(|_| too_many())?;
        let ended = || Fault::new("the store ended before it answered", "");
        let Some(row) = answered.await.map_err(|_| ended())?? else {
            return Ok(ReadAnswer::default());
        };
        let nest = &compiled.nest;
        let writer = Writer { plan: &base.plan, vault: &base.vault, tenant };
        writer.write(nest, &*row, out)?;
        let version = nest.layout.version.and_then(|it| row.at(it)?.int()).unwrap_or(0);
        Ok(ReadAnswer { is_found: true, version: version.unsigned_abs(), ..ReadAnswer::default() })
    }
}

fn compile(plan: &Plan, one: &ReadOne) -> Result<Compiled, architrave_plan::sql::Uncompilable> {
    let nest = Nest::new(plan, &one.selection, &[]);
    // The same rule for each of several rows.
    let text = read::expand(plan, Dialect::Postgres, nest.show())?;
    Ok(Compiled { nest, text })
}

fn values(base: &Base, one: &ReadOne, text: &Text) -> Vec<Bound<'static>> {
    let values = Values {
        plan: &base.plan,
        vault: &base.vault,
        table: &base.plan[one.selection.entity],
        caller: &one.caller,
        now_us: one.now_us,
        filters: &[],
        cursor: &[],
        words: &[],
        limit: 0,
    };
    values.all(text).into_iter().map(Bound::into_owned).collect()
}

/// Reads that share a statement. Two reads may share one where it would be the same statement for both, whatever row
/// is asked for: the same selection (hence the same rule, folded for the same class of callers) and the same value of
/// each parameter that its text has, whether of the tenant, of who asks or of the time. Whoever may see a row is then
/// decided for both by the same condition; the tenant is compared also where the text has none, since the session's
/// row-level security depends on it.
struct Group {
    first: usize,
    members: Vec<usize>,
}

fn grouped(batch: &[Wanted]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (position, it) in batch.iter().enumerate() {
        let fits = |group: &&mut Group| {
            batch.get(group.first).is_some_and(|first| {
                first.key == it.key && first.tenant == it.tenant && first.values == it.values
            })
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.members.push(position),
            None => groups.push(Group { first: position, members: vec![position] }),
        }
    }
    groups
}

/// Answers a batch: one statement for each group, all sent at once.
async fn answer(slot: &Arc<Slot>, batch: Vec<Wanted>) {
    let groups = grouped(&batch);
    let mut found = asked(slot, &batch, &groups).await;
    let is_cut =
        |it: &Result<_, Trouble>| matches!(it, Err(Trouble::Database(error)) if error.is_closed());
    if found.iter().any(is_cut) {
        // The session was lost. Reads change nothing: they are asked once more.
        found = asked(slot, &batch, &groups).await;
    }
    let mut answers: Vec<_> =
        batch.into_iter().map(|it| Some((it.id, it.compiled, it.answer))).collect();
    for (group, found) in groups.into_iter().zip(found) {
        let found = found.map_err(|it| it.fault(&slot.base.access.address));
        let rows: Result<Vec<Arc<Row>>, Fault> =
            found.map(|it| it.into_iter().map(Arc::new).collect());
        for member in group.members {
            let Some((id, compiled, answer)) = answers.get_mut(member).and_then(Option::take)
            else {
                continue;
            };
            let at = compiled.nest.layout.id;
            let is_it = |row: &&Arc<Row>| row.at(at).and_then(Raw::uuid) == Some(id);
            // Whoever asked may have gone.
            let _ = answer.send(match &rows {
                Ok(rows) => Ok(rows.iter().find(is_it).cloned()),
                Err(fault) => Err(fault.clone()),
            });
        }
    }
}

async fn asked(
    slot: &Arc<Slot>,
    batch: &[Wanted],
    groups: &[Group],
) -> Vec<Result<Vec<Row>, Trouble>> {
    let lane = match slot.lane().await {
        Ok(lane) => lane,
        Err(fault) => {
            return groups.iter().map(|_| Err(Trouble::Fault(fault.clone()))).collect();
        }
    };
    let asking = groups.iter().map(|group| ask(&lane, batch, group));
    join_all(asking).await
}

async fn ask(lane: &Lane, batch: &[Wanted], group: &Group) -> Result<Vec<Row>, Trouble> {
    let Some(first) = batch.get(group.first) else { return Ok(Vec::new()) };
    let prepared = match lane.known(&first.key) {
        Some(it) => it,
        None => lane.prepare(first.key, Arc::clone(&first.compiled)).await?,
    };
    let ids = || group.members.iter().filter_map(|it| batch.get(*it)).map(|it| Bound::Uuid(it.id));
    let parameters = first.compiled.text.parameters.iter().zip(&first.values);
    let values = parameters.map(|(parameter, value)| match parameter {
        Parameter::Ids => Bound::Array(ids().collect()),
        _ => value.clone(),
    });
    Ok(lane.ask(first.tenant, (prepared.statement, values.collect())).await?)
}
