//! The real program on a disk with bad days: full, failing to sync, losing power. A small library between
//! the program and the operating system plays the disk (`disk.c`), so that no rights are needed.
//!
//! `ARCHITRAVE_SMALL_VOLUME` names a folder on a volume of its own that may be filled; `cargo xtask drill disk`
//! makes one.
#![cfg(test)]
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "says what was not done, and why")]

#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use architrave_drive::client::{Call, Client, Reply};
use serde_json::json;
use support::{Served, block_on, program};

const BLUEPRINT: &str = r#"
system Disk { edition = "2026" }

identity {
  user  = disk.User
  roles = ["operator"]
}

context disk {
  entity User { name = string(80) }

  entity Note {
    text = string(4000, unique)

    access {
      read   = has_role("operator")
      create = has_role("operator")
    }
  }
}
"#;

/// A folder with a blueprint, its data, and the disk below them.
struct Disk {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("blueprint.hcl"), BLUEPRINT).unwrap();
        let library = folder.path().join("disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/disk.c");
        // Whoever built the program has a C compiler: SQLite is built with it.
        let mut compiler = std::process::Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        assert!(compiler.status().unwrap().success());
        Self { folder, library }
    }

    fn data(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join("data")
    }

    /// What is said of the disk by a file beside its folder.
    fn says(&self, what: &str) -> PathBuf {
        self.data().with_extension(what)
    }

    fn serve(&self) -> Served {
        let environment: [(&str, &Path); 2] =
            [("LD_PRELOAD", &self.library), ("DISK_FOLDER", &self.data())];
        Served::start_with(&self.folder.path().join("blueprint.hcl"), &self.data(), &environment)
    }

    /// Serves a folder on an ordinary disk.
    fn serve_well(&self, data: &Path) -> Served {
        Served::start(&self.folder.path().join("blueprint.hcl"), data)
    }
}

struct Notes {
    client: Client,
    token: String,
}

impl Notes {
    fn of(served: &Served) -> Self {
        Self { client: Client::new(&served.api), token: served.token("operator") }
    }

    /// Writes a note of this name, with the name as key.
    async fn write(&self, name: &str) -> Option<Reply> {
        let text = format!("{name} {}", "x".repeat(3_000));
        let call = Call::post("/v1/notes", &json!({ "text": text })).token(Some(&self.token));
        self.client.send(&call.idempotency_key(name)).await.ok()
    }

    /// Writes until an answer has this status.
    async fn write_until(&self, name: &str, status: u16) -> Reply {
        for number in 0..100_000 {
            let reply = self.write(&format!("{name}-{number}")).await.unwrap();
            assert!(matches!(reply.status, 201 | 507), "{} {}", reply.status, reply.json());
            if reply.status == status {
                return reply;
            }
            tokio::task::yield_now().await;
        }
        panic!("never {status}")
    }

    async fn get(&self, path: &str) -> Reply {
        self.client.send(&Call::get(path).token(Some(&self.token))).await.unwrap()
    }

    /// Sends them again with their keys: each was stored, so each is answered from memory.
    async fn assert_stored(&self, names: impl Iterator<Item = String>) {
        for name in names {
            let reply = self.write(&name).await.unwrap();
            let is_replayed = reply.header("idempotency-replayed") == Some("true");
            assert!(
                reply.status == 201 && is_replayed,
                "{name}: {} {}",
                reply.status,
                reply.json()
            );
        }
    }
}

fn verify(data: &Path) {
    let output = program().arg("verify").arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_full_disk_refuses_writes_until_there_is_room_and_leaves_reads() {
    let disk = Disk::new();
    let served = disk.serve();
    block_on(async {
        let notes = Notes::of(&served);
        let first = notes.write("before").await.unwrap();
        assert_eq!(first.status, 201);
        assert!(disk.data().join("ballast").exists());
        fs::write(disk.says("full"), "").unwrap();
        let refused = notes.write_until("during", 507).await;
        for reply in [refused, notes.write("during-again").await.unwrap()] {
            assert_eq!((reply.status, reply.header("retry-after")), (507, Some("10")));
            assert_eq!(reply.json()["code"], "storage-full");
            assert_eq!(reply.json()["retryable"], true);
        }
        let ready = notes.get("/health/ready").await;
        assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("storage-full")));
        assert_eq!(notes.get("/health/live").await.status, 200);
        let shown = notes.get(first.header("location").unwrap()).await;
        assert_eq!((shown.status, &shown.json()["text"]), (200, &first.json()["text"]));
        assert!(!disk.data().join("ballast").exists(), "it gave way");

        fs::remove_file(disk.says("full")).unwrap();
        notes.write_until("after", 201).await;
        assert_eq!(notes.get("/health/ready").await.status, 200);
        assert!(disk.data().join("ballast").exists(), "it is back");
        // What was refused was not stored: it can be written now, with the same key.
        let again = notes.write("during-again").await.unwrap();
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, None));
        notes.assert_stored(["before".to_owned()].into_iter()).await;
    });
    let log = served.stop();
    let is_news = |it: &&String| it.contains("\"error\"") && !it.contains("\"request\"");
    let told: Vec<&String> = log.iter().filter(is_news).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("full") && told[0].contains("make room on the disk"), "{told:?}");
    assert_eq!(log.iter().filter(|it| it.contains("writing works again")).count(), 1);
    verify(&disk.data());
}

