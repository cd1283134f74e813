//! What a restart, a second process, a foreign file, a put-back database and a full queue meet.

use std::sync::Arc;

use crate::support::{
    Bench, Script, settings,
    shop::{SHOP, plan},
    text,
};
use architrave_engine::ports::{Change, Clock, Need};
use architrave_store::{SqliteStore, Vault, verify};
use uuid::Uuid;

fn shop(bench: &Bench, number: u128) -> architrave_engine::ports::Written {
    let row = bench.row(
        SHOP,
        Uuid::from_u128(number),
        None,
        &[("domain", text(&format!("{number}.example")))],
    );
    bench.put(None, SHOP, row)
}

#[test]
fn a_restart_finds_everything_and_keeps_the_epoch() {
    let mut bench = Bench::new(plan());
    let before = shop(&bench, 1).position.unwrap();
    bench.open().unwrap();
    let status = bench.store().status();
    assert!(status.is_ready);
    assert_eq!(status.position.map(|it| (it.epoch, it.seq)), Some((before.epoch, before.seq)));
    let after = shop(&bench, 2).position.unwrap();
    assert_eq!((after.epoch, after.seq), (before.epoch, before.seq + 1));
}

#[test]
fn a_database_that_was_put_back_starts_a_new_epoch() {
    let mut bench = Bench::new(plan());
    let first = shop(&bench, 1).position.unwrap();
    bench.store = None;
    let file = bench.data().join("architrave.sqlite");
    let copy = std::fs::read(&file).unwrap();
    bench.open().unwrap();
    shop(&bench, 2);
    bench.store = None;
    std::fs::write(&file, copy).unwrap();
    bench.open().unwrap();
    let again = shop(&bench, 3).position.unwrap();
    assert_ne!(again.epoch, first.epoch);
    bench.store = None;
    std::fs::remove_file(bench.data().join("store.mark")).unwrap();
    bench.open().unwrap();
    assert_ne!(shop(&bench, 4).position.unwrap().epoch, again.epoch);
}

#[test]
fn what_is_not_ours_is_refused_in_words_and_left_alone() {
    let mut bench = Bench::new(plan());
    let clock = || Arc::clone(&bench.clock) as Arc<dyn Clock>;
    let open = |vault: &Arc<Vault>| {
        SqliteStore::open(
            &bench.data(),
            Arc::clone(&bench.plan),
            Arc::clone(vault),
            clock(),
            settings(),
        )
        .map(|_| ())
    };
    let fault = open(&bench.vault).unwrap_err();
    assert!(fault.what.contains("in use by another process"), "{fault}");
    let other = Arc::new(Vault::create(&bench.folder.join("other")).unwrap());
    let file = bench.data().join("architrave.sqlite");
    bench.store = None;
    let open = |bench: &Bench, vault: &Arc<Vault>| {
        let clock = Arc::clone(&bench.clock) as Arc<dyn Clock>;
        SqliteStore::open(
            &bench.data(),
            Arc::clone(&bench.plan),
            Arc::clone(vault),
            clock,
            settings(),
        )
        .map(|_| ())
    };
    let fault = open(&bench, &other).unwrap_err();
    assert!(fault.what.contains("not the one this data was encrypted with"), "{fault}");
    let check = |sql: &str, expected: &str| {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        for fault in
            [open(&bench, &bench.vault).unwrap_err(), architrave_store::verify(&file).unwrap_err()]
        {
            assert!(fault.what.contains(expected) && !fault.help.is_empty(), "{fault}");
        }
    };
    check("PRAGMA user_version = 99", "newer Architrave");
    check("PRAGMA user_version = 1; PRAGMA application_id = 5", "another program");
    std::fs::write(
        &file,
        "not a database at all, but long enough to be looked at as if it were one",
    )
    .unwrap();
    let fault = open(&bench, &bench.vault).unwrap_err();
    assert!(!fault.help.is_empty(), "{fault}");
}

#[test]
fn a_full_queue_refuses_at_once_and_for_a_while_only() {
    let bench = Bench::new(plan());
    let (entered, entering) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let test_plan = Arc::clone(&bench.plan);
    let blocking = Script::deciding(None, Vec::new(), move |_, _| {
        entered.send(()).unwrap();
        released.recv().unwrap();
        crate::support::outcome(&test_plan, Vec::new(), &[])
    });
    let first = bench.store().write(Box::new(blocking));
    entering.recv().unwrap();
    let script = || Box::new(Script::new(&bench.plan, None, Vec::new()));
    let waiting: Vec<_> =
        (0..settings().queue_length_max).map(|_| bench.store().write(script())).collect();
    assert_eq!(bench.store().status().queue_length, settings().queue_length_max as u64);
    let fault = bench.runtime.block_on(bench.store().write(script())).unwrap_err();
    assert!(fault.is_transient && !fault.is_outcome_unknown, "{fault}");
    release.send(()).unwrap();
    bench.runtime.block_on(first).unwrap();
    for write in waiting {
        bench.runtime.block_on(write).unwrap();
    }
    assert_eq!(bench.store().status().queue_length, 0);
    assert!(bench.store().status().batch_sizes[8] > 0);
}

const CHILD_FOLDER: &str = "ARCHITRAVE_TEST_CHILD_FOLDER";

/// Not a test of its own: the process that the next one kills. It writes and says what was acknowledged.
#[test]
fn child_that_is_killed() {
    use std::io::Write;
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let bench = Bench::at(std::path::Path::new(&folder), plan()).unwrap();
    let start = bench.store().status().position.unwrap().seq;
    for number in 1.. {
        let writes: Vec<_> = (0..4_u64)
            .map(|it| {
                let id = u128::from(start * 1_000_000 + number * 4 + it);
                let row = bench.row(
                    SHOP,
                    Uuid::from_u128(id),
                    None,
                    &[("domain", text(&format!("{id}.example")))],
                );
                let changes = vec![Change::Insert { entity: SHOP, row }];
                (id, bench.store().write(Box::new(Script::new(&bench.plan, None, changes))))
            })
            .collect();
        for (id, write) in writes {
            bench.runtime.block_on(write).unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "acknowledged {id}").unwrap();
            out.flush().unwrap();
        }
    }
}

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    use std::io::BufRead;
    let folder = tempfile::tempdir().unwrap();
    drop(Bench::at(folder.path(), plan()).unwrap());
    let mut acknowledged = Vec::new();
    for round in 1..=4_usize {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "durable::child_that_is_killed", "--nocapture"])
            .env(CHILD_FOLDER, folder.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let ids = lines.map_while(Result::ok).filter_map(|it| {
            let (_, id) = it.split_once("acknowledged ")?;
            id.parse::<u128>().ok()
        });
        acknowledged.extend(ids.take(10 * round));
        assert!(acknowledged.len() >= 10 * round, "the child ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        let bench = Bench::at(folder.path(), plan()).unwrap();
        let needs: Vec<Need> =
            acknowledged.iter().map(|it| Need::Row(SHOP, Uuid::from_u128(*it))).collect();
        let rows = bench.load(None, &needs);
        assert!(rows.rows.values().all(Option::is_some), "an acknowledged write is gone");
        let verified = verify(&bench.data().join("architrave.sqlite")).unwrap();
        assert_eq!(verified.differences, Vec::<String>::new());
        assert_eq!(verified.rows, verified.transactions);
    }
}
