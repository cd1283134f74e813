//! Folders that somebody made to hang the program, to fill its memory or to lead it elsewhere, as `review`, `questions`
//! and `import` meet them: they end, within bounds, with findings, and read nothing outside.
#![cfg(all(test, unix))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exception covers test functions, not what they call"
)]

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
        process::CommandExt as _,
    },
    path::Path,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

/// Address space of the program under test. What is read is at most 64 MB; the rest is the program itself.
const MEMORY_KB_MAX: u64 = 1_500_000;
/// A guard against hanging, not a measure: the slowest case takes a tenth of it in a debug build.
const PATIENCE: Duration = Duration::from_secs(120);
/// A system with something to find, so that a silent program does not pass.
const COMPOSE: &str = "services:\n  web:\n    image: nginx:latest\n    ports: [\"8080:8080\"]\n  db:\n    image: postgres:12.4\n";

/// What a command said, and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn check_code(&self, code: i32) {
        self.check(self.code == code, "another code");
    }

    #[track_caller]
    fn check(&self, holds: bool, what: &str) {
        assert!(holds, "{what}\ncode {}\n{}\n{}", self.code, self.out, self.err);
    }
}

/// Runs the program within its memory, as a user who may not read everything where we are one who may.
#[track_caller]
fn run(folder: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MEMORY_KB_MAX} && exec \"$@\"");
    command
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_architrave")])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if fs::metadata(folder).unwrap().uid() == 0 {
        command.uid(65_534);
    }
    let child = command.spawn().unwrap();
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    let waiting = std::thread::spawn(move || {
        let output: Output = child.wait_with_output().unwrap();
        let _ = sender.send(());
        output
    });
    if receiver.recv_timeout(PATIENCE).is_err() {
        Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
        panic!("{arguments:?} hangs");
    }
    let output = waiting.join().unwrap();
    let said = Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    said.check((0..=3).contains(&said.code), &format!("{arguments:?} ended badly"));
    said.check(!said.err.contains("panicked"), "a panic");
    said
}

/// A folder that everybody may read.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// What a review of the whole folder finds: always the image of [`COMPOSE`], whatever lies beside it.
#[track_caller]
fn reviewed(folder: &Path) -> Said {
    let said = run(folder, &["review", ".", "--as-of", "2026-11-21"]);
    said.check(said.out.contains("no more fixes for postgresql 12"), "the system is not judged");
    if folder.join("architrave.hcl").symlink_metadata().is_ok() {
        let asked = run(folder, &["questions", ".", "--answer", "team=4"]);
        asked.check(asked.code != 0 && asked.err.contains("says something else"), "written there");
        return said;
    }
    let asked = run(folder, &["questions", ".", "--json"]);
    asked.check(asked.out.contains("\"questions\""), "nothing is asked");
    said
}

