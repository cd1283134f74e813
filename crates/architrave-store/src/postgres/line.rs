//! A line to the server that is picked up again when it was cut: one session at a time, attempts further and further
//! apart while the server is down, and faults at once in between.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use architrave_engine::Fault;
use tokio::sync::Mutex;

use super::session::{Access, Session};

/// The wait after the first attempt that failed, doubled after each more.
const WAIT_MIN: Duration = Duration::from_millis(50);
/// The longest wait: a server that is back is used again this soon.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// A session that is opened when it is wanted, and again when it broke.
pub(super) struct Line {
    access: Arc<Access>,
    purpose: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Arc<Session>>,
    failures: u32,
    /// Not to be tried before then, and why.
    held: Option<(Instant, Fault)>,
}

impl Line {
    pub(super) fn new(access: Arc<Access>, purpose: &str) -> Self {
        Self { access, purpose: purpose.to_owned(), state: Mutex::default() }
    }

    /// The session. Where the server was not to be reached a moment ago, why it was not.
    pub(super) async fn session(&self) -> Result<Arc<Session>, Fault> {
        let mut state = self.state.lock().await;
        if let Some(session) = state.session.as_ref().filter(|it| !it.is_closed()) {
            return Ok(Arc::clone(session));
        }
        state.session = None;
        if let Some((until, fault)) = &state.held
            && Instant::now() < *until
        {
            return Err(fault.clone());
        }
        match self.access.open(&self.purpose).await {
            Ok(session) => {
                let session = Arc::new(session);
                *state = State { session: Some(Arc::clone(&session)), ..State::default() };
                Ok(session)
            }
            Err(fault) => {
                let until = Instant::now() + wait(state.failures);
                state.failures = state.failures.saturating_add(1);
                state.held = Some((until, fault.clone()));
                Err(fault)
            }
        }
    }

    /// Leaves a session: the next one that asks gets a new one. For sessions of which nobody knows what they are
    /// in the middle of.
    pub(super) async fn leave(&self, session: &Arc<Session>) {
        let mut state = self.state.lock().await;
        if state.session.as_ref().is_some_and(|it| Arc::ptr_eq(it, session)) {
            state.session = None;
        }
    }
}

/// Doubled each time, with up to half of it taken off by chance, so that many nodes do not come back at once.
fn wait(failures: u32) -> Duration {
    let full = WAIT_MIN.saturating_mul(1 << failures.min(16)).min(WAIT_MAX);
    full.mul_f64(1.0 - chance() / 2.0)
}

/// From 0 up to 1.
pub(super) fn chance() -> f64 {
    let mut byte = [0; 2];
    // Without randomness nothing worse happens than that nodes wait equally long.
    let _ = aws_lc_rs::rand::fill(&mut byte);
    f64::from(u16::from_le_bytes(byte)) / 65_536.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_further_and_further_apart() {
        for (failures, full) in [(0, 50), (1, 100), (5, 1_600), (6, 2_000), (60, 2_000)] {
            let waited = wait(failures).as_millis();
            assert!(waited * 2 >= full && waited <= full, "{failures}: {waited} ms");
        }
    }
}
