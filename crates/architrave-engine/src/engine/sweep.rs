//! The sweep: softly deleted rows whose time is over go for good, a bounded number at a time.

use uuid::Uuid;

use super::{Engine, Failure, admin::administrator};
use crate::decide::{Action, Task};

/// The journal's name for it.
pub(super) const PURGE: &str = "system.purge";

/// How far a sweep has come. Begins with [`Default`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sweep {
    /// Which of the plan's tables is looked at.
    table: usize,
    /// The last row that was looked at: when it was deleted, and its id.
    after: (i64, Uuid),
}

impl Default for Sweep {
    fn default() -> Self {
        Self::of(0)
    }
}

impl Sweep {
    fn of(table: usize) -> Self {
        Self { table, after: (i64::MIN, Uuid::nil()) }
    }
}

/// What a step of a sweep has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows that are gone.
    pub gone: u32,
    /// Rows that something still refers to; the next sweep looks at them again.
    pub kept: u32,
    /// Where to go on; none where every row has been looked at.
    pub next: Option<Sweep>,
}

impl Engine {
    /// Purges rows whose time is over, looking at `count_max` of them at most. Rows that cannot go are passed by, so
    /// that they hold up none of those behind them.
    ///
    /// # Errors
    /// A fault.
    pub async fn purge(&self, from: Sweep, count_max: u32) -> Result<Swept, Failure> {
        let (mut sweep, mut swept) = (from, Swept::default());
        while let Some(table) = self.plan().tables.get(sweep.table) {
            let left = count_max.saturating_sub(swept.gone + swept.kept);
            if table.deleted_at.is_none() || table.parent.is_some() {
                sweep = Sweep::of(sweep.table + 1);
                continue;
            }
            if left == 0 {
                swept.next = Some(sweep);
                return Ok(swept);
            }
            let now_us = self.clock.now_us();
            let due = self.store.purgeable(table.entity, now_us, sweep.after, left).wait().await?;
            let is_last = due.len() < left as usize;
            for row in due {
                let task = Task::new(Action::Purge { entity: table.entity, id: row.id }, None);
                let job = self.job(administrator(row.tenant, PURGE), vec![task], None);
                match self.run(job).await?.answer.problem {
                    None => swept.gone += 1,
                    Some(_) => swept.kept += 1,
                }
                sweep.after = (row.deleted_at_us, row.id);
            }
            if is_last {
                sweep = Sweep::of(sweep.table + 1);
            }
        }
        Ok(swept)
    }
}
