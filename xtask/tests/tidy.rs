//! The architecture, checked by plain `cargo test`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Who may import whom, from the ground floor up. The whole architecture is this table.
const LAYERS: &[(&str, &[&str])] = &[
    ("architrave-model", &[]),
    ("architrave-blueprint", &["model"]),
    ("architrave-plan", &["model"]),
    ("architrave-review", &["model", "plan"]),
    ("architrave-projections", &["model", "plan"]),
    ("architrave-engine", &["model", "plan"]),
    ("architrave-store", &["model", "plan", "engine"]),
    ("architrave-server", &["model", "plan", "engine"]),
    ("architrave-drive", &["model", "plan"]),
    ("architrave-import", &["model"]),
    (
        "architrave",
        &[
            "model",
            "blueprint",
            "plan",
            "review",
            "projections",
            "engine",
            "store",
            "server",
            "drive",
            "import",
        ],
    ),
];

/// Third-party crates with a power (network, disk, threads), and the only crates that may hold it.
const POWERS: &[(&str, &[&str])] = &[
    ("axum", &[]),
    ("hyper", &["architrave-server", "architrave-drive"]),
    ("hyper-util", &["architrave-server", "architrave-drive"]),
    ("hyper-rustls", &["architrave-server"]),
    ("socket2", &["architrave-server"]),
    ("rusqlite", &["architrave-store"]),
    ("tokio-postgres", &["architrave-store"]),
    ("tokio-postgres-rustls", &["architrave-store"]),
    ("tokio", &["architrave-store", "architrave-server", "architrave-drive", "architrave"]),
    ("indicatif", &["architrave-drive", "architrave"]),
    ("clap", &["architrave"]),
];

/// Crates that promise "same input, same output": no clock, no environment, no files.
const PURE: &[&str] = &[
    "architrave-model",
    "architrave-blueprint",
    "architrave-plan",
    "architrave-review",
    "architrave-projections",
    "architrave-engine",
    "architrave-import",
];

/// What pure code never says, beside what clippy's lists in `clippy.toml` refuse.
const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::process",
    "std::thread",
    "HashMap",
    "HashSet",
];

/// Longest file; generated tables and tests included.
const FILE_LINES_MAX: usize = 800;

#[test]
fn dependencies_point_down() {
    for (name, allowed) in LAYERS {
        for dependency in dependencies(name) {
            if let Some(local) = dependency.strip_prefix("architrave-") {
                assert!(
                    allowed.contains(&local),
                    "{name} must not import {dependency}: see LAYERS in {}",
                    file!()
                );
            }
            for (power, holders) in POWERS {
                assert!(
                    dependency != *power || holders.contains(name),
                    "{name} must not import {dependency}: only {holders:?} may. See POWERS in {}",
                    file!()
                );
            }
        }
    }
    let listed: BTreeSet<String> = LAYERS.iter().map(|it| it.0.to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(listed, there, "every crate has a line in LAYERS, and every line a crate");
}

#[test]
fn pure_crates_say_so_and_are_so() {
    for name in PURE {
        let source = root().join("crates").join(name).join("src");
        let lib = fs::read_to_string(source.join("lib.rs")).unwrap();
        assert!(
            lib.contains("clippy::disallowed_methods") && lib.contains("clippy::disallowed_types"),
            "{name}/src/lib.rs must switch on the lints of pure crates"
        );
        for path in files(&source).into_iter().filter(|it| is_rust(it)) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
            for line in code.lines().filter(|it| !it.trim_start().starts_with("//")) {
                for word in IMPURE_WORDS {
                    assert!(!line.contains(word), "{}: {word} in a pure crate", shown(&path));
                }
            }
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap_or("");
        assert!(
            first.starts_with("//! ") && first.len() > 12,
            "{} must start with a `//!` sentence",
            shown(&path)
        );
    }
}

#[test]
fn no_file_grows_too_long() {
    for path in rust_files() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(
            lines <= FILE_LINES_MAX,
            "{} has {lines} lines; at most {FILE_LINES_MAX}: split it by idea",
            shown(&path)
        );
    }
}

#[test]
fn no_module_is_declared_inside_a_macro_or_left_out() {
    // `cargo fmt` and this test both find files by `mod` lines; a file without one is dead.
    for path in rust_files() {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let folder = path.parent().unwrap();
        let is_root = ["lib", "main", "mod", "build"].contains(&stem.as_str())
            || ["tests", "benches", "bin", "examples", "fuzz_targets"]
                .contains(&folder.file_name().unwrap().to_str().unwrap());
        if is_root {
            continue;
        }
        let own = folder.file_name().unwrap().to_str().unwrap();
        let parents = [
            folder.join("mod.rs"),
            folder.join("lib.rs"),
            folder.join("main.rs"),
            folder.parent().unwrap().join(format!("{own}.rs")),
        ];
        let declares = |parent: &PathBuf| {
            fs::read_to_string(parent).is_ok_and(|text| {
                text.lines().any(|it| {
                    let line = it.trim();
                    line.strip_suffix(';').is_some_and(|it| {
                        it.ends_with(&format!("mod {stem}")) && !line.starts_with("//")
                    })
                })
            })
        };
        assert!(parents.iter().any(declares), "no `mod {stem};` for {}", shown(&path));
    }
}

#[test]
fn the_architecture_names_only_what_exists_and_every_crate() {
    let path = root().join("ARCHITECTURE.md");
    let Ok(text) = fs::read_to_string(&path) else { panic!("ARCHITECTURE.md is missing") };
    for name in text.split('`').skip(1).step_by(2).filter(|it| is_path(it)) {
        let name = name.split('#').next().unwrap_or(name);
        assert!(root().join(name).exists(), "ARCHITECTURE.md names `{name}`, which does not exist");
    }
    for (name, _) in LAYERS {
        assert!(text.contains(&format!("crates/{name}")), "ARCHITECTURE.md does not name {name}");
    }
}

#[test]
fn every_scenario_is_run() {
    // The runner takes every file of the folder; a file elsewhere or of another kind would be left out.
    for path in files(&root().join("scenarios")) {
        assert!(path.extension().is_some_and(|it| it == "md"), "{} is no story", shown(&path));
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{} starts with its title", shown(&path));
    }
}

#[test]
fn no_test_is_ignored() {
    for path in rust_files() {
        if path.ends_with("xtask/tests/tidy.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("#[ignore"), "{} ignores a test", shown(&path));
    }
}

/// A path into the repository: has a slash, no spaces, no placeholders, and is not an API path.
fn is_path(text: &str) -> bool {
    text.contains('/')
        && !text.starts_with('/')
        && !text.contains([' ', '<', '*', '{', '$', ':', '('])
        && !text.starts_with("application/")
        && !text.starts_with("text/")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn dependencies(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
    let after = text.split("\n[dependencies]").nth(1).unwrap_or("");
    let section = after.split("\n[").next().unwrap_or("");
    let names = section.lines().filter_map(|it| it.split(['.', '=', ' ']).next());
    names.filter(|it| !it.is_empty() && !it.starts_with('#')).map(str::to_owned).collect()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs")
}

fn rust_files() -> Vec<PathBuf> {
    let mut all = files(&root().join("crates"));
    all.extend(files(&root().join("xtask")));
    all.extend(files(&root().join("benches")));
    all.retain(|it| is_rust(it));
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|it| it != "target") {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found
}