#[test]
fn a_failed_sync_ends_the_process_before_anything_is_acknowledged() {
    let disk = Disk::new();
    let served = disk.serve();
    let notes = Notes::of(&served);
    block_on(async {
        for number in 0..20 {
            assert_eq!(notes.write(&format!("before-{number}")).await.unwrap().status, 201);
        }
        fs::write(disk.says("broken"), "").unwrap();
        let together = (0..8).map(|it| {
            let notes = Notes::of(&served);
            tokio::spawn(async move { notes.write(&format!("during-{it}")).await })
        });
        for answer in together.collect::<Vec<_>>() {
            let answer = answer.await.unwrap();
            assert!(answer.is_none(), "answered {:?}", answer.map(|it| it.status));
        }
    });
    let (status, said) = served.ended();
    assert!(!status.success());
    assert!(said.contains("check the disk; a restart finds out what was stored"), "{said}");
    fs::remove_file(disk.says("broken")).unwrap();
    let served = disk.serve();
    block_on(async {
        let notes = Notes::of(&served);
        notes.assert_stored((0..20).map(|it| format!("before-{it}"))).await;
        // Stored or not: with their keys they can be sent again, and are there once.
        for number in 0..8 {
            assert_eq!(notes.write(&format!("during-{number}")).await.unwrap().status, 201);
        }
    });
    served.kill();
    verify(&disk.data());
}

#[test]
fn a_power_cut_leaves_every_acknowledged_write() {
    const WRITERS: u64 = 4;
    let disk = Disk::new();
    let synced = disk.says("synced");
    fs::create_dir(&synced).unwrap();
    let served = disk.serve();
    let answered = Arc::new(AtomicU64::new(0));
    let acknowledged = block_on(async {
        let writers = (0..WRITERS).map(|writer| {
            let (notes, answered) = (Notes::of(&served), answered.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0.. {
                    let name = format!("{writer}-{number}");
                    let Some(reply) = notes.write(&name).await else { break };
                    assert_eq!(reply.status, 201);
                    acknowledged.push(name);
                    answered.fetch_add(1, Relaxed);
                }
                acknowledged
            })
        });
        let writers: Vec<_> = writers.collect();
        while answered.load(Relaxed) < 300 && !writers.iter().any(|it| it.is_finished()) {
            tokio::task::yield_now().await;
        }
        served.kill();
        let mut acknowledged = Vec::new();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        acknowledged
    });
    assert!(acknowledged.len() >= 300);
    verify(&synced);
    let served = disk.serve_well(&synced);
    block_on(Notes::of(&served).assert_stored(acknowledged.into_iter()));
}

#[test]
fn a_volume_that_fills_up_refuses_writes_until_there_is_room() {
    let Some(volume) = std::env::var_os("ARCHITRAVE_SMALL_VOLUME").map(PathBuf::from) else {
        println!("skipped: no volume to fill; run `cargo xtask drill disk`");
        return;
    };
    let disk = Disk::new();
    let data = volume.join("data");
    let served = disk.serve_well(&data);
    block_on(async {
        let notes = Notes::of(&served);
        // Something else takes what is left, to the last byte.
        let other = volume.join("other");
        let mut bytes = fs::File::create(&other).unwrap();
        while std::io::Write::write(&mut bytes, &[1; 1 << 16]).is_ok_and(|it| it > 0) {}
        let refused = notes.write_until("during", 507).await;
        assert_eq!(refused.json()["code"], "storage-full");
        assert_eq!(notes.get("/v1/notes").await.status, 200);
        assert_eq!(notes.get("/health/ready").await.status, 503);
        drop(bytes);
        fs::remove_file(other).unwrap();
        notes.write_until("after", 201).await;
        // Now the notes themselves fill it.
        notes.write_until("more", 507).await;
        assert_eq!(notes.get("/v1/notes").await.status, 200);
    });
    served.kill();
    verify(&data);
    // A volume that is full at the start: the ballast gives way, and reads are answered.
    let served = disk.serve_well(&data);
    block_on(async {
        let notes = Notes::of(&served);
        assert_eq!(notes.get("/v1/notes").await.status, 200);
        assert_eq!(notes.write("late").await.unwrap().status, 507);
    });
}
