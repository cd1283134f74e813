//! Starts and stops the server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use architrave_engine::{Engine, Failure, Fault, Sweep, Swept, ports::Limiter};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    accept::{Bounds, accept, check_free, listen},
    admin::{AdminConnection, AdminDesk},
    api::{ApiConnection, Desk, DeskConfig},
    identity::{Identity, IssuerConfig, Network},
    limits::MemoryLimiter,
    pages::Page,
    telemetry::{Level, Log, Metrics},
};

/// How often softly deleted rows whose time is over are looked for.
const PURGE_INTERVAL: Duration = Duration::from_secs(60);
/// Most rows that one step of a sweep looks at; while some of them go, steps follow each other without a pause.
const PURGE_COUNT_MAX: u32 = 500;
/// The pause before the next step where none of them could go.
const PURGE_PAUSE: Duration = Duration::from_secs(1);

/// What the operator decides.
pub struct ServerConfig {
    /// Where the API listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The admin listener; none: there is none.
    pub admin: Option<AdminConfig>,
    /// Issuers whose tokens are accepted.
    pub issuers: Vec<IssuerConfig>,
    /// Networks of proxies that are believed about clients' addresses.
    pub trusted_proxies: Vec<Network>,
    /// Whether rate limits apply.
    pub has_limits: bool,
    /// Limits of connections and requests.
    pub bounds: Bounds,
    /// Documents served beside the API.
    pub pages: Vec<Page>,
    /// Where lines go.
    pub log: Arc<Log>,
    /// Counts requests against the rate limits; none: in memory, for this server alone.
    pub limiter: Option<Arc<dyn Limiter>>,
    /// Threads that each accept and serve connections of their own (Linux only, `SO_REUSEPORT`); 0: the
    /// runtime that the server was started on does it.
    pub threads: usize,
}

/// The admin listener.
pub struct AdminConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What its callers must send as a bearer token.
    pub token: String,
    /// Word in the text of new API keys, e.g. `live` or `dev`.
    pub environment: String,
}

/// A running server. Dropping it stops it without waiting for what it accepted.
pub struct Server {
    api_address: SocketAddr,
    admin_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    metrics: Arc<Metrics>,
    notice_time: Duration,
    tasks: JoinSet<()>,
}

impl Server {
    /// Opens the listeners and begins to serve. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// A port that is taken or not allowed, keys that cannot be read, paths that clash.
    pub fn start(config: ServerConfig, engine: Arc<Engine>) -> Result<Self, Fault> {
        check_free(config.listen)?;
        let listener = listen(config.listen, config.threads > 0)?;
        let api_address = address(&listener)?;
        let admin_listener = match &config.admin {
            Some(admin) => Some(listen(admin.listen, false)?),
            None => None,
        };
        let admin_address = admin_listener.as_ref().map(address).transpose()?;
        let fetch_interval_min = config.bounds.keys_fetch_interval_min;
        let identity = Identity::new(Arc::clone(&engine), &config.issuers, fetch_interval_min)?;
        let identity = Arc::new(identity);
        let metrics = Arc::new(Metrics::new(engine.plan()));
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();

        let desk_config = DeskConfig {
            pages: &config.pages,
            trusted_proxies: &config.trusted_proxies,
            has_limits: config.has_limits,
            bounds: config.bounds,
            log: Arc::clone(&config.log),
            limiter: config.limiter.unwrap_or_else(|| Arc::new(MemoryLimiter::default())),
        };
        let (shared_engine, shared_metrics) = (Arc::clone(&engine), Arc::clone(&metrics));
        let desk = Desk::new(shared_engine, Arc::clone(&identity), shared_metrics, desk_config)?;
        serve_api(&mut tasks, listener, Arc::new(desk), config.threads, &stopped)?;
        if let (Some(listener), Some(admin)) = (admin_listener, config.admin) {
            let log = Arc::clone(&config.log);
            let (engine, identity) = (Arc::clone(&engine), Arc::clone(&identity));
            let metrics = Arc::clone(&metrics);
            let desk = AdminDesk::new(engine, identity, metrics, log, admin, config.bounds);
            let desk = Arc::new(desk);
            let respond = move |_| AdminConnection::new(Arc::clone(&desk));
            tasks.spawn(accept(listener, respond, config.bounds, stopped.clone()));
        }
        keep_keys_fresh(&mut tasks, &identity, &config.log, &stopped);
        tasks.spawn(until_stopped(stopped, sweep(engine, config.log)));
        let notice_time = config.bounds.notice_time;
        Ok(Self { api_address, admin_address, stop, metrics, notice_time, tasks })
    }

