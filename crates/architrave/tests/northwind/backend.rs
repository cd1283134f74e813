//! A backend of its own: the real binary, on free ports, with a data folder that goes away afterwards.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A served blueprint.
pub(crate) struct Backend {
    /// `http://host:port`
    pub(crate) api: String,
    access: Value,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Backend {
    /// Serves a blueprint below `tests/` and waits until it listens.
    pub(crate) fn start(blueprint: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("blueprint.hcl");
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(blueprint), &copy)
            .unwrap();
        let data = folder.path().join("data");
        let mut process = Command::new(env!("CARGO_BIN_EXE_architrave"))
            .arg("serve")
            .arg(&copy)
            .args([
                "--dev",
                "--no-limits",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
            ])
            .arg("--data")
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let access = wait_for(&data.join("dev.json"), &mut process);
        let api = access["api"].as_str().unwrap().to_owned();
        Self { api, access, process, _folder: folder }
    }

    /// The token of one of the people of `--dev`.
    pub(crate) fn token(&self, who: &str) -> String {
        self.access["tokens"][who].as_str().unwrap().to_owned()
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads what the backend says until the file is there: it is written before the addresses are printed.
/// Whatever comes later is read too, so that the backend never waits for a reader.
fn wait_for(path: &Path, process: &mut Child) -> Value {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    while let Some(Ok(_)) = lines.next() {
        let read = fs::read(path).ok().and_then(|it| serde_json::from_slice(&it).ok());
        if let Some(access) = read {
            std::thread::spawn(move || lines.count());
            return access;
        }
    }
    panic!("the backend stopped without writing {}: {:?}", path.display(), process.wait());
}
