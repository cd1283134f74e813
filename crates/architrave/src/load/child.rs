//! The server under test: this program once more, on a data folder that is thrown away.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use architrave_drive::{client::member, seed::Token};
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
}

/// A running server, ended when dropped.
pub struct Child {
    process: std::process::Child,
    folder: tempfile::TempDir,
    /// Where it listens.
    pub address: SocketAddr,
    /// Everyone's token, people first.
    pub tokens: Vec<Token>,
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
        let process = Command::new(&settings.program)
            .arg("serve")
            .arg(&settings.blueprint)
            .args(["--dev", "--no-limits", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(cannot)?)
            .stderr(log)
            .spawn()
            .map_err(cannot)?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut child = Self { process, folder, address, tokens: Vec::new() };
        let started = Instant::now();
        while started.elapsed() < START_TIMEOUT {
            if let Some((address, tokens)) = listening(&data) {
                (child.address, child.tokens) = (address, tokens);
                return Ok(child);
            }
            if let Ok(Some(status)) = child.process.try_wait() {
                return Err(child.failed(&format!("it ended with {status}")));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(child.failed("it does not listen after a minute"))
    }

    /// Number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
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

/// Address and tokens, once it accepts connections.
fn listening(data: &Path) -> Option<(SocketAddr, Vec<Token>)> {
    let access: Value =
        serde_json::from_slice(&fs::read(data.join(dev::ACCESS_FILE)).ok()?).ok()?;
    let address = member(&access, "api").as_str()?.strip_prefix("http://")?.parse().ok()?;
    TcpStream::connect(address).ok()?;
    let tokens = member(&access, "tokens").as_object()?.iter().filter_map(|(name, text)| {
        Some(Token { name: name.clone(), text: text.as_str()?.to_owned() })
    });
    let mut tokens: Vec<Token> =
        tokens.filter(|it| !it.name.starts_with("other_tenant_")).collect();
    tokens.sort_by_key(|it| it.name == "system");
    Some((address, tokens))
}
