//! Whatever happens, the folder holds the old set or the new one, and a person's work is still there.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::{Differences, Files, MANIFEST_NAME, Target, write};

/// A folder for documents beside a blueprint.
struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("blueprint")).unwrap();
        Self { home }
    }

    fn out(&self) -> PathBuf {
        self.home.path().join("docs")
    }

    fn open(&self, takes_over: bool) -> Result<Target, String> {
        let blueprint = self.home.path().join("blueprint");
        Target::open(&self.out(), &blueprint, takes_over).map_err(|it| it.what)
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.out().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn differences(&self, files: &Files) -> Differences {
        let target = self.open(true).unwrap();
        Differences::between(&target.path, &target.present, files).unwrap()
    }

    /// Writes, and stops after so many steps as a process does that is killed: nothing is tidied up.
    fn write(&self, files: &Files, steps_max: usize) -> (usize, io::Result<()>) {
        let target = self.open(true).unwrap();
        let differences = Differences::between(&target.path, &target.present, files).unwrap();
        let mut steps = 0;
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut after = |_| {
                assert!(steps < steps_max, "killed");
                steps += 1;
                Ok(())
            };
            write(&target, files, &differences, &mut after).unwrap();
        }));
        (steps, written.map_err(|_| io::Error::other("killed")))
    }

    /// Everything in the folder but the manifest.
    fn read(&self) -> Files {
        let mut found = Files::new();
        read(&self.out(), "", &mut found);
        found.remove(MANIFEST_NAME);
        found
    }
}

