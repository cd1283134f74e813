//! Finds the programs of PostgreSQL, or installs Debian's package where they are missing. No cluster of the
//! system is made and no server started on the way.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::shell::Outcome;

/// The oldest release that the store supports.
const VERSION_MIN: u32 = 15;
/// Where Debian and its kin keep a folder for each release.
const RELEASES: &str = "/usr/lib/postgresql";
/// Says "no" to every package that wants to start a service (Debian's `invoke-rc.d` asks it).
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// Read before Debian's package would make a cluster.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/architrave-tests.conf";

/// The folder with `initdb` and `postgres`.
pub(super) fn programs() -> Outcome<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install()?;
    find().ok_or_else(|| format!("no PostgreSQL {VERSION_MIN} or newer, though it was installed"))
}

/// The newest release of the system, or the one on the path.
fn find() -> Option<PathBuf> {
    let releases = fs::read_dir(RELEASES).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = releases
        .filter_map(|it| Some((it.file_name().to_str()?.parse().ok()?, it.path().join("bin"))))
        .collect();
    found.extend(on_the_path());
    found.retain(|(version, programs)| {
        *version >= VERSION_MIN
            && programs.join("initdb").is_file()
            && programs.join("postgres").is_file()
    });
    found.into_iter().max().map(|it| it.1)
}

fn on_the_path() -> Option<(u32, PathBuf)> {
    let said = |option: &str| {
        let output = Command::new("pg_config").arg(option).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    // `PostgreSQL 15.14 (Debian 15.14-0+deb12u1)`
    let version = said("--version")?;
    let digits = version.split(' ').nth(1)?.split(|it: char| !it.is_ascii_digit()).next()?;
    Some((digits.parse().ok()?, PathBuf::from(said("--bindir")?)))
}

fn install() -> Outcome {
    let missing = format!("PostgreSQL {VERSION_MIN} or newer is not installed");
    let may = Path::new("/usr/bin/apt-get").exists() && super::id(&["-u"])? == "0";
    if !may {
        return Err(format!("{missing} (Debian: apt-get install postgresql)"));
    }
    println!("{missing}: installing it, without a cluster of the system");
    let _policy = Temporary::write(POLICY, "#!/bin/sh\nexit 101\n")?;
    let _no_cluster = Temporary::write(NO_CLUSTER, "create_main_cluster = false\n")?;
    apt_get(&["update"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", "postgresql"])
}

fn apt_get(arguments: &[&str]) -> Outcome {
    println!("$ apt-get {}", arguments.join(" "));
    let mut command = Command::new("apt-get");
    match command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`apt-get {}` failed", arguments.join(" "))),
        Err(error) => Err(format!("cannot run apt-get: {error}")),
    }
}

/// A file of the system that is there for a while. One that is there already stays as it is.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn write(path: &str, text: &str) -> Outcome<Self> {
        let path = PathBuf::from(path);
        if path.exists() {
            return Ok(Self(None));
        }
        let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
        // Debian runs the policy.
        let made = Command::new("chmod").arg("755").arg(&path).status();
        made.map_err(failed)?;
        Ok(Self(Some(path)))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}
