//! Where an issuer's keys come from: given at start, or discovered and kept fresh.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use architrave_engine::Fault;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{jwks::KeySet, outbound::Documents};

/// How often keys are fetched again without need.
const REFRESH_INTERVAL: Duration = Duration::from_secs(300);
/// How long keys are used although they could not be fetched again.
const STALE_TIME_MAX: Duration = Duration::from_secs(3600);

/// Keys of one issuer.
pub(crate) enum Keys {
    /// Given at start.
    Fixed(Arc<KeySet>),
    /// Discovered (OpenID Connect Discovery 1.0).
    Discovered(Box<Discovered>),
}

/// Keys that are fetched from their issuer.
pub(crate) struct Discovered {
    issuer: String,
    fetch_interval_min: Duration,
    documents: Documents,
    current: RwLock<Option<Fetched>>,
    /// Held while fetching: many requests with one unknown key fetch once.
    last_try: Mutex<Option<Try>>,
}

#[derive(Clone)]
struct Fetched {
    keys: Arc<KeySet>,
    at: Instant,
}

/// The last fetch. Whoever comes soon after it gets its result: above all the task that keeps keys fresh,
/// which must hear of a failure that a request met first.
struct Try {
    at: Instant,
    result: Result<(), Fault>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Keys {
    /// Keys of the issuer at this address, fetched at most every `fetch_interval_min`.
    pub(crate) fn discovered(issuer: &str, fetch_interval_min: Duration) -> Result<Self, Fault> {
        Ok(Self::Discovered(Box::new(Discovered {
            issuer: issuer.to_owned(),
            fetch_interval_min,
            documents: Documents::new()?,
            current: RwLock::new(None),
            last_try: Mutex::new(None),
        })))
    }

    /// The keys as they are known; none while they have never been fetched or are too old to be used.
    pub(crate) fn current(&self) -> Option<Arc<KeySet>> {
        match self {
            Self::Fixed(keys) => Some(Arc::clone(keys)),
            Self::Discovered(it) => it.fetched().map(|it| it.keys),
        }
    }

    /// Fetches the keys again unless that was just done; used when a token names an unknown key.
    pub(crate) async fn refresh(&self) -> Result<(), Fault> {
        match self {
            Self::Fixed(_) => Ok(()),
            Self::Discovered(it) => it.refresh().await,
        }
    }

    /// Keeps keys fresh for ever; returns at once where there is nothing to keep fresh. Faults go to `report`.
    pub(crate) async fn keep_fresh(&self, report: impl Fn(&Fault)) {
        let Self::Discovered(it) = self else { return };
        loop {
            let result = it.refresh().await;
            let pause = match &result {
                Ok(()) => REFRESH_INTERVAL,
                Err(_) => it.fetch_interval_min * 3,
            };
            if let Err(fault) = &result {
                report(fault);
            }
            tokio::time::sleep(pause).await;
        }
    }
}

impl Discovered {
    fn fetched(&self) -> Option<Fetched> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        current.filter(|it| it.at.elapsed() < STALE_TIME_MAX)
    }

    async fn refresh(&self) -> Result<(), Fault> {
        let mut last_try = self.last_try.lock().await;
        if let Some(last) = last_try.as_ref()
            && last.at.elapsed() < self.fetch_interval_min
        {
            return last.result.clone();
        }
        let result = self.fetch().await.map(|keys| {
            let fetched = Fetched { keys: Arc::new(keys), at: Instant::now() };
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(fetched);
        });
        *last_try = Some(Try { at: Instant::now(), result: result.clone() });
        result
    }

    async fn fetch(&self) -> Result<KeySet, Fault> {
        let url = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.strip_suffix('/').unwrap_or(&self.issuer)
        );
        let document = self.documents.fetch(&url).await?;
        let metadata: Metadata = serde_json::from_slice(&document)
            .map_err(|error| Fault::new(format!("{url} cannot be read: {error}"), ""))?;
        if metadata.issuer != self.issuer {
            // Issuer mix-up (OpenID Connect Discovery, 4.3): it must be the same, byte for byte.
            return Err(Fault::new(
                format!("{url} names another issuer: `{}`", metadata.issuer),
                "write the issuer in the blueprint exactly as it names itself",
            ));
        }
        KeySet::read(&self.documents.fetch(&metadata.jwks_uri).await?)
    }
}
