//! A PostgreSQL of our own for the tests: a cluster in a temporary folder, owned by an unprivileged user, on its own
//! socket and no port. It ends with whoever started it and leaves nothing behind. Servers that run already are
//! neither asked nor touched.

mod install;
mod standby;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::shell::Outcome;

/// The variable by which tests find the server. It names an address of a database in which they may do anything.
pub(crate) const VARIABLE: &str = "ARCHITRAVE_TEST_POSTGRES";

/// The administrator of the cluster, who signs in without a password.
const USER: &str = "architrave";
/// Who may sign in: this user with a password, so that tests see it refused; everybody else as they like, for
/// the folder of the socket keeps strangers out. Standbys too.
const SIGN_IN: &str =
    "local all needs_password scram-sha-256\nlocal all all trust\nlocal replication all trust\n";
/// Many tests at a time, each with a few connections.
const SETTINGS: &[&str] = &["listen_addresses=", "max_connections=200", "logging_collector=off"];
/// Longest path of a socket's folder: addresses of sockets have 107 bytes, and the file's name takes some.
const FOLDER_BYTES_MAX: usize = 80;
/// The folder of its data, in a folder of its own.
const DATA: &str = "data";
/// What it says once it answers; a standby says the second.
const READY: &[&str] = &["ready to accept connections", "ready to accept read-only connections"];
/// How long to wait for it to listen, and to stop.
const START_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running server; dropping it stops and removes it.
pub(crate) struct Cluster {
    server: Child,
    folder: tempfile::TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Makes a cluster and starts it, installing PostgreSQL first where it is missing and that is allowed.
    pub(crate) fn start() -> Outcome<Self> {
        let programs = install::programs()?;
        let owner = Owner::choose()?;
        let mut folder = tempfile::Builder::new();
        let folder = folder.prefix("architrave-postgres-").tempdir();
        let folder = folder.map_err(|error| format!("cannot make a folder: {error}"))?;
        if folder.path().as_os_str().len() > FOLDER_BYTES_MAX {
            return Err(format!(
                "{} is too long for a socket: set TMPDIR",
                folder.path().display()
            ));
        }
        owner.give(folder.path())?;
        let data = folder.path().join(DATA);
        let mut make = owner.command(&programs.join("initdb"));
        make.args(["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=trust", "--username"]);
        let made = make.arg(USER).arg("--pgdata").arg(&data).output();
        let made = made.map_err(|error| format!("cannot run initdb: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
        let written = fs::write(data.join("pg_hba.conf"), SIGN_IN);
        written.map_err(|error| format!("cannot write pg_hba.conf: {error}"))?;
        Self::serve(&owner, programs, folder)
    }

    /// Starts the server of a folder that has its data.
    fn serve(owner: &Owner, programs: PathBuf, folder: tempfile::TempDir) -> Outcome<Self> {
        let mut serve = owner.command(&programs.join("postgres"));
        serve.arg("-D").arg(folder.path().join(DATA)).arg("-k").arg(folder.path());
        serve.args(SETTINGS.iter().flat_map(|it| ["-c", it]));
        let server = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let server = server.spawn().map_err(|error| format!("cannot run postgres: {error}"))?;
        // From here on dropping it stops the server, also where it never listens.
        let mut cluster = Self { server, folder, programs };
        cluster.wait_until_it_listens()?;
        Ok(cluster)
    }

    /// The address of a database in which anything may be done.
    pub(crate) fn address(&self) -> String {
        format!("postgres:///postgres?host={}&user={USER}", self.folder.path().display())
    }

    /// The process whose children all others are.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Runs statements in a database.
    pub(crate) fn sql(&self, database: &str, text: &str) -> Outcome {
        let address = self.address().replace("/postgres?", &format!("/{database}?"));
        let mut psql = Command::new(self.program("psql")?);
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]);
        // Each on its own: some statements want no transaction around them.
        for statement in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
            psql.arg("--command").arg(statement);
        }
        let output = psql.arg(address).output().map_err(|it| format!("cannot run psql: {it}"))?;
        match output.status.success() {
            true => Ok(()),
            false => {
                Err(format!("psql failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
            }
        }
    }

    /// A program of the same release, e.g. `psql`.
    pub(crate) fn program(&self, name: &str) -> Outcome<PathBuf> {
        let own = self.programs.join(name);
        // Debian keeps clients of all releases behind one wrapper; some systems have no other.
        let found = [own, PathBuf::from("/usr/bin").join(name)].into_iter().find(|it| it.is_file());
        found.ok_or_else(|| format!("PostgreSQL's {name} is not installed"))
    }

    /// Reads what the server says until it says that it is ready, and goes on reading so that it never waits for us.
    fn wait_until_it_listens(&mut self) -> Outcome {
        let Some(says) = self.server.stderr.take() else { return Err("nobody hears it".into()) };
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(says).lines().map_while(Result::ok) {
                // Nobody listens any more once it is ready.
                let _ = tell.send(line);
            }
        });
        let until = Instant::now() + START_MAX;
        let mut said = Vec::new();
        loop {
            match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if READY.iter().any(|it| line.contains(it)) => return Ok(()),
                Ok(line) => said.push(line),
                Err(_) => return Err(format!("PostgreSQL did not start: {}", said.join(" | "))),
            }
        }
    }
}

impl Drop for Cluster {
    /// Asks it to stop at once, whoever is connected (SIGINT), and insists where it does not.
    fn drop(&mut self) {
        let id = self.server.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let until = Instant::now() + STOP_MAX;
        while matches!(self.server.try_wait(), Ok(None)) {
            if Instant::now() > until {
                let _ = self.server.kill();
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum Owner {
    Myself,
    Other { user: String, group: String },
}

impl Owner {
    fn choose() -> Outcome<Self> {
        if id(&["-u"])? != "0" {
            return Ok(Self::Myself);
        }
        let name = ["postgres", "nobody"].into_iter().find(|it| id(&["-u", it]).is_ok());
        let name = name.ok_or("there is no unprivileged user to run PostgreSQL as")?;
        Ok(Self::Other { user: id(&["-u", name])?, group: id(&["-g", name])? })
    }

    fn give(&self, folder: &Path) -> Outcome {
        let Self::Other { user, group } = self else { return Ok(()) };
        let owner = format!("{user}:{group}");
        let given = Command::new("chown").arg(owner).arg(folder).status();
        let is_given = given.is_ok_and(|it| it.success());
        if is_given { Ok(()) } else { Err("cannot give the folder to its user".into()) }
    }

    /// A program run as the owner, in English, that does not outlive us where the system can see to that.
    fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Myself => Command::new(program),
            Self::Other { user, group } => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={user}")).arg(format!("--regid={group}"));
                command.args(["--clear-groups", "--pdeathsig=INT"]).arg(program);
                command
            }
        };
        // The settings of others must lead neither here nor anywhere else.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").current_dir(PathBuf::from("/"));
        command
    }
}

fn id(arguments: &[&str]) -> Outcome<String> {
    let output = Command::new("id").args(arguments).output();
    let output = output.map_err(|error| format!("cannot run id: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(format!("`id {}` failed", arguments.join(" "))),
    }
}
