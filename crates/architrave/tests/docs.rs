//! `architrave docs` as one meets it: what it writes, what it leaves alone, how it ends.
#![cfg(test)]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use support::program;

const SHOP: &str = "# Sells things.\nsystem Shop {\n  edition = \"2026\"\n}\n\nworkload {\n  peak = \"20/s\"\n}\n\ncontext sales {\n  entity Order {\n    total = money\n\n    access {\n      read   = true\n      create = true\n    }\n  }\n}\n";

/// A folder with a blueprint, and the set as it is written first.
fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("shop.hcl"), SHOP).unwrap();
    check(folder.path(), &[], 0, "read  docs/architecture/");
    folder
}

/// Runs it on the blueprint of a folder.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, expected: &str) -> String {
    let mut command = program();
    command.current_dir(folder).args(["docs", "shop.hcl", "--as-of", "2026-11-21"]);
    let output = command.args(arguments).output().unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(expected), "{arguments:?}: {said}");
    said
}

fn out(folder: &Path) -> PathBuf {
    folder.join("docs/architecture")
}

/// Every file below a folder with its bytes.
fn set(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(set(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

#[test]
fn a_set_that_is_current_is_left_alone_and_passes_the_check() {
    let folder = written();
    let folder = folder.path();
    let before = set(&out(folder));
    assert!(before.len() > 40, "{}", before.len());
    check(folder, &["--check"], 0, "");
    check(folder, &[], 0, "is up to date");
    assert_eq!(set(&out(folder)), before);
}

#[test]
fn the_check_says_what_differs_and_writes_nothing() {
    let folder = written();
    let folder = folder.path();
    fs::write(folder.join("shop.hcl"), SHOP.replace("20/s", "40/s")).unwrap();
    let before = set(&out(folder));
    let said = check(folder, &["--check"], 1, "is not what would be written");
    assert!(said.contains("overview/summary.md"), "{said}");
    assert_eq!(set(&out(folder)), before);
    check(folder, &["--check", "--out", "elsewhere"], 1, "elsewhere is not what would be written");
    assert!(!folder.join("elsewhere").exists());
}

#[test]
fn what_a_person_edited_is_noticed_and_kept() {
    let folder = written();
    let folder = folder.path();
    let page = out(folder).join("overview/summary.md");
    fs::write(&page, "mine").unwrap();
    fs::write(folder.join("shop.hcl"), SHOP.replace("20/s", "40/s")).unwrap();
    let before = set(&out(folder));
    check(folder, &[], 3, "were edited by hand, nothing was written");
    assert_eq!(set(&out(folder)), before);
    let said = check(folder, &["--overwrite"], 0, "kept what was edited by hand");
    assert!(said.contains("overview/summary.md"), "{said}");
    assert_eq!(fs::read_to_string(page.with_extension("md.edited")).unwrap(), "mine");
    assert!(fs::read_to_string(&page).unwrap().contains("40/s"));
    check(folder, &["--check"], 0, "");
}

#[test]
fn a_blueprint_with_errors_leaves_the_old_set_untouched() {
    let folder = written();
    let folder = folder.path();
    let before = set(&out(folder));
    for wrong in ["system {{{", &SHOP.replace("money", "monkey"), ""] {
        fs::write(folder.join("shop.hcl"), wrong).unwrap();
        check(folder, &[], 1, "error");
        check(folder, &["--overwrite"], 1, "error");
        assert_eq!(set(&out(folder)), before);
    }
    fs::remove_file(folder.join("shop.hcl")).unwrap();
    check(folder, &[], 3, "shop.hcl");
    assert_eq!(set(&out(folder)), before);
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("shop.hcl"), SHOP).unwrap();
    fs::create_dir(folder.join("theirs")).unwrap();
    fs::write(folder.join("theirs/README.md"), "not ours").unwrap();
    let before = set(folder);
    check(folder, &["--out", "theirs"], 3, "theirs");
    check(folder, &["--out", "shop.hcl"], 3, "shop.hcl");
    check(folder, &["--out", "."], 3, "");
    check(folder, &["--out", "/proc/nowhere/docs"], 3, "");
    assert_eq!(set(folder), before);
}

/// Killed at any moment, a run leaves the old set or the new one, and the next run goes on.
#[test]
fn killed_while_it_writes_it_leaves_a_whole_set() {
    let folder = written();
    let folder = folder.path();
    let old = set(&out(folder));
    let larger = SHOP.replace("20/s", "40/s");
    // The same again, undisturbed: records that are there are kept as they are.
    let twin = written();
    fs::write(twin.path().join("shop.hcl"), &larger).unwrap();
    check(twin.path(), &[], 0, "wrote");
    let new: Vec<Vec<u8>> = set(&out(twin.path())).into_values().collect();
    fs::write(folder.join("shop.hcl"), &larger).unwrap();
    let is_one = |now: &BTreeMap<PathBuf, Vec<u8>>| {
        *now == old || now.values().cloned().collect::<Vec<_>>() == new
    };
    for wait in 0..12 {
        let mut command = program();
        command.current_dir(folder).args(["docs", "shop.hcl", "--as-of", "2026-11-21"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // As soon as it has begun to write: then later from round to round.
        let aside = || fs::read_dir(folder.join("docs")).unwrap().count() > 1;
        while !aside() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        for _ in 0..wait * 2_000 {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
        let now = set(&out(folder));
        assert!(is_one(&now), "round {wait}: neither the old set nor the new one");
        if now != old {
            break;
        }
    }
    check(folder, &[], 0, "");
    check(folder, &["--check"], 0, "");
    let left = fs::read_dir(folder.join("docs")).unwrap().count();
    assert_eq!(left, 1, "nothing is left beside it");
}

#[test]
fn own_prices_and_lifecycles_are_told_as_such() {
    let folder = written();
    let folder = folder.path();
    fs::write(
        folder.join("prices.txt"),
        "vcpu_hour | 20000 | vCPU and hour | our contract | 2026-11-01\n",
    )
    .unwrap();
    fs::write(
        folder.join("lifecycles.txt"),
        "sqlite | 3 | 2031-01-01 | https://example.com/ours | 2026-11-01\n",
    )
    .unwrap();
    let named = ["--prices", "prices.txt", "--lifecycles", "lifecycles.txt"];
    check(folder, &named, 0, "wrote");
    let cost = fs::read_to_string(out(folder).join("quality/cost.md")).unwrap();
    assert!(cost.contains("our contract"), "{cost}");
    let technology = fs::read_to_string(out(folder).join("structure/technology.md")).unwrap();
    assert!(technology.contains("https://example.com/ours"), "{technology}");
    fs::write(folder.join("prices.txt"), "nonsense\n").unwrap();
    check(folder, &named, 3, "cannot use prices.txt: line 1");
    fs::write(folder.join("lifecycles.txt"), "sqlite | 3\n").unwrap();
    check(folder, &["--lifecycles", "lifecycles.txt"], 3, "cannot use lifecycles.txt: line 1");
}

#[test]
fn records_come_first_and_stay_as_people_left_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("shop.hcl"), SHOP).unwrap();
    let run = |arguments: &[&str]| {
        let output = program().current_dir(folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    run(&["decide", "shop.hcl", "--write", "--as-of", "2026-11-21"]);
    run(&["adr", "accept", "2", "--by", "Ada", "--as-of", "2026-11-21"]);
    let record = out(folder).join("decisions/0002-primary-store.md");
    let accepted = fs::read(&record).unwrap();
    check(folder, &[], 0, "wrote");
    assert_eq!(fs::read(&record).unwrap(), accepted);
    let index = fs::read_to_string(out(folder).join("decisions/README.md")).unwrap();
    assert!(index.contains("accepted by Ada"), "{index}");
    run(&["adr", "accept", "3", "--by", "Ada", "--as-of", "2026-11-21"]);
    check(folder, &[], 0, "wrote");
    check(folder, &["--check"], 0, "");
    run(&["decide", "shop.hcl", "--check", "--as-of", "2026-11-21"]);
    // Another outcome is proposed; the pages say what holds until a person accepts it.
    let promised = format!(
        "{SHOP}\nslo answers {{\n  covers = [sales.Order.read]\n  availability = \"99.99%\"\n  window = \"30d\"\n}}\n"
    );
    fs::write(folder.join("shop.hcl"), promised).unwrap();
    check(folder, &[], 0, "wrote");
    let index = fs::read_to_string(out(folder).join("decisions/README.md")).unwrap();
    let row = index.lines().find(|it| it.contains("D-02 primary store")).unwrap();
    assert!(row.contains("PostgreSQL") && row.contains("proposed; until then [0002]"), "{row}");
}
