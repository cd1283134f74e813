//! Whether writing works, why not, and telling the operator when that changes: once per incident, however
//! many writes it refuses.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use architrave_engine::Fault;

/// Shortest time between two tellings of the same trouble: one that comes and goes would fill the log.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Called when writing begins to fail (with the reason) and when it works again (with none).
pub type OnHealth = std::sync::Arc<dyn Fn(Option<&Fault>) + Send + Sync>;

/// The state of writing.
pub(crate) struct Health {
    on_health: OnHealth,
    incident: Mutex<Incident>,
    /// Asked before each write without taking the lock.
    is_storage_full: AtomicBool,
}

#[derive(Default)]
struct Incident {
    fault: Option<Fault>,
    /// Whether the operator knows of the current incident.
    is_told: bool,
    /// When trouble was last told, and whether it was a full disk.
    told: Option<(Instant, bool)>,
}

impl Health {
    pub(crate) fn new(on_health: OnHealth) -> Self {
        let incident = Mutex::default();
        Self { on_health, incident, is_storage_full: AtomicBool::new(false) }
    }

    /// Writing failed, or must not be tried.
    pub(crate) fn failed(&self, fault: &Fault) {
        let mut incident = self.incident();
        let is_known =
            incident.fault.as_ref().is_some_and(|it| it.is_storage_full == fault.is_storage_full);
        self.is_storage_full.store(fault.is_storage_full, Relaxed);
        incident.fault = Some(fault.clone());
        if is_known {
            return;
        }
        let is_recent = incident.told.is_some_and(|(at, was_full)| {
            was_full == fault.is_storage_full && at.elapsed() < TELL_EVERY
        });
        if !is_recent {
            incident.is_told = true;
            incident.told = Some((Instant::now(), fault.is_storage_full));
            (self.on_health)(Some(fault));
        }
    }

    /// Writing works.
    pub(crate) fn works(&self) {
        let mut incident = self.incident();
        if incident.fault.take().is_none() {
            return;
        }
        self.is_storage_full.store(false, Relaxed);
        if std::mem::take(&mut incident.is_told) {
            (self.on_health)(None);
        }
    }

    /// Why writing does not work; none while it does.
    pub(crate) fn trouble(&self) -> Option<Fault> {
        self.incident().fault.clone()
    }

    /// Whether writes are refused for lack of space.
    pub(crate) fn is_storage_full(&self) -> bool {
        self.is_storage_full.load(Relaxed)
    }

    fn incident(&self) -> MutexGuard<'_, Incident> {
        self.incident.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_incident_is_told_once_and_so_is_its_end() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        let health = Health::new(Arc::new(move |fault: Option<&Fault>| {
            heard.lock().unwrap().push(fault.map(|it| it.what.clone()));
        }));
        let busy = Fault::new("busy", "");
        let full = Fault { is_storage_full: true, ..Fault::new("full", "") };
        health.works();
        health.failed(&busy);
        health.failed(&busy);
        assert!(!health.is_storage_full());
        health.failed(&full);
        assert!(health.is_storage_full() && health.trouble() == Some(full.clone()));
        health.works();
        assert!(!health.is_storage_full() && health.trouble().is_none());
        // Again within a minute: no news, and so is its end.
        health.failed(&full);
        health.works();
        let told = told.lock().unwrap();
        let told: Vec<_> = told.iter().map(Option::as_deref).collect();
        assert_eq!(told, [Some("busy"), Some("full"), None]);
    }
}
