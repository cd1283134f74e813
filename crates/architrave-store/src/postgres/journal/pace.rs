//! How often a node looks at the journal when nobody tells it anything: soon after something happened, seldom while
//! nothing does.

use std::time::Duration;

/// After something happened.
const WAIT_MIN: Duration = Duration::from_millis(5);
/// While nothing does: four questions a second and node.
const WAIT_MAX: Duration = Duration::from_millis(250);

/// The wait before the next look.
#[derive(Debug)]
pub(super) struct Pace {
    wait: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { wait: WAIT_MIN }
    }
}

impl Pace {
    /// The wait, given whether the last look found anything new.
    pub(super) fn after(&mut self, is_news: bool) -> Duration {
        let wait = if is_news { WAIT_MIN } else { self.wait };
        self.wait = wait.saturating_mul(2).min(WAIT_MAX);
        wait
    }

    /// Somebody said that there is something.
    pub(super) fn hurry(&mut self) {
        self.wait = WAIT_MIN;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_further_apart_until_something_happens() {
        let mut pace = Pace::default();
        let waits = |pace: &mut Pace| (0..8).map(|_| pace.after(false).as_millis()).collect();
        let expected: Vec<u128> = vec![5, 10, 20, 40, 80, 160, 250, 250];
        assert_eq!(Vec::<u128>::from_iter::<Vec<u128>>(waits(&mut pace)), expected);
        assert_eq!(pace.after(true).as_millis(), 5);
        assert_eq!(pace.after(false).as_millis(), 10);
        pace.hurry();
        assert_eq!(pace.after(false).as_millis(), 5);
    }
}
