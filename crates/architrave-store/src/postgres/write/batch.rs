//! One batch: its jobs decide in lockstep, each round loads for all of them, and what came of it goes out in two
//! packets: what changes, then the journal with the commit behind it.

use std::{collections::BTreeSet, sync::Arc};

use architrave_engine::{
    Fault,
    ports::{Conflict, Need, Position},
};
use futures_util::future::{join, join_all};
use tokio_postgres::{Error, Statement, error::SqlState};
use uuid::Uuid;

use super::{
    changes::{self, Made, Step},
    independent, journal, sequence,
    trouble::{Trouble, loading, trouble},
    turn::Turn,
};
use crate::postgres::{
    nodes,
    read::{Loader, Order},
    session::{Session, Tenants},
    store::Shared,
    value::{Bound, Raw},
};
use architrave_plan::sql::{Parameter, postgres::change};

/// Most times a decision may ask for more rows.
const ROUNDS_MAX: usize = 16;

/// What the writer keeps between batches.
pub(super) struct Workshop {
    pub(super) shared: Arc<Shared>,
    pub(super) loader: Loader,
    pub(super) changes: changes::Texts,
    pub(super) ending: journal::Texts,
}

/// How far a batch got, for whoever finds its session gone.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// A transaction is open.
    pub(super) is_open: bool,
    /// The transaction's id in the database.
    pub(super) transaction: Option<i64>,
    /// The commit is on its way: nobody knows what came of it until the answer is there.
    pub(super) is_committing: bool,
}

