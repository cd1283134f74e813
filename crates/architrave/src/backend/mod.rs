//! The parts of a running backend, put together: data folder, store, engine, server.
//!
//! Start reading at [`Backend::start`].

mod access;
mod common;
mod folder;
mod issuers;
mod pages;
mod settings;
mod store;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use architrave_engine::{
    Engine, EngineSettings, Fault,
    ports::{Clock, Dice},
};
use architrave_plan::Plan;
use architrave_server::{AdminConfig, Bounds, Log, Network, Server, ServerConfig};

pub use access::{Running, admin_client};
pub use folder::{DataFolder, write_private, write_public};
pub use settings::{resolve, unset};
pub use store::{KEY_FILE_VARIABLE, StoreChoice, vault};

use crate::{
    dev,
    world::{SystemClock, SystemDice},
};

/// Seals cursors; in the data folder, and the same on all nodes of a database.
const CURSOR_KEY_FILE: &str = "cursor.key";
/// How long answers are kept for idempotency keys: 24 h.
const REMEMBER_US: i64 = 24 * 3600 * 1_000_000;

/// What the operator decides.
pub struct Options {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// Where the administrator's listener is.
    pub admin_listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// Keys of encrypted fields; none: the data folder's with `--dev`, else the environment's.
    pub key_file: Option<PathBuf>,
    /// Own issuer, people, tokens.
    pub is_dev: bool,
    /// Whether anyone but the administrator may call: the blueprint's issuer is needed then.
    pub has_callers: bool,
    /// Whether rate limits apply.
    pub has_limits: bool,
    /// Proxies that are believed about clients' addresses.
    pub trusted_proxies: Vec<Network>,
    /// Limits of connections and requests.
    pub bounds: Bounds,
    /// Where state and journal are kept.
    pub store: StoreChoice,
    /// Threads that serve; 0: the current runtime does.
    pub threads: usize,
    /// What time it is, and chance: the machine's, unless a test brings its own.
    pub world: World,
}

/// Time and chance, as everything below takes them.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and keys.
    pub dice: Arc<dyn Dice>,
}

impl Default for World {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock::default()), dice: Arc::new(SystemDice::default()) }
    }
}

impl Options {
    /// For a backend that a command starts for itself: free loopback ports, no limits.
    #[must_use]
    pub fn private(data: &Path, is_dev: bool) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: free,
            admin_listen: free,
            data: data.to_owned(),
            key_file: std::env::var_os(KEY_FILE_VARIABLE).map(PathBuf::from),
            is_dev,
            has_callers: is_dev,
            has_limits: false,
            trusted_proxies: Vec::new(),
            bounds: Bounds::default(),
            store: StoreChoice::default(),
            threads: 0,
            world: World::default(),
        }
    }
}

/// A running backend.
pub struct Backend {
    /// The engine, with its plan and store.
    pub engine: Arc<Engine>,
    /// Where everything is kept.
    pub folder: DataFolder,
    /// Tokens of `--dev` by person, in the order of the roles.
    pub tokens: Vec<(String, String)>,
    /// Where the API listens.
    pub api: SocketAddr,
    /// Where the administrator's listener is.
    pub admin: Option<SocketAddr>,
    /// The database, as it may be shown; none: the data folder's own.
    pub database: Option<String>,
    server: Server,
    running: Running,
}

impl Backend {
    /// Opens the store and begins to serve. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// Whatever the world does not give: a folder, a database that fits, a key, a port, a variable.
    pub async fn start(plan: Plan, options: Options, log: Arc<Log>) -> Result<Self, Fault> {
        if options.is_dev && !options.listen.ip().is_loopback() {
            return Err(dev::refused_on(options.listen));
        }
        let folder = DataFolder::open(&options.data)?;
        let World { clock, dice } = options.world.clone();
        let database = options.store.shown();
        // What the environment lacks is said before anything is opened or made.
        let declared = match options.has_callers && !options.is_dev {
            true => issuers::declared(&plan.system)?,
            false => Vec::new(),
        };
        let pages = pages::all(&plan);
        let plan = Arc::new(plan);
        let shared = Arc::clone(&clock);
        let store::Opened { store, cluster } =
            store::open(Arc::clone(&plan), shared, &folder, &options, &log)?;
        if let Some(cluster) = &cluster {
            common::agree(cluster, &folder, &*dice, options.is_dev)?;
        }
        let cursor_key = folder.key(CURSOR_KEY_FILE, &*dice)?;
        let token = root_token(&folder, &*dice)?;
        let issuer = if options.is_dev { Some(dev::DevIssuer::open(&folder)?) } else { None };
        let issuers = match &issuer {
            Some(issuer) => vec![issuers::development(&plan.system, issuer)],
            None => declared,
        };
        let settings = EngineSettings { cursor_key, remember_us: REMEMBER_US };
        let engine = Arc::new(Engine::new(plan, store, clock, dice, settings));
        let tokens = match &issuer {
            Some(issuer) => dev::prepare(&engine, &folder, issuer, options.listen).await?,
            None => Vec::new(),
        };
        if let Some(cluster) = cluster.as_ref().filter(|_| options.is_dev) {
            common::offer(cluster, &folder)?;
        }
        let environment = if options.is_dev { "dev" } else { "live" }.to_owned();
        let config = ServerConfig {
            listen: options.listen,
            admin: Some(AdminConfig { listen: options.admin_listen, token, environment }),
            issuers,
            trusted_proxies: options.trusted_proxies,
            has_limits: options.has_limits,
            bounds: options.bounds,
            pages,
            log,
            limiter: cluster.map(|it| Arc::new(it.limiter()) as _),
            threads: options.threads,
        };
        let server = Server::start(config, Arc::clone(&engine))?;
        let (api, admin) = (server.api_address(), server.admin_address());
        let running = Running::write(&folder, api, admin)?;
        if options.is_dev {
            dev::write_access(&folder, api, admin, &tokens)?;
        }
        Ok(Self { engine, folder, tokens, api, admin, database, server, running })
    }

    /// Finishes what was accepted, then closes.
    pub async fn stop(self) {
        self.running.remove();
        self.server.stop().await;
    }
}

/// What the administrator's callers send; made at the first start, never printed.
fn root_token(folder: &DataFolder, dice: &dyn Dice) -> Result<String, Fault> {
    let make = || {
        let mut bytes = [0; 32];
        dice.fill(&mut bytes);
        let digits = bytes.iter().map(|it| format!("{it:02x}"));
        digits.collect::<String>().into_bytes()
    };
    let bytes = folder.keep(access::ROOT_TOKEN_FILE, make)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
