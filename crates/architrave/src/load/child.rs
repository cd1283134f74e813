//! The server under test: this program once more, on a data folder that is thrown away.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use architrave_drive::{
    client::{Client, member},
    load::{Server, allowed, keep_to},
    seed::Token,
};
use architrave_engine::Fault;
use serde_json::Value;

use crate::dev;

/// Longest wait for it to listen.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How it is started.
pub struct Settings {
    /// The program; this one, unless a test says otherwise.
    pub program: PathBuf,
    /// The blueprint it serves.
    pub blueprint: PathBuf,
    /// Processors it keeps to; empty: any.
    pub processors: Vec<usize>,
}

/// A running server, ended when dropped.
pub struct Child {
    process: std::process::Child,
    folder: tempfile::TempDir,
    listening: Option<Listening>,
}

/// Where it listens, and who may ask.
struct Listening {
    api: SocketAddr,
    admin: Option<String>,
    tokens: Vec<Token>,
}

impl Child {
    /// Starts `serve --dev --no-limits` on free loopback ports and waits until it listens.
    ///
    /// # Errors
    /// Where it does not start; its own words are in the fault.
    pub fn start(settings: &Settings) -> Result<Self, Fault> {
        let cannot =
            |error: std::io::Error| Fault::new(format!("cannot start a server: {error}"), "");
        let folder =
            tempfile::Builder::new().prefix("architrave-load-").tempdir().map_err(cannot)?;
        let log = File::create(folder.path().join("log")).map_err(cannot)?;
        let data = folder.path().join("data");
        let mut command = Command::new(&settings.program);
        command
            .arg("serve")
            .arg(&settings.blueprint)
            .args(["--dev", "--no-limits", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(cannot)?)
            .stderr(log);
        // Ctrl-C is for us: a server that stopped at the same moment would look as if it failed.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let process = spawn(command, &settings.processors).map_err(cannot)?;
        let mut child = Self { process, folder, listening: None };
        let started = Instant::now();
        while started.elapsed() < START_TIMEOUT {
            child.listening = listening(&data);
            if child.listening.is_some() {
                return Ok(child);
            }
            if let Ok(Some(status)) = child.process.try_wait() {
                return Err(child.failed(&format!("it ended with {status}")));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(child.failed("it does not listen after a minute"))
    }

    /// As what is driven.
    #[must_use]
    pub fn server(&self, processors: u64) -> Option<Server> {
        let listening = self.listening.as_ref()?;
        Some(Server {
            address: listening.api,
            client: Client::new(&format!("http://{}", listening.api)),
            tokens: listening.tokens.clone(),
            process: Some(self.process.id()),
            admin: listening.admin.as_deref().map(Client::new),
            processors,
        })
    }

    /// How it ended, with its last words; none while it runs.
    #[must_use]
    pub fn ended(&mut self) -> Option<Fault> {
        let status = self.process.try_wait().ok()??;
        Some(self.failed(&format!("it ended with {status}")))
    }

    fn failed(&self, reason: &str) -> Fault {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        let last = last.into_iter().rev().collect::<Vec<_>>().join("\n  ");
        let what = format!("the server under test: {reason}\n  {last}");
        Fault::new(what, "see whether `architrave serve PATH --dev` starts")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Its data is thrown away, so that there is nothing to shut down gracefully.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a process that keeps to these processors: it inherits them from the thread that starts it.
fn spawn(mut command: Command, processors: &[usize]) -> std::io::Result<std::process::Child> {
    let before = allowed();
    if !processors.is_empty() {
        keep_to(processors.iter().copied());
    }
    let process = command.spawn();
    if !processors.is_empty() {
        keep_to(before);
    }
    process
}

/// What it says of itself, once it accepts connections.
fn listening(data: &Path) -> Option<Listening> {
    let access: Value =
        serde_json::from_slice(&fs::read(data.join(dev::ACCESS_FILE)).ok()?).ok()?;
    let api = member(&access, "api").as_str()?.strip_prefix("http://")?.parse().ok()?;
    TcpStream::connect(api).ok()?;
    let admin = member(&access, "admin").as_str().map(str::to_owned);
    let tokens = member(&access, "tokens").as_object()?.iter().filter_map(|(name, text)| {
        Some(Token { name: name.clone(), text: text.as_str()?.to_owned() })
    });
    let mut tokens: Vec<Token> =
        tokens.filter(|it| !it.name.starts_with("other_tenant_")).collect();
    tokens.sort_by_key(|it| it.name == "system");
    Some(Listening { api, admin, tokens })
}
