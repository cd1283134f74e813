//! The world of a story: a served blueprint, a clock that can be turned, a writer that can be held.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
        mpsc,
    },
    time::Duration,
};

use architrave::{
    backend::{Backend, Options, StoreChoice},
    checked::{Checked, LockUse},
    console::Console,
    dev::{self, DevIssuer},
    world::SystemClock,
};
use architrave_drive::client::{Call, Client};
use architrave_engine::{
    Rows, Sweep,
    ports::{Answer, Clock, Conflict, Decide, Decision, Outcome},
};
use architrave_server::{Format, Log};
use architrave_store::{
    SqliteSettings,
    postgres::{Address, Environment, PostgresSettings},
};
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Failure, Place,
    database::Database,
    root,
    story::{Meanwhile, Story},
};

/// Writes that may wait in a story; small, so that the queue can be filled.
const QUEUE_LENGTH_MAX: usize = 8;
/// Whose token says who they are and nothing about them; nobody has heard of them.
const STRANGER: &str = "stranger";
/// Who speaks to the administrator's listener.
const ADMINISTRATOR: &str = "administrator";

/// A backend that serves a story.
pub(crate) struct Served {
    backend: Backend,
    api: Client,
    admin: Client,
    root_token: String,
    stranger: String,
    tokens: BTreeMap<String, String>,
    clock: Arc<StoryClock>,
    /// While there, the writer is held; dropping it lets the writer go on.
    held: Option<mpsc::Sender<()>>,
    /// Decisions of ours that the writer has not come to.
    waiting: JoinSet<()>,
    /// Where everything is, unless it is in the folder.
    database: Option<Database>,
    _folder: tempfile::TempDir,
}

/// The machine's clock, some days ahead.
#[derive(Default)]
struct StoryClock {
    real: SystemClock,
    ahead_us: AtomicI64,
}

impl Clock for StoryClock {
    fn now_us(&self) -> i64 {
        self.real.now_us() + self.ahead_us.load(SeqCst)
    }

    fn monotonic_us(&self) -> u64 {
        self.real.monotonic_us() + self.ahead_us.load(SeqCst).cast_unsigned()
    }
}

impl Served {
    pub(crate) async fn start(story: &Story, place: Place) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let blueprint = match &story.example {
            Some(example) => root().join(example),
            None => {
                fs::write(folder.path().join("blueprint.hcl"), &story.blueprint).unwrap();
                folder.path().join("blueprint.hcl")
            }
        };
        let checked = Checked::load(&blueprint).unwrap();
        let plan = checked.into_plan(Console, LockUse::Ignore).unwrap();
        let plan = plan.ok_or("1: the blueprint has errors")?;
        let clock = Arc::new(StoryClock::default());
        let database = match place {
            Place::Folder => None,
            Place::Database => Database::empty().await,
        };
        let store = store(database.as_ref());
        let options = options(story, &folder.path().join("data"), &clock, store);
        let log = Log::new(Format::Json, Box::new(std::io::sink()));
        let backend = Backend::start(plan, options, log).await.unwrap();
        let stranger = stranger(&backend);
        let root_token = fs::read_to_string(backend.folder.file("root.token")).unwrap();
        Ok(Self {
            api: Client::new(&format!("http://{}", backend.api)),
            admin: Client::new(&format!("http://{}", backend.admin.unwrap())),
            root_token,
            stranger,
            tokens: backend.tokens.iter().cloned().collect(),
            clock,
            backend,
            held: None,
            waiting: JoinSet::new(),
            database,
            _folder: folder,
        })
    }

    /// Every person's user by name, and their tenant.
    pub(crate) async fn people(&self) -> BTreeMap<String, Value> {
        let mut known = BTreeMap::new();
        for (name, token) in &self.tokens {
            let me = Call::get("/v1/me").token(Some(token));
            let me = self.api.send(&me).await.unwrap().json();
            for (suffix, member) in [("", "user"), ("_tenant", "tenant")] {
                if let Some(id) = me[member].as_str() {
                    known.insert(format!("{name}{suffix}"), Value::from(id));
                }
            }
        }
        known
    }

    /// Where a caller's requests go, and with which token.
    pub(crate) fn caller(&self, who: Option<&str>) -> Result<(&Client, Option<&str>), Failure> {
        match who {
            None => Ok((&self.api, None)),
            Some(ADMINISTRATOR) => Ok((&self.admin, Some(self.root_token.trim()))),
            Some(STRANGER) => Ok((&self.api, Some(&self.stranger))),
            Some(who) => {
                let token = self.tokens.get(who).ok_or(format!("nobody is called {who}"))?;
                Ok((&self.api, Some(token)))
            }
        }
    }

    pub(crate) async fn happens(&mut self, what: Meanwhile) {
        match what {
            Meanwhile::DaysPass(days) => self.turn_clock(days).await,
            Meanwhile::WriterStops => self.hold_writer().await,
            Meanwhile::QueueFills => self.fill_queue(),
            Meanwhile::WriterGoesOn => self.release_writer().await,
        }
    }

    /// Turns the clock, lets the sweep run, and gives everyone a token that still works.
    async fn turn_clock(&mut self, days: u32) {
        self.clock.ahead_us.fetch_add(i64::from(days) * 86_400_000_000, SeqCst);
        let swept = self.backend.engine.purge(Sweep::default(), 1_000).await.unwrap();
        assert_eq!(swept.next, None, "a story has few rows");
        let issuer = DevIssuer::open(&self.backend.folder).unwrap();
        let (engine, folder) = (&self.backend.engine, &self.backend.folder);
        let tokens = dev::prepare(engine, folder, &issuer, self.backend.api).await.unwrap();
        self.tokens = tokens.into_iter().collect();
    }

    async fn hold_writer(&mut self) {
        let (held, release) = mpsc::channel();
        let (begun, beginning) = mpsc::channel();
        self.decide(Hold { release: Some(release), begun: Some(begun) });
        tokio::task::spawn_blocking(move || beginning.recv()).await.unwrap().unwrap();
        self.held = Some(held);
    }

    fn fill_queue(&mut self) {
        assert!(self.held.is_some(), "the queue fills while the writer is held");
        while self.backend.engine.store().status().queue_length < QUEUE_LENGTH_MAX as u64 {
            self.decide(Hold { release: None, begun: None });
        }
    }

    /// Returns when everything that waited is done.
    async fn release_writer(&mut self) {
        self.held = None;
        while self.waiting.join_next().await.is_some() {}
        self.decide(Hold { release: None, begun: None });
        while self.waiting.join_next().await.is_some() {}
    }

    fn decide(&mut self, hold: Hold) {
        let written = self.backend.engine.store().write(Box::new(hold));
        self.waiting.spawn(async move {
            written.await.unwrap();
        });
    }

    pub(crate) async fn stop(mut self) {
        self.held = None;
        self.backend.stop().await;
        if let Some(database) = self.database {
            database.drop().await;
        }
    }
}

