//! What several tests share: the real program as a process of its own, and the same in this process.
#![cfg_attr(test, expect(dead_code, reason = "every test uses a part of it"))]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread::JoinHandle,
};

use architrave::{
    backend::{Backend, Options, World},
    checked::{Checked, LockUse},
    console::Console,
};
use architrave_drive::client::{Call, Client, Reply};
use architrave_server::{Format, Log};
use serde_json::Value;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program under test.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_architrave"));
    command.env_remove("ARCHITRAVE_KEY_FILE").env_remove("OIDC_ISSUER");
    command
}

/// `architrave serve --dev` as a process.
pub(crate) struct Served {
    pub(crate) api: String,
    tokens: BTreeMap<String, String>,
    process: Child,
    /// What it logs, to its end.
    log: Option<JoinHandle<Vec<String>>>,
    /// What it says on standard error.
    said: Option<JoinHandle<String>>,
}

impl Served {
    /// Starts it on free ports and waits until it listens.
    pub(crate) fn start(blueprint: &Path, data: &Path) -> Self {
        Self::start_with(blueprint, data, &[])
    }

    /// The same with more in its environment.
    pub(crate) fn start_with(blueprint: &Path, data: &Path, more: &[(&str, &Path)]) -> Self {
        Self::start_as(blueprint, data, more, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_as(
        blueprint: &Path,
        data: &Path,
        more: &[(&str, &Path)],
        arguments: &[&str],
    ) -> Self {
        let mut process = program()
            .envs(more.iter().copied())
            .arg("serve")
            .arg(blueprint)
            .args(["--dev", "--no-limits", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let is_up = |it: &String| it.contains("\"message\":\"listening\"");
        let listening = lines.by_ref().map_while(Result::ok).find(is_up);
        assert!(listening.is_some(), "it stopped before it listened: {:?}", process.wait());
        // Whatever comes later is read too, so that it never waits for a reader.
        let log = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        let mut errors = process.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            let _ = errors.read_to_string(&mut said);
            said
        });
        let access: Value =
            serde_json::from_slice(&fs::read(data.join("dev.json")).unwrap()).unwrap();
        let tokens = serde_json::from_value(access["tokens"].clone()).unwrap();
        let api = access["api"].as_str().unwrap().to_owned();
        Self { api, tokens, process, log: Some(log), said: Some(said) }
    }

    pub(crate) fn token(&self, who: &str) -> String {
        self.tokens[who].clone()
    }

    /// `kill -9`
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends it a signal, e.g. `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let (id, name) = (self.process.id().to_string(), format!("-{name}"));
        assert!(Command::new("kill").args([&name, &id]).status().unwrap().success());
    }

    /// `SIGTERM`; what it logged.
    pub(crate) fn stop(mut self) -> Vec<String> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
        self.log.take().unwrap().join().unwrap()
    }

    /// Waits for its own end; how it ended and what it said on standard error.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let status = self.process.wait().unwrap();
        (status, self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A backend in this process, with its data in a folder that goes away.
pub(crate) struct Here {
    pub(crate) client: Client,
    tokens: BTreeMap<String, String>,
    backend: Option<Backend>,
    pub(crate) folder: tempfile::TempDir,
}

impl Here {
    /// Serves a blueprint's text.
    pub(crate) async fn text(blueprint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blueprint.hcl");
        fs::write(&path, blueprint).unwrap();
        Self::path(&path, folder, World::default()).await
    }

    /// Serves an example of the repository.
    pub(crate) async fn example(name: &str) -> Self {
        Self::example_in(name, World::default()).await
    }

    /// The same with another clock and other dice.
    pub(crate) async fn example_in(name: &str, world: World) -> Self {
        Self::path(&root().join("examples").join(name), tempfile::tempdir().unwrap(), world).await
    }

    async fn path(path: &Path, folder: tempfile::TempDir, world: World) -> Self {
        let checked = Checked::load(path).unwrap();
        let plan = checked.into_plan(Console, LockUse::Ignore).unwrap();
        let plan = plan.expect("a blueprint without errors");
        let log = Log::new(Format::Json, Box::new(std::io::sink()));
        let options = Options { world, ..Options::private(&folder.path().join("data"), true) };
        let backend = Backend::start(plan, options, Arc::clone(&log)).await.unwrap();
        let client = Client::new(&format!("http://{}", backend.api));
        let tokens = backend.tokens.iter().cloned().collect();
        Self { client, tokens, backend: Some(backend), folder }
    }

    pub(crate) fn token(&self, who: &str) -> String {
        self.tokens[who].clone()
    }

    pub(crate) fn plan(&self) -> Arc<architrave_plan::Plan> {
        Arc::clone(self.backend.as_ref().unwrap().engine.plan())
    }

    pub(crate) async fn get(&self, who: &str, path: &str) -> Reply {
        let token = self.tokens.get(who).map(String::as_str);
        self.client.send(&Call::get(path).token(token)).await.unwrap()
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &Value) -> Reply {
        let token = self.tokens.get(who).map(String::as_str);
        self.client.send(&Call::post(path, body).token(token)).await.unwrap()
    }

    /// The id of a person's user.
    pub(crate) async fn user(&self, who: &str) -> String {
        self.get(who, "/v1/me").await.json()["user"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn stop(mut self) {
        if let Some(backend) = self.backend.take() {
            backend.stop().await;
        }
    }
}

/// Runs a test that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}
