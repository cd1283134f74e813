//! Systems of others, read from their files: each folder in `systems` holds files in the manner of a real
//! project and `expected.txt`, what is known of them. `UPDATE_GOLDEN=1` writes the latter anew.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its own files must fail"
)]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use architrave_import::{Import, read};
use architrave_model::{SourceFile, graph::dump};

fn systems() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systems");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).collect();
    folders.sort();
    folders
}

fn files(root: &Path, folder: &Path, found: &mut Vec<SourceFile>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(root, &path, found);
        } else if path.file_name().unwrap() != "expected.txt" {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.push(SourceFile { name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

fn shown(import: &Import, files: &[SourceFile]) -> String {
    let mut out = String::new();
    for (position, kind) in &import.recognised {
        let _ = writeln!(out, "{} is {kind}", files[*position as usize].name);
    }
    for finding in &import.findings {
        let span = finding.span();
        let file = &files[span.file.0 as usize];
        let line = file.text[..span.start as usize].matches('\n').count() + 1;
        let _ = writeln!(out, "{} {}:{line} {}", finding.code.0, file.name, finding.title);
    }
    out.push('\n');
    out.push_str(&dump(&import.graph, files));
    out
}

#[test]
fn systems_are_known_as_far_as_their_files_tell() {
    for folder in systems() {
        let mut given = Vec::new();
        files(&folder, &folder, &mut given);
        let shown = shown(&read(&given, 20_000), &given);
        let path = folder.join("expected.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &shown).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(shown == expected, "{} is read differently:\n{shown}", folder.display());
    }
}

#[test]
fn reading_twice_finds_the_same() {
    for folder in systems() {
        let mut given = Vec::new();
        files(&folder, &folder, &mut given);
        assert_eq!(shown(&read(&given, 0), &given), shown(&read(&given, 0), &given));
    }
}

#[test]
fn ids_are_unique() {
    for folder in systems() {
        let mut given = Vec::new();
        files(&folder, &folder, &mut given);
        let graph = read(&given, 0).graph;
        let services = graph.services.iter().map(|it| &it.node.id);
        let stores = graph.stores.iter().map(|it| &it.node.id);
        let edges = graph.edges.iter().map(|it| &it.node.id);
        let images = graph.images.iter().map(|it| &it.node.id);
        let secrets = graph.literal_secrets.iter().map(|it| &it.node.id);
        let manifests = graph.manifests.iter().map(|it| &it.node.id);
        let mut ids: Vec<&String> = services
            .chain(stores)
            .chain(edges)
            .chain(images)
            .chain(secrets)
            .chain(manifests)
            .collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{}", folder.display());
    }
}

/// Files are cut off, joined and shuffled byte by byte: reading goes on, and every place is a place.
#[test]
fn damaged_files_are_read_without_panic() {
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % bound.max(1) as u64) as usize
    };
    for folder in systems() {
        let mut given = Vec::new();
        files(&folder, &folder, &mut given);
        for _ in 0..40 {
            let mut damaged = given.clone();
            for file in &mut damaged {
                let mut bytes = file.text.clone().into_bytes();
                for _ in 0..1 + next(4) {
                    let at = next(bytes.len());
                    match next(4) {
                        0 => bytes.truncate(at),
                        1 if at < bytes.len() => bytes[at] = b" :-{[\"'&*$\n\t#"[next(13)],
                        2 => bytes.splice(at..at, *b"\n  - {a: ").for_each(drop),
                        _ => {
                            let end = (at + next(60)).min(bytes.len());
                            bytes.drain(at.min(end)..end);
                        }
                    }
                }
                file.text = String::from_utf8_lossy(&bytes).into_owned();
            }
            let _ = shown(&read(&damaged, 0), &damaged);
        }
    }
}