#[test]
fn pipes_are_not_waited_for() {
    let folder = folder(&[("compose.yml", COMPOSE.as_bytes())]);
    for name in ["a.yml", "a.hcl", "architrave.hcl", "architrave-waivers.hcl", ".env", "schema.sql"]
    {
        let path = folder.path().join(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    }
    reviewed(folder.path());
    for (command, name) in
        [("review", "a.yml"), ("review", "a.hcl"), ("import", "schema.sql"), ("check", "a.hcl")]
    {
        let said = run(folder.path(), &[command, name]);
        said.check(said.code != 0 && said.err.contains("neither a file nor a folder"), name);
    }
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_read() {
    let folder = folder(&[
        ("compose.yml", COMPOSE.as_bytes()),
        ("schema.sql", b"CREATE TABLE secrets (id int);"),
        ("hidden/schema.sql", b"CREATE TABLE t (id int);"),
    ]);
    for name in ["schema.sql", "hidden"] {
        let none = fs::Permissions::from_mode(0o000);
        fs::set_permissions(folder.path().join(name), none).unwrap();
    }
    let said = reviewed(folder.path());
    said.check(
        said.err.contains("schema.sql") && said.err.contains("permission denied"),
        "not named",
    );
    said.check(said.err.contains("hidden"), "the folder is not named");
    let imported = run(folder.path(), &["import", "schema.sql", "--dry-run"]);
    imported.check(imported.code != 0 && imported.err.contains("permission denied"), "import");
    fs::set_permissions(folder.path().join("hidden"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn links_lead_neither_in_circles_nor_out() {
    let outside = folder(&[
        ("secret.yml", b"services:\n  leaked:\n    image: leaked:latest\n"),
        ("leaked.hcl", b"system Leaked { edition = \"2026\" }\nconstraints { team = 4 }\n"),
        ("leaked.sql", b"CREATE TABLE leaked (id int);"),
        ("leaked.env", b"LEAKED_PASSWORD=hunter2leaked\n"),
    ]);
    let compose =
        COMPOSE.replace("image: nginx:latest", "image: nginx:latest\n    env_file: [leaked.env]");
    let folder = folder(&[("compose.yml", compose.as_bytes())]);
    let link = |to: &Path, name: &str| symlink(to, folder.path().join(name)).unwrap();
    link(folder.path(), "loop");
    link(Path::new(".."), "up");
    link(Path::new("self.yml"), "self.yml");
    link(Path::new("b.yml"), "a.yml");
    link(Path::new("a.yml"), "b.yml");
    link(outside.path(), "elsewhere");
    for (from, to) in [
        ("secret.yml", "docker-compose.override.yml"),
        ("leaked.hcl", "architrave.hcl"),
        ("leaked.sql", "leaked.sql"),
        ("leaked.env", "leaked.env"),
        ("leaked.env", ".env"),
    ] {
        link(&outside.path().join(from), to);
    }
    let said = reviewed(folder.path());
    said.check(
        !said.out.to_lowercase().contains("leaked`") && !said.out.contains("hunter2"),
        "it was followed",
    );
    said.check(said.err.contains("docker-compose.override.yml is a symbolic link"), "not named");
    let imported = run(folder.path(), &["import", ".", "--dry-run"]);
    imported.check(!imported.out.contains("Leaked") && imported.code != 0, "import followed");
    link(&outside.path().join("leaked.hcl"), "architrave-waivers.hcl");
    let said = run(folder.path(), &["review", "."]);
    said.check(said.code == 3 && said.err.contains("leads out of"), "waivers from elsewhere");
}

#[test]
fn a_blueprint_is_not_continued_elsewhere_and_answers_are_not_written_there() {
    let outside = folder(&[("more.hcl", b"context leaked { }\n")]);
    let folder =
        folder(&[("a.hcl", b"system A { edition = \"2026\" }\n"), ("kept/b.hcl", b"# b\n")]);
    symlink("kept/b.hcl", folder.path().join("b.hcl")).unwrap();
    run(folder.path(), &["check", "."]).check_code(0);
    symlink(outside.path().join("more.hcl"), folder.path().join("c.hcl")).unwrap();
    for command in ["check", "plan"] {
        let said = run(folder.path(), &[command, "."]);
        said.check(said.code == 3 && said.err.contains("c.hcl leads out of"), command);
    }
    let system = tempfile::tempdir().unwrap();
    fs::set_permissions(system.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::write(system.path().join("compose.yml"), COMPOSE).unwrap();
    let target = outside.path().join("written");
    symlink(&target, system.path().join("architrave.hcl")).unwrap();
    let said = run(system.path(), &["questions", ".", "--answer", "team=4"]);
    said.check(said.code == 3 && !target.exists(), "written elsewhere");
}

#[test]
fn a_hundred_thousand_files_are_not_all_read() {
    let folder = folder(&[("compose.yml", COMPOSE.as_bytes())]);
    for group in 0..100 {
        let group = folder.path().join(format!("g{group:03}"));
        fs::create_dir(&group).unwrap();
        for number in 0..1_000 {
            fs::write(group.join(format!("f{number:03}.yml")), "a: 1\n").unwrap();
        }
    }
    let said = reviewed(folder.path());
    said.check(said.err.contains("beyond the first 5000 files"), "not said");
    said.check(said.err.len() < 10_000, "said again and again");
}

#[test]
fn files_of_a_gigabyte_are_left_out() {
    let folder = folder(&[("compose.yml", COMPOSE.as_bytes())]);
    for name in ["dump.sql", "big.yaml", "openapi.json", ".env", "Dockerfile", "big.db"] {
        let file = fs::File::create(folder.path().join(name)).unwrap();
        if name == "big.db" {
            use std::io::Write as _;
            (&file).write_all(b"SQLite format 3\0").unwrap();
        }
        file.set_len(1 << 30).unwrap();
    }
    let said = reviewed(folder.path());
    for name in ["dump.sql", "big.yaml", "openapi.json", "Dockerfile"] {
        said.check(said.err.contains(&format!("{name} is larger than 8 MB")), name);
    }
    for name in ["dump.sql", "openapi.json", "big.db"] {
        let said = run(folder.path(), &["import", name, "--dry-run"]);
        said.check(said.code != 0 && said.out.is_empty(), name);
    }
}

#[test]
fn wrong_encodings_are_findings() {
    let utf16 = |text: &str, with_mark: bool| -> Vec<u8> {
        let mark = with_mark.then_some(0xFEFF);
        mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let utf32: Vec<u8> = COMPOSE.chars().flat_map(|it| (it as u32).to_be_bytes()).collect();
    let program = fs::read(env!("CARGO_BIN_EXE_architrave")).unwrap();
    let latin = b"CREATE TABLE caf\xe9 (id int PRIMARY KEY, gr\xf6\xdfe text);\n";
    let folder = folder(&[
        ("compose.yml", COMPOSE.as_bytes()),
        ("wide/schema.sql", &utf16("CREATE TABLE wide (id int PRIMARY KEY);", true)),
        ("bare/schema.sql", &utf16("CREATE TABLE bare (id int PRIMARY KEY);", false)),
        ("four/docker-compose.yml", &utf32),
        ("latin/schema.sql", latin),
        ("odd/openapi.json", b"\xff\xfe{\x00\"\x00o"),
        ("marked/docker-compose.yml", &[b"\xef\xbb\xbf", COMPOSE.as_bytes()].concat()),
        ("binary/manifest.yaml", program.get(..65_536).unwrap()),
        ("bytes/.env", b"A=\xff\xff\xff\n\x80PASSWORD=\xc0\xaf\n"),
        ("bytes/docker-compose.yml", b"services:\n  \xffweb:\n    image: \xc3\x28\n"),
        ("needs.hcl", b"system Caf\xe9 { edition = \"2026\" }\n"),
    ]);
    let said = reviewed(folder.path());
    for name in ["bare/schema.sql", "four/docker-compose.yml", "binary/manifest.yaml"] {
        said.check(said.err.contains(&format!("{name} is not a text")), name);
    }
    for (name, table) in [("wide/schema.sql", "Wide"), ("latin/schema.sql", "Caf")] {
        let said = run(folder.path(), &["import", name, "--dry-run"]);
        said.check(said.code == 0 && said.out.contains(&format!("entity {table}")), name);
    }
    for name in ["bare/schema.sql", "odd/openapi.json", "binary/manifest.yaml"] {
        let said = run(folder.path(), &["import", name, "--dry-run"]);
        said.check(said.code != 0 && said.out.is_empty(), name);
    }
}

#[test]
fn texts_that_grow_or_nest_are_cut() {
    let bomb: String = std::iter::once("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned())
        .chain((1..30).map(|it| {
            let before = vec![format!("*a{}", it - 1); 10].join(",");
            format!("a{it}: &a{it} [{before}]\n")
        }))
        .collect();
    let folder = folder(&[
        ("compose.yml", COMPOSE.as_bytes()),
        (
            "bomb/docker-compose.yml",
            format!("{bomb}services:\n  web: {{ image: *a29 }}\n").as_bytes(),
        ),
        (
            "deep/openapi.json",
            format!("{{\"openapi\":\"3.0.0\",\"paths\":{}", "[".repeat(1_000_000)).as_bytes(),
        ),
        (
            "deep/manifest.yaml",
            format!("apiVersion: v1\nkind: Pod\nspec: {}", "{a: ".repeat(200_000)).as_bytes(),
        ),
        (
            "deep/schema.sql",
            format!("CREATE TABLE t (id int DEFAULT {});", "(".repeat(500_000)).as_bytes(),
        ),
        ("deep/needs.hcl", format!("system A {{ edition = {}", "[".repeat(500_000)).as_bytes()),
    ]);
    let said = reviewed(folder.path());
    said.check(said.err.contains("bomb") || said.out.contains("bomb"), "the bomb is not named");
    for name in ["deep/openapi.json", "deep/schema.sql", "bomb/docker-compose.yml"] {
        run(folder.path(), &["import", name, "--dry-run"]);
    }
    for name in ["deep/needs.hcl"] {
        for command in ["review", "check", "questions"] {
            let said = run(folder.path(), &[command, name]);
            said.check(said.code != 0, name);
        }
    }
}
