//! Positions of the journal as text: `1.<epoch>.<seq>.<idx>`, the epoch in hexadecimal as in `/v1/events`;
//! opaque to clients.

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

/// A position as clients see it.
pub(crate) fn position_text(position: Position) -> String {
    format!("1.{:08x}.{}.{}", position.epoch, position.seq, position.idx)
}

fn read_position(text: &str) -> Option<Position> {
    let mut parts = text.split('.');
    let is_known = parts.next()? == "1";
    let position = Position {
        epoch: u32::from_str_radix(parts.next()?, 16).ok()?,
        seq: parts.next()?.parse().ok()?,
        idx: parts.next()?.parse().ok()?,
    };
    (is_known && parts.next().is_none()).then_some(position)
}

/// Waits until the store has reached `Architrave-Min-Position`.
pub(crate) async fn reach(intake: &Intake<'_>, store: &dyn Store) -> Result<(), Failure> {
    let Some(value) = intake.min_position else { return Ok(()) };
    let wanted = value.to_str().ok().and_then(read_position).ok_or_else(|| {
        header_problem(
            "Architrave-Min-Position",
            "invalid",
            "`Architrave-Min-Position` takes what `Architrave-Position` gave.",
        )
    })?;
    let is_reached = || {
        let position = store.status().position;
        position.map(|it| it.epoch == wanted.epoch && it >= wanted)
    };
    let waiting = async {
        while is_reached() != Some(true) {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
    };
    if is_reached() == Some(true) || tokio::time::timeout(WAIT_MAX, waiting).await.is_ok() {
        return Ok(());
    }
    let mut problem =
        Problem::of("position-not-reached", "The position was not reached within 1 s.");
    problem.retry_after_s = Some(1);
    Err(problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written() {
        let position = Position { epoch: 3, seq: 77, idx: 2 };
        assert_eq!(position_text(position), "1.00000003.77.2");
        assert_eq!(read_position("1.3.77.2"), Some(position));
        for text in ["", "1", "1.3.77", "1.3.77.2.0", "2.3.77.2", "1.g.77.2", "1.3.-7.2", "77"] {
            assert_eq!(read_position(text), None, "{text}");
        }
    }
}
