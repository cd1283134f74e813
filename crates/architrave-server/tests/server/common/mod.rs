//! A small shop behind a real server: a plan put together by hand, a store that only knows who is who.

mod client;
mod shop;
mod store;
mod tokens;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use architrave_engine::{
    Engine, EngineSettings,
    ports::{Clock, Dice},
};
use architrave_server::{
    AdminConfig, Bounds, Format, IssuerConfig, KeySource, Log, Page, Server, ServerConfig,
};
pub(crate) use client::{Answer, ask, ask_slowly, connect, get, parse};
pub(crate) use shop::shop_plan;
pub(crate) use store::FakeStore;
pub(crate) use tokens::{Signer, claims};
use uuid::Uuid;

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const ROOT_TOKEN: &str = "root-token-of-the-test";

/// Larger than what the kernel buffers for a client that does not read.
pub(crate) const LARGE_BYTES: usize = 32 * 1024 * 1024;

/// A clock that tests can turn.
#[derive(Default)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, us: i64) {
        self.0.fetch_add(us, Ordering::SeqCst);
    }
}

/// 2026-11-21 in microseconds.
pub(crate) const START_US: i64 = 1_795_000_000_000_000;

impl Clock for TestClock {
    fn now_us(&self) -> i64 {
        START_US + self.0.load(Ordering::SeqCst)
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Dice that count.
#[derive(Default)]
pub(crate) struct TestDice(AtomicU64);

impl Dice for TestDice {
    fn fill(&self, buffer: &mut [u8]) {
        let seed = self.0.fetch_add(1, Ordering::SeqCst);
        for (position, byte) in buffer.iter_mut().enumerate() {
            *byte = u8::try_from((seed * 31 + position as u64 * 7) % 251).unwrap();
        }
    }

    fn id(&self, _now_us: i64) -> Uuid {
        Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0000
                + u128::from(self.0.fetch_add(1, Ordering::SeqCst)),
        )
    }
}

/// Where the log of a test goes.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What a test may choose.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) bounds: Bounds,
    pub(crate) has_limits: bool,
    pub(crate) trusted_proxies: Vec<architrave_server::Network>,
    pub(crate) issuers: Option<Vec<IssuerConfig>>,
    pub(crate) threads: usize,
}

/// A running shop.
pub(crate) struct Shop {
    pub(crate) api: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) signer: Signer,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Arc<FakeStore>,
    pub(crate) lines: Lines,
    pub(crate) log: Arc<Log>,
    server: Option<Server>,
    runtime: tokio::runtime::Runtime,
}

impl Shop {
    pub(crate) fn open() -> Self {
        Self::open_with(Options::default())
    }

    pub(crate) fn open_with(options: Options) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (signer, clock) = (Signer::new("first"), Arc::new(TestClock::default()));
        let store = Arc::new(FakeStore::default());
        let engine = engine(&store, &clock);
        let lines = Lines::default();
        let log = Log::new(Format::Json, Box::new(lines.clone()));
        let issuers = options.issuers.clone().unwrap_or_else(|| vec![issuer(&signer)]);
        let config = config("127.0.0.1:0".parse().unwrap(), issuers, &log, options);
        let server = runtime.block_on(async { Server::start(config, engine) }).unwrap();
        Self {
            api: server.api_address(),
            admin: server.admin_address().unwrap(),
            signer,
            clock,
            store,
            lines,
            log,
            server: Some(server),
            runtime,
        }
    }

    /// A bearer token of a person with these roles, in the first shop.
    pub(crate) fn token(&self, subject: &str, roles: &[&str]) -> String {
        self.signer.token(&claims(subject, roles))
    }

    /// Stops the server and returns its log.
    pub(crate) fn close(mut self) -> String {
        let server = self.server.take().unwrap();
        self.runtime.block_on(server.stop());
        self.log.close();
        self.lines.text()
    }

    /// Begins to stop the server; returns when it has stopped.
    pub(crate) fn stop(&mut self) -> impl FnOnce() + Send + 'static {
        let (server, handle) = (self.server.take().unwrap(), self.runtime.handle().clone());
        move || handle.block_on(server.stop())
    }
}

fn issuer(signer: &Signer) -> IssuerConfig {
    IssuerConfig {
        issuer: ISSUER.to_owned(),
        audience: "shop".to_owned(),
        roles_claim: "roles".to_owned(),
        is_generic: false,
        keys: KeySource::Development(signer.jwks()),
    }
}

/// Bounds short enough for a test to wait for them.
pub(crate) fn short_bounds() -> Bounds {
    Bounds {
        headers_time_max: Duration::from_millis(300),
        body_time_max: Duration::from_millis(300),
        silence_time_max: Duration::from_millis(300),
        idle_time_max: Duration::from_secs(2),
        write_time_max: Duration::from_millis(300),
        linger_time_max: Duration::from_millis(300),
        drain_time_max: Duration::from_secs(5),
        keys_fetch_interval_min: Duration::from_millis(100),
        ..Bounds::default()
    }
}

fn engine(store: &Arc<FakeStore>, clock: &Arc<TestClock>) -> Arc<Engine> {
    let settings = EngineSettings { cursor_key: [7; 32], remember_us: 86_400_000_000 };
    Arc::new(Engine::new(
        Arc::new(shop_plan()),
        Arc::clone(store) as _,
        Arc::clone(clock) as _,
        Arc::new(TestDice::default()),
        settings,
    ))
}

fn config(
    listen: SocketAddr,
    issuers: Vec<IssuerConfig>,
    log: &Arc<Log>,
    options: Options,
) -> ServerConfig {
    ServerConfig {
        listen,
        admin: Some(AdminConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            token: ROOT_TOKEN.to_owned(),
            environment: "test".to_owned(),
        }),
        issuers,
        trusted_proxies: options.trusted_proxies,
        has_limits: options.has_limits,
        bounds: options.bounds,
        pages: vec![
            page("/openapi.json", "{\"openapi\":\"3.1.0\"}".to_owned()),
            page("/large", "x".repeat(LARGE_BYTES)),
        ],
        log: Arc::clone(log),
        limiter: None,
        threads: options.threads,
    }
}

fn page(path: &str, text: String) -> Page {
    Page {
        path: path.to_owned(),
        content_type: "application/json".to_owned(),
        content_security: String::new(),
        bytes: text.into(),
    }
}

/// Tries to start a second server at an address.
pub(crate) fn start_on(
    listen: SocketAddr,
    options: Options,
) -> Result<Server, architrave_engine::Fault> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = Log::new(Format::Json, Box::new(Lines::default()));
    let engine = engine(&Arc::default(), &Arc::default());
    let config = config(listen, Vec::new(), &log, options);
    runtime.block_on(async { Server::start(config, engine) })
}
