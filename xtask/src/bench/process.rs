//! The processes under test: started, found, measured, stopped.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::shell::{Outcome, root};

/// Ticks of `/proc/PID/stat`: 100 a second on every Linux (`USER_HZ`).
const TICK_US: u64 = 10_000;
/// Longest wait for a server to listen; loading the rival takes the longest.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A figure of a running process' memory as the kernel tells it, `VmRSS:` (now) or `VmHWM:` (the most so far); 0 where it
/// tells none.
pub(super) fn memory(process: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|it| it.strip_prefix(name));
    let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    data: Option<PathBuf>,
}

/// A release binary of ours.
pub(super) fn binary(name: &str) -> PathBuf {
    root().join("target/release").join(name)
}

impl Server {
    /// `architrave serve --dev` on free ports.
    pub(crate) fn ours(program: &Path, blueprint: &Path, data: &Path) -> Outcome<Self> {
        Self::ours_on(program, blueprint, data, None)
    }

    /// The same on a database of PostgreSQL.
    pub(crate) fn ours_on(
        program: &Path,
        blueprint: &Path,
        data: &Path,
        store: Option<&str>,
    ) -> Outcome<Self> {
        let log = data.with_extension("log");
        let log = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        // What an earlier start wrote must not be taken for this one's address.
        let _ = fs::remove_file(data.join("dev.json"));
        let child = Command::new(program)
            .arg("serve")
            .arg(blueprint)
            .args(["--dev", "--no-limits", "--listen", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .envs(store.map(|it| ("ARCHITRAVE_STORE", it)))
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("cannot start architrave: {error}"))?;
        let mut server =
            Self { child, address: ([127, 0, 0, 1], 0).into(), data: Some(data.to_owned()) };
        let started = Instant::now();
        while started.elapsed() < START_TIMEOUT {
            if let Some(address) = server.listening() {
                server.address = address;
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!(
                    "architrave ended with {status}; see {}",
                    data.with_extension("log").display()
                ));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Err("architrave does not listen".to_owned())
    }

    /// The hand-written program; it prints its address when it listens.
    pub(super) fn rival(database: &str, products: &Path) -> Outcome<Self> {
        let mut child = Command::new(binary("rival"))
            .arg(database)
            .arg("127.0.0.1:0")
            .arg(products)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the rival: {error}"))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(|error| error.to_string())?;
        }
        let address = line.trim().parse().map_err(|_| "the rival does not listen".to_owned())?;
        Ok(Self { child, address, data: None })
    }

    /// Tokens to read with (a customer's) and to write with (a merchant's).
    pub(crate) fn tokens(&self) -> Outcome<(String, String)> {
        let dev = self.dev_json().ok_or("dev.json is missing")?;
        let token = |name: &str| dev["tokens"][name].as_str().map(str::to_owned);
        token("customer").zip(token("merchant")).ok_or_else(|| "dev.json lacks tokens".to_owned())
    }

    /// The token of everybody whom `--dev` has made, by name.
    pub(crate) fn all_tokens(&self) -> Outcome<BTreeMap<String, String>> {
        let dev = self.dev_json().ok_or("dev.json is missing")?;
        let tokens = dev["tokens"].as_object().ok_or("dev.json lacks tokens")?;
        let text = tokens.iter().filter_map(|(name, it)| Some((name.clone(), it.as_str()?.into())));
        Ok(text.collect())
    }

    /// User and system time so far.
    pub(super) fn cpu_us(&self) -> Outcome<u64> {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        // The name in parentheses may hold spaces; fields 14 and 15 are the 12th and 13th behind it.
        let behind = text.rsplit_once(')').map_or("", |it| it.1);
        let ticks =
            behind.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u64>().ok());
        Ok(ticks.sum::<u64>() * TICK_US)
    }

    /// Memory now.
    pub(super) fn resident_bytes(&self) -> u64 {
        memory(self.child.id(), "VmRSS:")
    }

    /// Most memory so far.
    pub(super) fn peak_bytes(&self) -> u64 {
        memory(self.child.id(), "VmHWM:")
    }

    fn dev_json(&self) -> Option<serde_json::Value> {
        let text = fs::read(self.data.as_ref()?.join("dev.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// The address, once it accepts connections.
    fn listening(&self) -> Option<SocketAddr> {
        let dev = self.dev_json()?;
        let address: SocketAddr = dev["api"].as_str()?.strip_prefix("http://")?.parse().ok()?;
        std::net::TcpStream::connect(address).ok()?;
        Some(address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A benchmark's data is thrown away, so that there is nothing to shut down gracefully.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
