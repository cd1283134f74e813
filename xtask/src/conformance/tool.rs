//! Gets tools from npm, PyPI and Debian into `target/conformance/tools`, each into a folder of its own, and runs them.
//! Releases are exact: a checker that changes by itself would make yesterday's green commit red. A folder whose
//! list of packages is unchanged is used again without asking anybody.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::Trouble;
use crate::shell::{cargo, root};

/// Longest that a registry may take for one tool.
const INSTALL_MAX: Duration = Duration::from_secs(300);
/// Longest that a checker may take; schemathesis is the slowest by far.
const CHECK_MAX: Duration = Duration::from_secs(3600);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Written last, hence a mark of a whole installation. Holds the list of packages.
const MARK: &str = "packages";
/// How much of what a failed installation said is told.
const LINES_TOLD_MAX: usize = 6;

/// Where everything lies that is installed or made on the way.
pub(crate) fn workshop() -> PathBuf {
    root().join("target/conformance")
}

/// Packages of npm; the answer is the folder with `node_modules`.
pub(crate) fn npm(name: &str, packages: &[&str]) -> Result<PathBuf, Trouble> {
    installed(name, packages, |folder| {
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", "."]);
        command.args(packages).current_dir(folder);
        install(&mut command)
    })
}

/// Packages of PyPI; the answer is the folder with `bin`.
pub(crate) fn pip(name: &str, packages: &[&str]) -> Result<PathBuf, Trouble> {
    installed(name, packages, |folder| {
        install(Command::new("python3").args(["-m", "venv", "."]).current_dir(folder))?;
        let mut command = Command::new(folder.join("bin/pip"));
        command.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages);
        install(command.current_dir(folder))
    })
}

/// A package of Debian, unpacked and not installed: no service is made and nothing of the system changes. The answer
/// is the folder that stands for `/`.
pub(crate) fn debian(name: &str, package: &str) -> Result<PathBuf, Trouble> {
    installed(name, &[package], |folder| {
        let fetch = |folder: &Path| {
            install(Command::new("apt-get").args(["download", package]).current_dir(folder))
        };
        // Lists of packages may be missing or old; only root may bring new ones.
        if fetch(folder).is_err() {
            install(Command::new("apt-get").arg("update"))?;
            fetch(folder)?;
        }
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|it| it == "deb") {
                let mut unpack = Command::new("dpkg");
                install(unpack.arg("-x").arg(entry.path()).arg(".").current_dir(folder))?;
            }
        }
        Ok(())
    })
}

/// Our program, built as it is now.
pub(crate) fn architrave() -> Result<PathBuf, Trouble> {
    cargo(&["build", "--package", "architrave"], &[])?;
    Ok(root().join("target/debug/architrave"))
}

/// A checker that we wrote in JavaScript, put beside the packages that it imports.
pub(crate) fn script(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Trouble> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Runs a checker and shows what it says. Anything but success is a mistake that it found.
pub(crate) fn check(command: &mut Command) -> Result<(), Trouble> {
    let told = command.get_program().to_string_lossy().into_owned();
    let told = told.rsplit('/').next().unwrap_or("").to_owned();
    let status = wait(command.stdin(Stdio::null()), CHECK_MAX)?;
    if status { Ok(()) } else { Err(Trouble::Failed(format!("see what {told} says above"))) }
}

/// Runs a checker and answers what it wrote on its output; mistakes go to its error output, which is shown.
pub(crate) fn ask(command: &mut Command) -> Result<String, Trouble> {
    let path = workshop().join("output.txt");
    let file = fs::File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    check(command.stdout(file))?;
    let text = fs::read_to_string(&path);
    Ok(text.map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The folder of a tool; `make` fills it where it is not there or holds other packages.
fn installed(
    name: &str,
    packages: &[&str],
    make: impl FnOnce(&Path) -> Result<(), Trouble>,
) -> Result<PathBuf, Trouble> {
    let folder = workshop().join("tools").join(name);
    let mark = folder.join(MARK);
    let list = packages.join("\n");
    if fs::read_to_string(&mark).is_ok_and(|it| it == list) {
        return Ok(folder);
    }
    println!("installing {}", packages.join(", "));
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    make(&folder)?;
    fs::write(&mark, list).map_err(failed)?;
    Ok(folder)
}

/// Runs an installer. All that it can fail of is the world: the packages are there, by name and release.
pub(crate) fn install(command: &mut Command) -> Result<(), Trouble> {
    let program = command.get_program().to_string_lossy().into_owned();
    let log = workshop().join("install.log");
    let _ = fs::create_dir_all(workshop());
    let file = fs::File::create(&log).and_then(|it| Ok((it.try_clone()?, it)));
    let (out, err) = file.map_err(|error| format!("{}: {error}", log.display()))?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    if wait(command, INSTALL_MAX).map_err(Trouble::Unavailable)? {
        return Ok(());
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(LINES_TOLD_MAX)..).unwrap_or_default();
    Err(Trouble::Unavailable(format!("{program} could not install it: {}", last.join(" | "))))
}

/// Whether a program succeeds within its time.
fn wait(command: &mut Command, longest: Duration) -> Result<bool, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| format!("cannot run {program}: {error}"))?;
    let until = Instant::now() + longest;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if Instant::now() < until => thread::sleep(LOOK_EVERY),
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program} took more than {} s", longest.as_secs()));
            }
            Err(error) => return Err(format!("{program}: {error}")),
        }
    }
}