fn read(folder: &Path, below: &str, found: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{path}/"), found);
        } else {
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

fn set(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn old() -> Files {
    set(&[
        ("README.md", "old"),
        ("data/erd.md", "old"),
        ("data/gone.md", "old"),
        ("same.md", "same"),
    ])
}

fn new() -> Files {
    set(&[
        ("README.md", "new"),
        ("data/erd.md", "new"),
        ("quality/risks.md", "new"),
        ("same.md", "same"),
    ])
}

#[test]
fn a_set_takes_the_place_of_another_and_what_others_put_there_stays() {
    let place = Place::new();
    place.write(&old(), usize::MAX).1.unwrap();
    place.put("notes/mine.md", "mine");
    let differences = place.differences(&new());
    assert_eq!(
        differences.lines(),
        [
            "missing: quality/risks.md",
            "outdated: README.md",
            "outdated: data/erd.md",
            "no longer generated: data/gone.md"
        ]
    );
    place.write(&new(), usize::MAX).1.unwrap();
    let mut expected = new();
    expected.insert("notes/mine.md".to_owned(), b"mine".to_vec());
    assert_eq!(place.read(), expected);
    assert!(place.differences(&new()).is_none());
}

#[test]
fn whenever_it_is_killed_the_folder_holds_the_old_set_or_the_new_one() {
    let count = {
        let place = Place::new();
        place.write(&old(), usize::MAX).1.unwrap();
        place.put("mine.md", "mine");
        place.write(&new(), usize::MAX).0
    };
    assert!(count > 5, "there is something to be killed in");
    let with_mine = |mut files: Files| {
        files.insert("mine.md".to_owned(), b"mine".to_vec());
        files
    };
    for steps in 0..count {
        let place = Place::new();
        place.write(&old(), usize::MAX).1.unwrap();
        place.put("mine.md", "mine");
        assert!(place.write(&new(), steps).1.is_err());
        let found = place.read();
        assert!(found == with_mine(old()) || found == with_mine(new()), "after {steps}: {found:?}");
        place.write(&new(), usize::MAX).1.unwrap();
        assert_eq!(place.read(), with_mine(new()), "after {steps}");
        let left: Vec<_> = fs::read_dir(place.home.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "nothing is left beside the folder");
    }
}

#[test]
fn a_set_that_was_put_aside_when_the_process_ended_is_put_back() {
    let place = Place::new();
    place.write(&old(), usize::MAX).1.unwrap();
    // What a file system that cannot exchange two folders may be left with.
    fs::rename(place.out(), place.home.path().join(".docs.architrave-previous")).unwrap();
    assert!(place.differences(&old()).is_none());
    assert_eq!(place.read(), old());
}

#[test]
fn what_was_edited_is_noticed_and_kept_beside_when_it_is_overwritten() {
    let place = Place::new();
    place.write(&old(), usize::MAX).1.unwrap();
    place.put("README.md", "by hand");
    place.put("README.md.edited", "by hand, earlier");
    place.put("data/gone.md", "by hand");
    place.put("quality/risks.md", "there before");
    place.put("same.md", "same");
    let expected = ["README.md", "data/gone.md", "quality/risks.md"];
    assert_eq!(place.differences(&new()).edited, expected);
    place.write(&new(), usize::MAX).1.unwrap();
    let mut kept = new();
    for (path, text) in [
        ("README.md.edited", "by hand, earlier"),
        ("README.md.edited-2", "by hand"),
        ("data/gone.md.edited", "by hand"),
        ("quality/risks.md.edited", "there before"),
    ] {
        kept.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    assert_eq!(place.read(), kept);
}

#[test]
fn a_folder_where_a_document_belongs_and_a_file_where_a_folder_does_are_kept() {
    let place = Place::new();
    place.write(&set(&[("a.md", "a")]), usize::MAX).1.unwrap();
    place.put("quality", "a file");
    place.put("README.md/inside.txt", "in a folder");
    assert_eq!(place.differences(&new()).edited, ["README.md", "quality"]);
    place.write(&new(), usize::MAX).1.unwrap();
    let found = place.read();
    assert_eq!(found.get("quality.edited").unwrap(), b"a file");
    assert_eq!(found.get("README.md.edited/inside.txt").unwrap(), b"in a folder");
    assert_eq!(found.get("README.md").unwrap(), b"new");
}

#[test]
fn folders_that_are_not_ours_are_refused() {
    let place = Place::new();
    fs::write(place.home.path().join("file"), "").unwrap();
    let refusal = |out: &str, takes_over| {
        let blueprint = place.home.path().join("blueprint");
        let opened = Target::open(&place.home.path().join(out), &blueprint, takes_over);
        opened.map_or_else(
            |it| it.what.rsplit('/').next().unwrap().to_owned(),
            |_| "taken".to_owned(),
        )
    };
    assert_eq!(refusal("file", true), "file is a file");
    assert_eq!(refusal("blueprint", true), "blueprint holds the blueprint");
    assert!(refusal(".", true).ends_with("holds the blueprint"));
    assert_eq!(refusal("not-there-yet/docs", false), "taken");
    fs::create_dir(place.out()).unwrap();
    assert_eq!(refusal("docs", false), "taken");
    place.put("letter.txt", "mine");
    assert_eq!(refusal("docs", false), "docs holds files that are not generated documents");
    assert_eq!(refusal("docs", true), "taken");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(place.out(), place.home.path().join("link")).unwrap();
        assert_eq!(refusal("link", true), "link is a link");
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_are_kept_and_never_followed() {
    let place = Place::new();
    let elsewhere = place.home.path().join("blueprint");
    fs::write(elsewhere.join("erd.md"), "not ours").unwrap();
    place.write(&set(&[("a.md", "a")]), usize::MAX).1.unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.out().join("data")).unwrap();
    std::os::unix::fs::symlink("nowhere", place.out().join("broken")).unwrap();
    place.write(&new(), usize::MAX).1.unwrap();
    assert_eq!(fs::read_to_string(elsewhere.join("erd.md")).unwrap(), "not ours");
    assert_eq!(fs::read_link(place.out().join("data.edited")).unwrap(), elsewhere);
    assert_eq!(fs::read_link(place.out().join("broken")).unwrap(), Path::new("nowhere"));
    assert_eq!(fs::read_to_string(place.out().join("data/erd.md")).unwrap(), "new");
}

/// Sets over a few paths, so that they meet.
fn any_set() -> impl Strategy<Value = Files> {
    let path = prop::sample::select(vec!["a.md", "b/c.md", "b/d.md", "e/f/g.md", "h.json"]);
    let text = prop::sample::select(vec!["", "one", "two"]);
    let files = prop::collection::btree_map(path, text, 0..5);
    files.prop_map(|it: BTreeMap<&str, &str>| {
        it.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_set_follows_any_other_whatever_a_person_did_and_nothing_of_theirs_is_lost(
        before in any_set(),
        after in any_set(),
        edits in any_set(),
        steps in 0..20_usize,
    ) {
        let place = Place::new();
        place.write(&before, usize::MAX).1.unwrap();
        for (path, bytes) in &edits {
            place.put(path, std::str::from_utf8(bytes).unwrap());
        }
        let was = place.read();
        let (_, ended) = place.write(&after, steps);
        let found = place.read();
        prop_assert!(ended.is_ok() || found == was || after.iter().all(|(path, it)| found.get(path) == Some(it)));
        place.write(&after, usize::MAX).1.unwrap();
        let found = place.read();
        prop_assert!(after.iter().all(|(path, it)| found.get(path) == Some(it)));
        // What was typed is in some file still, unless it says what was generated before or is generated now.
        for (path, bytes) in &edits {
            let is_generated = before.get(path) == Some(bytes);
            prop_assert!(is_generated || found.values().any(|it| it == bytes), "{path}");
        }
    }
}