impl Workshop {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let (plan, vault) = (Arc::clone(&shared.plan), Arc::clone(&shared.vault));
        Self {
            shared,
            loader: Loader::new(plan, vault),
            changes: changes::Texts::default(),
            ending: journal::Texts::new(),
        }
    }

    /// Runs a batch to its commit. Afterwards every turn is deferred or has its outcome.
    pub(super) async fn run(
        &mut self,
        session: &Session,
        turns: &mut [Turn],
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let tenants: BTreeSet<Uuid> = turns.iter().filter_map(|it| it.tenant).collect();
        let tenants: Vec<Uuid> = tenants.into_iter().collect();
        let seen = session.see_tenants(&Tenants::These(&tenants)).await;
        seen.map_err(|it| self.trouble(&it))?;
        self.decide(session, turns, progress).await?;
        independent::separate(&self.shared.plan, turns);
        self.give_numbers_back(turns)?;
        if !turns.iter().any(Turn::is_stored) {
            return self.leave(session, progress).await;
        }
        let writer = self.writer()?;
        for turn in turns.iter_mut().filter(|it| it.is_stored()) {
            changes::seal((&self.shared.plan, &self.shared.vault), turn)?;
        }
        self.apply(session, turns, progress).await?;
        let numbers = self.commit(session, &writer, turns, progress).await?;
        let mut numbers = numbers.into_iter();
        for turn in turns.iter_mut().filter(|it| it.is_stored()) {
            let has_record = turn.outcome.as_ref().is_some_and(|it| it.journal.is_some());
            let seq = if has_record { numbers.next() } else { None };
            turn.position = seq.map(|seq| Position {
                epoch: writer.epoch,
                seq: seq.unsigned_abs(),
                idx: journal::last_event(turn),
            });
        }
        Ok(())
    }

    /// Gives an open transaction up.
    pub(super) async fn roll_back(
        &self,
        session: &Session,
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        if std::mem::take(progress).is_open {
            let done = session.client().batch_execute("ROLLBACK").await;
            done.map_err(|it| self.trouble(&it))?;
        }
        Ok(())
    }

    /// Ends a transaction that only read.
    async fn leave(&self, session: &Session, progress: &mut Progress) -> Result<(), Trouble> {
        self.roll_back(session, progress).await
    }

    fn trouble(&self, error: &Error) -> Trouble {
        trouble(error, &self.shared.access.address)
    }

    fn writer(&self) -> Result<journal::Writer, Trouble> {
        let shared = &self.shared;
        let Some(fence) = shared.node.fence() else {
            return Err(Trouble::Fault(fenced_off()));
        };
        let epoch = shared.epoch.load(std::sync::atomic::Ordering::Relaxed);
        Ok(journal::Writer { node: shared.node.id(), fence, epoch })
    }

    async fn decide(
        &self,
        session: &Session,
        turns: &mut [Turn],
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        for round in 0..=ROUNDS_MAX {
            let mut asked: Vec<Vec<Need>> = Vec::with_capacity(turns.len());
            for turn in turns.iter_mut() {
                let is_again = round == 0 && !turn.pending.known.is_empty();
                asked.push(match (&turn.outcome, is_again) {
                    (Some(_), _) => Vec::new(),
                    (None, true) => turn.pending.known.iter().cloned().collect(),
                    (None, false) => turn.decide()?,
                });
            }
            if asked.iter().all(Vec::is_empty) {
                return Ok(());
            }
            if round == ROUNDS_MAX {
                break;
            }
            self.load(session, turns, &asked, progress).await?;
        }
        let what = format!("a decision asked for rows more than {ROUNDS_MAX} times");
        Err(Trouble::Fault(Fault::new(what, "")))
    }

    /// Loads what a round asks for. Rows of which it is asked who refers to them are taken first: whoever adds a
    /// reference looks at them, and then has to wait. So are the rows of a job that others were in the way of.
    async fn load(
        &self,
        session: &Session,
        turns: &mut [Turn],
        asked: &[Vec<Need>],
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let begin = begin(session, progress);
        let locks = self.locks(session, turns, asked).await?;
        let locking = join_all(locks.into_iter().map(|(statement, parameters)| async move {
            session.client().execute_raw(&statement, parameters).await
        }));
        // The latest of them: an answer to a key that is over for one is over for all.
        let now_us = turns.iter().map(|it| it.now_us).max().unwrap_or_default();
        let mut orders: Vec<Order<'_>> = turns
            .iter_mut()
            .zip(asked)
            .map(|(turn, needs)| Order {
                tenant: turn.tenant,
                needs,
                rows: &mut turn.rows,
                sealed: &mut turn.sealed,
            })
            .collect();
        let loaded = self.loader.load(session, now_us, &mut orders);
        let (begun, (locked, loaded)) = join(begin, join(locking, loaded)).await;
        begun.map_err(|it| self.trouble(&it))?;
        for it in locked {
            it.map_err(|it| self.trouble(&it))?;
        }
        loaded.map_err(|it| loading(it, &self.shared.access.address))?;
        let drawn = sequence::draw(session, &self.shared.plan, turns, asked).await;
        drawn.map_err(|it| self.trouble(&it))
    }

    async fn locks(
        &self,
        session: &Session,
        turns: &[Turn],
        asked: &[Vec<Need>],
    ) -> Result<Vec<(Statement, Vec<Bound<'static>>)>, Trouble> {
        let plan = &self.shared.plan;
        let mut wanted = BTreeSet::new();
        for (turn, needs) in turns.iter().zip(asked) {
            for need in needs {
                match need {
                    Need::Referrers(entity, column, id) => {
                        let keys = plan[*entity].foreign_keys.iter();
                        let to = keys.filter(|it| it.column == *column).map(|it| it.to);
                        wanted.extend(to.map(|it| (it, turn.tenant, *id)));
                    }
                    // Others were faster before: now they wait, in the order in which they ask.
                    Need::Row(entity, id) | Need::DeletedRow(entity, id)
                        if turn.pending.attempts > 0 =>
                    {
                        wanted.insert((*entity, turn.tenant, *id));
                    }
                    _ => {}
                }
            }
        }
        let mut all = Vec::with_capacity(wanted.len());
        for (entity, tenant, id) in wanted {
            let text = change::lock(plan, entity);
            let statement = session.prepared(&text.text).await.map_err(|it| self.trouble(&it))?;
            let bound = |it: &Parameter| match it {
                Parameter::Tenant => tenant.into(),
                _ => Bound::Uuid(id),
            };
            all.push((statement, text.parameters.iter().map(bound).collect()));
        }
        Ok(all)
    }

    /// Numbers that were drawn for a job that does not store anything are drawn again by others: the transaction is
    /// given up, and such jobs are alone in theirs.
    fn give_numbers_back(&self, turns: &mut [Turn]) -> Result<(), Trouble> {
        let mut must_go_apart = false;
        let is_only = turns.len() == 1;
        for turn in turns {
            let is_refused = !turn.is_deferred && !turn.has_changes();
            if turn.has_drawn && (turn.is_deferred || (is_refused && !is_only)) {
                turn.pending.is_solo = true;
                must_go_apart = true;
            }
        }
        if must_go_apart { Err(Trouble::Apart) } else { Ok(()) }
    }

    async fn apply(
        &mut self,
        session: &Session,
        turns: &[Turn],
        progress: &mut Progress,
    ) -> Result<(), Trouble> {
        let is_only = turns.iter().filter(|it| it.is_stored()).count() == 1;
        let has_drawn_for_nothing =
            is_only && turns.iter().any(|it| it.has_drawn && !it.has_changes());
        if has_drawn_for_nothing {
            self.roll_back(session, progress).await?;
        }
        let is_one_by_one = turns.iter().any(|it| it.pending.is_solo);
        let known = (&*self.shared.plan, &*self.shared.vault);
        let steps = changes::steps(known, &mut self.changes, turns, is_one_by_one);
        if steps.is_empty() {
            return Ok(());
        }
        let mut prepared = Vec::with_capacity(steps.len());
        for step in &steps {
            let statement = session.prepared(&step.text).await;
            prepared.push(statement.map_err(|it| trouble(&it, &self.shared.access.address))?);
        }
        let address = &self.shared.access.address;
        let begin = begin(session, progress);
        let number = session.rows("SELECT pg_current_xact_id()::text::bigint", Vec::new());
        let made: Vec<_> = steps.iter().map(|it| (it.expected, it.change)).collect();
        let running = steps.into_iter().zip(&prepared).map(|(step, statement)| {
            let Step { parameters, .. } = step;
            async move { session.client().execute_raw(statement, parameters).await }
        });
        let (begun, (number, done)) = join(begin, join(number, join_all(running))).await;
        begun.map_err(|it| trouble(&it, address))?;
        let number = number.map_err(|it| trouble(&it, address))?;
        let number: Option<Raw<'_>> = number.first().and_then(|it| it.try_get(0).ok().flatten());
        progress.transaction = number.and_then(Raw::int);
        for (done, (expected, change)) in done.into_iter().zip(made) {
            match done {
                Ok(count) if expected.is_none_or(|it| it == count) => {}
                Ok(_) => return Err(Trouble::Moved),
                Err(error) => {
                    return Err(self.refused(&error, change.filter(|_| is_only), is_only));
                }
            }
        }
        Ok(())
    }

    /// Writes the journal and commits; numbers of the records.
    async fn commit(
        &self,
        session: &Session,
        writer: &journal::Writer,
        turns: &[Turn],
        progress: &mut Progress,
    ) -> Result<Vec<i64>, Trouble> {
        let shared = &self.shared;
        let known = (&*shared.plan, &*shared.vault, &shared.numbers);
        let Some(ending) = journal::ending(&self.ending, known, writer, turns)? else {
            self.leave(session, progress).await?;
            return Ok(Vec::new());
        };
        let prepared = session.prepared(ending.text).await.map_err(|it| self.trouble(&it))?;
        let begin = begin(session, progress);
        let started = shared.clock.monotonic_us();
        progress.is_committing = true;
        let writing = session.client().query_raw(&prepared, ending.parameters);
        let writing = async {
            use futures_util::TryStreamExt as _;
            writing.await?.try_collect::<Vec<_>>().await
        };
        let committing = session.client().batch_execute("COMMIT");
        let (begun, (written, committed)) = join(begin, join(writing, committing)).await;
        begun.map_err(|it| self.trouble(&it))?;
        let rows = written.map_err(|error| {
            if error.code().is_some() {
                // The commit behind it gave the transaction up.
                (progress.is_committing, progress.is_open) = (false, false);
            }
            if nodes::is_fenced_off(&error) {
                shared.node.doubt();
                return Trouble::Fault(fenced_off());
            }
            self.trouble(&error)
        })?;
        committed.map_err(|error| {
            if error.code().is_some() {
                (progress.is_committing, progress.is_open) = (false, false);
            }
            self.trouble(&error)
        })?;
        *progress = Progress::default();
        let took_us = shared.clock.monotonic_us().saturating_sub(started);
        let count = turns.iter().filter(|it| !it.is_deferred).count();
        shared.counters.committed(count, took_us);
        let numbers: Option<Vec<i64>> = rows.first().and_then(|it| it.try_get(0).ok().flatten());
        Ok(numbers.unwrap_or_default())
    }

    /// What it means that a change was refused.
    fn refused(&self, error: &Error, made: Option<Made>, is_only: bool) -> Trouble {
        let Some(answer) = error.as_db_error() else { return self.trouble(error) };
        if !answer.code().code().starts_with("23") {
            let trouble = self.trouble(error);
            // A value that the database does not take is one job's, and must not fail its neighbours.
            let is_a_value =
                answer.code().code().starts_with("22") || answer.code().code() == "54000";
            return if is_a_value && !is_only { Trouble::OneOfMany } else { trouble };
        }
        let Some(Made { change, entity }) = made else { return Trouble::OneOfMany };
        let Some(entity) = entity else { return Trouble::Conflict(Conflict::Directory { change }) };
        let table = &self.shared.plan[entity];
        match *answer.code() {
            SqlState::FOREIGN_KEY_VIOLATION => Trouble::Conflict(Conflict::ForeignKey { change }),
            SqlState::UNIQUE_VIOLATION => {
                let index = table.indexes.iter().position(|it| {
                    it.unique.is_some() && answer.constraint() == Some(it.physical.as_str())
                });
                match index {
                    Some(index) => Trouble::Conflict(Conflict::Unique { change, entity, index }),
                    None => Trouble::Fault(Fault::new(
                        format!("a row with this id exists already: {}", answer.message()),
                        "",
                    )),
                }
            }
            _ => self.trouble(error),
        }
    }
}

/// Starts the transaction unless it is open; goes out with the first poll, in front of whatever follows.
fn begin<'a>(
    session: &'a Session,
    progress: &mut Progress,
) -> impl Future<Output = Result<(), Error>> + 'a {
    let is_open = std::mem::replace(&mut progress.is_open, true);
    async move {
        if is_open {
            return Ok(());
        }
        session.client().batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await
    }
}

fn fenced_off() -> Fault {
    let fault = Fault::new(
        "this node may not write at the moment: the other nodes may believe that it is gone",
        "it registers again by itself; look whether it reaches the database, and at its clock",
    );
    Fault { is_transient: true, ..fault }
}
