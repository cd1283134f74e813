//! Fills a backend with realistic, valid rows: through its public API, in dependency order, several
//! batches in flight, repeatable by seed.

pub(crate) mod batch;
pub(crate) mod callers;
pub(crate) mod commands;
pub(crate) mod counts;
pub(crate) mod look;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod store;

use std::{collections::BTreeMap, sync::Arc};

use architrave_plan::Plan;

pub use callers::Token;
pub use report::Report;

use crate::{DriveError, client::Client, progress::Progress};
use callers::Callers;
use store::Made;

/// What to make.
#[derive(Debug, Clone)]
pub struct SeedOptions {
    /// Rows by `context.Entity`; entities that are not named get their share of the declared volumes.
    pub rows: BTreeMap<String, u64>,
    /// Make only what `rows` names.
    pub is_only_named: bool,
    /// The same seed makes the same rows.
    pub seed: u64,
    /// Batches in flight at once.
    pub connections: usize,
}

/// What every part of the work needs.
pub(crate) struct Work {
    pub(crate) plan: Arc<Plan>,
    pub(crate) client: Client,
    pub(crate) callers: Callers,
    pub(crate) options: SeedOptions,
    pub(crate) progress: Arc<Progress>,
}

impl Work {
    /// Asks who may do what.
    pub(crate) async fn new(
        plan: Arc<Plan>,
        client: Client,
        tokens: Vec<Token>,
        options: SeedOptions,
        progress: Arc<Progress>,
    ) -> Result<Self, DriveError> {
        let callers = Callers::ask(&client, &plan.system.identity.roles, tokens).await?;
        Ok(Self { plan, client, callers, options, progress })
    }

    /// The same, with other data and without a word about it.
    pub(crate) fn with_seed(&self, seed: u64) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            client: self.client.clone(),
            callers: self.callers.clone(),
            options: SeedOptions { seed, ..self.options.clone() },
            progress: Arc::new(Progress::quiet()),
        }
    }
}

/// Fills the backend behind `client` with rows that the given callers may create.
///
/// # Errors
/// Where the backend does not answer, or a row count names no entity. Rows that could not be made are in
/// the report.
pub async fn seed(
    plan: Arc<Plan>,
    client: Client,
    tokens: Vec<Token>,
    options: SeedOptions,
    progress: Arc<Progress>,
) -> Result<Report, DriveError> {
    let work = Arc::new(Work::new(plan, client, tokens, options, progress).await?);
    let counts = counts::of(&work.plan, &work.options)?;
    let mut report = Report::default();
    let mut made = Made::default();
    for (entity, count) in counts {
        rows::make(&work, entity, count, &mut made, &mut report).await?;
        commands::fill(&work, entity, &made, &mut report).await?;
        commands::walk(&work, entity, &made, &mut report).await?;
    }
    Ok(report)
}
