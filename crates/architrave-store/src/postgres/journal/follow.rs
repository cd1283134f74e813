//! Follows the journal: what is safe to read, told to all who wait; and publishes it, where this node has the lease.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use architrave_engine::ports::Position;
use tokio_postgres::{Client, Error};
use uuid::Uuid;

use super::{
    epoch,
    pace::Pace,
    publisher::{Holder, Publisher, Verdict},
    statements,
};
use crate::postgres::{fault, store::Shared};

/// How long one transaction may hold up the journal. As long as the server lets a silent one live.
const HOLD_MS_MAX: u64 = 10_000;
/// How often the lease on publishing is renewed.
const RENEW_EVERY: Duration = Duration::from_millis(500);
/// Hints are at least this far apart.
const HINT_EVERY: Duration = Duration::from_millis(10);
/// How often a session that stays asks which history it is in.
const SETTLE_EVERY: Duration = Duration::from_secs(10);
/// The wait before another session is tried.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// One node's part in publishing, on one session.
struct Follower<'a> {
    shared: &'a Shared,
    client: &'a Client,
    node: Uuid,
    started: Instant,
    machine: Publisher,
    /// The fence of the lease on publishing, and when it was last renewed.
    lease: Option<(i64, Instant)>,
    hinted: Option<Instant>,
    is_hint_due: bool,
    held_up: Vec<Holder>,
}

/// Follows for ever, over as many sessions as it takes.
pub(crate) async fn follow(shared: Arc<Shared>) {
    loop {
        let journal = &shared.journal;
        match shared.access.open_hearing("journal", Some(&journal.heard)).await {
            Ok(session) => {
                let client = session.client();
                let mut follower = Follower::new(&shared, client);
                if let Err(error) = follower.run().await {
                    journal.trouble(Some(&fault::fault(&error, &shared.access.address)));
                }
            }
            Err(fault) => journal.trouble(Some(&fault)),
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Finds out which history the server is in, and says so where it has just begun. To be asked on every new session
/// before anything written on it is acknowledged: behind an address that led to another server meanwhile there may be
/// another history.
pub(crate) async fn settle(
    shared: &Shared,
    client: &Client,
    is_rewound: bool,
) -> Result<(), Error> {
    let settled = epoch::settle(client, is_rewound).await?;
    shared.epoch.store(settled.epoch, Relaxed);
    if let Some(rewritten) = settled.rewritten {
        let reason = rewritten.reason();
        shared.news(&format!("a new epoch of the journal begins: {reason}"));
    }
    Ok(())
}

impl<'a> Follower<'a> {
    fn new(shared: &'a Shared, client: &'a Client) -> Self {
        Self {
            shared,
            client,
            node: shared.node.id(),
            started: Instant::now(),
            machine: Publisher::new(HOLD_MS_MAX),
            lease: None,
            hinted: None,
            is_hint_due: false,
            held_up: Vec::new(),
        }
    }

    async fn run(&mut self) -> Result<(), Error> {
        self.settle(false).await?;
        statements::listen(self.client).await?;
        let journal = &self.shared.journal;
        journal.trouble(None);
        let mut pace = Pace::default();
        let mut settled = Instant::now();
        loop {
            if settled.elapsed() >= SETTLE_EVERY {
                self.settle(false).await?;
                settled = Instant::now();
            }
            let is_news = self.round().await?;
            tokio::select! {
                () = tokio::time::sleep(pace.after(is_news)) => {}
                () = journal.heard.notified() => pace.hurry(),
                () = journal.wrote.notified() => pace.hurry(),
            }
        }
    }

    async fn settle(&self, is_rewound: bool) -> Result<(), Error> {
        settle(self.shared, self.client, is_rewound).await
    }

    /// Looks once, and publishes where that is this node's turn. Whether anything is new.
    async fn round(&mut self) -> Result<bool, Error> {
        let is_renewed = self.lease.is_some_and(|(_, at)| at.elapsed() < RENEW_EVERY);
        if !is_renewed {
            let mark = statements::mark(self.client, self.node).await?;
            let is_news = self.saw(mark.epoch, mark.safe).await?;
            let fence = match mark.is_free {
                true => statements::lease(self.client, self.node).await?,
                false => None,
            };
            self.lease = fence.map(|it| (it, Instant::now()));
            if self.lease.is_none() {
                self.nudge(mark.safe).await?;
                return Ok(is_news || mark.safe < self.shared.journal.written());
            }
        }
        match self.lease {
            Some((fence, _)) => self.publish(fence).await,
            None => Ok(false),
        }
    }

    /// Takes in how far readers may go.
    async fn saw(&self, epoch: u32, safe: u64) -> Result<bool, Error> {
        let journal = &self.shared.journal;
        if journal.seen().is_some_and(|it| it.epoch == epoch && it.seq > safe) {
            self.settle(true).await?;
            return Ok(true);
        }
        self.shared.epoch.store(epoch, Relaxed);
        Ok(journal.reached(Position { epoch, seq: safe, idx: u16::MAX }))
    }

    async fn publish(&mut self, fence: i64) -> Result<bool, Error> {
        let sight = statements::look(self.client).await?;
        let looked = self.machine.look(&sight);
        let mut is_news = looked.has_holes;
        if let Some(to) = looked.advance_to {
            if !statements::advance(self.client, to, fence).await? {
                // Another node publishes, or was faster: what it says is read in the next round.
                self.lease = None;
                return Ok(true);
            }
            self.lease = Some((fence, Instant::now()));
            is_news = true;
            self.is_hint_due = true;
            let epoch = self.shared.epoch.load(Relaxed);
            self.shared.journal.reached(Position { epoch, seq: to, idx: u16::MAX });
        }
        if looked.has_holes {
            self.judge().await?;
        }
        self.tell().await?;
        Ok(is_news || self.is_hint_due)
    }

    /// Proves holes dead, or finds out whom to wait for.
    async fn judge(&mut self) -> Result<(), Error> {
        let holders = statements::holders(self.client).await?;
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.machine.judge(&holders, now_ms) {
            Verdict::Wait(_) => {}
            Verdict::Bury(dead) => {
                self.held_up.clear();
                statements::bury(self.client, &dead).await?;
            }
            Verdict::End(holders, since_ms) => {
                for holder in holders {
                    self.end(holder, since_ms).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends a session that holds up everybody, and says so once.
    async fn end(&mut self, holder: Holder, since_ms: u64) -> Result<(), Error> {
        let is_ended = statements::end(self.client, &holder).await?;
        if !self.held_up.contains(&holder) {
            let whom = match holder.process {
                Some(process) => format!("process {process}"),
                None => "a prepared transaction".to_owned(),
            };
            let what = if is_ended { "and was ended" } else { "and may not be ended from here" };
            let tell = format!("{whom} held up the journal for {since_ms} ms {what}");
            self.shared.news(&tell);
            self.held_up.push(holder);
        }
        Ok(())
    }

    /// Tells the other nodes, not too often.
    async fn tell(&mut self) -> Result<(), Error> {
        if self.is_hint_due && self.hinted.is_none_or(|it| it.elapsed() >= HINT_EVERY) {
            statements::hint(self.client).await?;
            self.hinted = Some(Instant::now());
            self.is_hint_due = false;
        }
        Ok(())
    }

    /// Wakes the publisher where it has not seen yet what this node wrote.
    async fn nudge(&mut self, safe: u64) -> Result<(), Error> {
        self.is_hint_due = safe < self.shared.journal.written();
        self.tell().await
    }
}