fn store(database: Option<&Database>) -> StoreChoice {
    match database {
        None => StoreChoice::Sqlite(SqliteSettings {
            queue_length_max: QUEUE_LENGTH_MAX,
            ..SqliteSettings::default()
        }),
        Some(database) => StoreChoice::Postgres {
            address: Address::read(&database.address, &Environment::default()).unwrap(),
            settings: Box::new(PostgresSettings {
                queue_length_max: QUEUE_LENGTH_MAX,
                ..PostgresSettings::default()
            }),
        },
    }
}

fn options(story: &Story, data: &Path, clock: &Arc<StoryClock>, store: StoreChoice) -> Options {
    let mut options = Options::private(data, true);
    options.has_limits = story.has_limits;
    options.world.clock = Arc::clone(clock) as _;
    options.store = store;
    if story.has_short_times {
        options.bounds.body_time_max = Duration::from_millis(200);
        options.bounds.request_time_max = Duration::from_millis(900);
    }
    options
}

/// The token of somebody at the same issuer, without the claims that a first sign-in needs.
fn stranger(backend: &Backend) -> String {
    let (_, token) = backend.tokens.first().unwrap();
    let mut claims: Value = jsonwebtoken::dangerous::insecure_decode(token).unwrap().claims;
    let object = claims.as_object_mut().unwrap();
    let provision = &backend.engine.plan().system.identity.provision;
    object.retain(|name, _| !provision.iter().any(|(_, claim)| claim == name));
    object.insert("sub".to_owned(), Value::from(STRANGER));
    DevIssuer::open(&backend.folder).unwrap().sign(&claims).unwrap()
}

/// A decision that changes nothing, and takes as long as somebody wants it to.
struct Hold {
    release: Option<mpsc::Receiver<()>>,
    begun: Option<mpsc::Sender<()>>,
}

impl Decide for Hold {
    fn tenant(&self) -> Option<Uuid> {
        None
    }

    fn decide(&mut self, _: &Rows, _: i64) -> Decision {
        if let Some(begun) = self.begun.take() {
            begun.send(()).unwrap();
        }
        if let Some(release) = self.release.take() {
            // Nobody sends: the other end goes when the story wants the writer to go on.
            let _ = release.recv();
        }
        Decision::Done(Box::new(nothing()))
    }

    fn conflicted(&mut self, _: Conflict) -> Outcome {
        nothing()
    }
}

fn nothing() -> Outcome {
    let answer = Answer {
        status: 204,
        body: Vec::new(),
        etag: None,
        location: None,
        problem: None,
        is_replayed: false,
    };
    Outcome { changes: Vec::new(), journal: None, remember: None, answer }
}