    /// Where the API listens.
    #[must_use]
    pub fn api_address(&self) -> SocketAddr {
        self.api_address
    }

    /// Where the admin listener listens.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// Says for [`Bounds::notice_time`] that it is no longer ready, then stops accepting, finishes what was accepted
    /// within [`Bounds::drain_time_max`], and closes.
    pub async fn stop(mut self) {
        self.metrics.is_leaving.store(true, std::sync::atomic::Ordering::Relaxed);
        tokio::time::sleep(self.notice_time).await;
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr, Fault> {
    listener
        .local_addr()
        .map_err(|error| Fault::new(format!("a socket has no address: {error}"), ""))
}

/// Serves the API on the current runtime, or on threads of its own that share the port.
fn serve_api(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    desk: Arc<Desk>,
    threads: usize,
    stopped: &watch::Receiver<bool>,
) -> Result<(), Fault> {
    let bounds = desk.bounds;
    let of = |desk: Arc<Desk>| move |peer| ApiConnection::new(&desk, peer);
    if threads == 0 {
        tasks.spawn(accept(listener, of(desk), bounds, stopped.clone()));
        return Ok(());
    }
    let address = address(&listener)?;
    let mut first = Some(listener);
    for number in 0..threads {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| not_started(&error))?;
        let own = {
            let _within = runtime.enter();
            // The first listener moves: were it closed, connections that it already holds would be lost.
            match first.take() {
                Some(it) => {
                    let moved = it.into_std().and_then(TcpListener::from_std);
                    moved.map_err(|error| not_started(&error))?
                }
                None => listen(address, true)?,
            }
        };
        let (respond, stopped) = (of(Arc::clone(&desk)), stopped.clone());
        let (done, finished) = tokio::sync::oneshot::channel::<()>();
        let run = move || {
            runtime.block_on(accept(own, respond, bounds, stopped));
            drop(done);
        };
        let thread = std::thread::Builder::new().name(format!("serve-{number}"));
        thread.spawn(run).map_err(|error| not_started(&error))?;
        tasks.spawn(async move {
            let _ = finished.await;
        });
    }
    Ok(())
}

fn not_started(error: &std::io::Error) -> Fault {
    Fault::new(format!("a serving thread cannot be started: {error}"), "")
}

fn keep_keys_fresh(
    tasks: &mut JoinSet<()>,
    identity: &Arc<Identity>,
    log: &Arc<Log>,
    stopped: &watch::Receiver<bool>,
) {
    for position in 0..identity.issuers().len() {
        let (identity, log) = (Arc::clone(identity), Arc::clone(log));
        let keep = async move {
            if let Some(issuer) = identity.issuers().get(position) {
                issuer.keys.keep_fresh(|fault| log.fault(fault, &[])).await;
            }
        };
        tasks.spawn(until_stopped(stopped.clone(), keep));
    }
}

/// Runs a task until the server stops.
async fn until_stopped(mut stopped: watch::Receiver<bool>, task: impl Future<Output = ()>) {
    tokio::select! {
        _ = stopped.wait_for(|it| *it) => {}
        () = task => {}
    }
}

/// Purges softly deleted rows whose time is over, a bounded number at a time, for ever.
async fn sweep(engine: Arc<Engine>, log: Arc<Log>) {
    let mut from = Sweep::default();
    loop {
        let pause = match engine.purge(from, PURGE_COUNT_MAX).await {
            Ok(Swept { next, gone, .. }) => {
                from = next.unwrap_or_default();
                match next {
                    Some(_) if gone > 0 => Duration::ZERO,
                    // Rows that cannot go are looked at without haste.
                    Some(_) => PURGE_PAUSE,
                    None => PURGE_INTERVAL,
                }
            }
            Err(Failure::Fault(fault)) => {
                log.fault(&fault, &[]);
                PURGE_INTERVAL
            }
            Err(Failure::Problem(problem)) => {
                log.line(Level::Error, "purging was refused", &[("problem", &problem.code)]);
                PURGE_INTERVAL
            }
        };
        if pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(pause).await;
        }
    }
}
