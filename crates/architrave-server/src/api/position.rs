//! Reads that must include a write: `Architrave-Min-Position`.

use std::time::Duration;

use architrave_engine::{
    Failure, Problem,
    ports::{Position, Store},
};

use crate::request::{Intake, header_problem};

/// How long a read waits for the position that it was asked to include.
const WAIT_MAX: Duration = Duration::from_secs(1);
/// How often it looks.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Waits until the store has reached `Architrave-Min-Position`.
pub(crate) async fn reach(intake: &Intake<'_>, store: &dyn Store) -> Result<(), Failure> {
    let Some(value) = intake.min_position else { return Ok(()) };
    let wanted: Option<Position> = value.to_str().ok().and_then(|it| it.parse().ok());
    let wanted = wanted.ok_or_else(|| {
        header_problem(
            "Architrave-Min-Position",
            "invalid",
            "`Architrave-Min-Position` takes what `Architrave-Position` gave.",
        )
    })?;
    if store.status().position.is_none_or(|it| it.epoch != wanted.epoch) {
        // Of a backup that was restored, or of another server: waiting would not help.
        let detail = "The position belongs to another history of this data; leave it out.";
        return Err(Problem::of("position-not-reached", detail).into());
    }
    let is_reached = || store.status().position.is_some_and(|it| it >= wanted);
    let waiting = async {
        while !is_reached() {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    };
    if is_reached() || tokio::time::timeout(WAIT_MAX, waiting).await.is_ok() {
        return Ok(());
    }
    let mut problem =
        Problem::of("position-not-reached", "The position was not reached within 1 s.");
    problem.retry_after_s = Some(1);
    Err(problem.into())
}
