//! A full disk: writes are refused, reads go on, and writing comes back by itself.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::support::{
    Bench, Script, settings,
    shop::{SHOP, plan},
    text,
};
use architrave_engine::{
    Fault,
    ports::{Change, Need, Written},
};
use architrave_store::{SqliteSettings, Volume, verify};
use uuid::Uuid;

fn write(bench: &Bench, number: u128, padding: usize) -> Result<Written, Fault> {
    let domain = text(&format!("{number}{}.example", "x".repeat(padding)));
    let row = bench.row(SHOP, Uuid::from_u128(number), None, &[("domain", domain)]);
    bench.write(Script::new(&bench.plan, None, vec![Change::Insert { entity: SHOP, row }]))
}

#[test]
fn writing_stops_before_the_disk_is_full_and_comes_back_without_a_restart() {
    let free = Arc::new(AtomicU64::new(1 << 40));
    let told = Arc::new(Mutex::new(Vec::new()));
    let (measured, heard) = (free.clone(), told.clone());
    let settings = SqliteSettings {
        measure: Arc::new(move |_| {
            Some(Volume { free_bytes: measured.load(Relaxed), total_bytes: 1 << 40 })
        }),
        on_health: Arc::new(move |fault: Option<&Fault>| {
            heard.lock().unwrap().push(fault.map(ToString::to_string));
        }),
        ..settings()
    };
    let mut bench = Bench::new(plan());
    bench.open_with(settings).unwrap();
    write(&bench, 1, 0).unwrap();
    free.store(1 << 20, Relaxed);
    for _ in 0..3 {
        let fault = write(&bench, 2, 0).unwrap_err();
        assert!(
            fault.is_storage_full && fault.is_transient && !fault.is_outcome_unknown,
            "{fault}"
        );
    }
    let status = bench.store().status();
    assert!(!status.is_ready && status.is_storage_full, "{status:?}");
    let key = (SHOP, Uuid::from_u128(1));
    assert!(bench.load(None, &[Need::Row(key.0, key.1)]).rows[&key].is_some());
    free.store(1 << 40, Relaxed);
    while write(&bench, 2, 0).is_err() {
        std::thread::yield_now();
    }
    assert!(bench.store().status().is_ready);
    let told = told.lock().unwrap();
    assert!(
        matches!(told.as_slice(), [Some(why), None] if why.contains("nearly full")),
        "{told:?}"
    );
}

#[test]
fn a_quota_that_is_reached_refuses_writes_and_leaves_reads() {
    // SQLite says so in the middle of a statement.
    let settings = SqliteSettings { database_bytes_max: Some(400 << 10), ..settings() };
    let mut bench = Bench::new(plan());
    bench.open_with(settings).unwrap();
    let mut refused = None;
    for number in 1..10_000 {
        if let Err(fault) = write(&bench, number, 2_000) {
            refused = Some((number, fault));
            break;
        }
    }
    let (number, fault) = refused.unwrap();
    assert!(
        fault.is_storage_full && !fault.is_outcome_unknown && fault.help.contains("make room"),
        "{fault}"
    );
    let status = bench.store().status();
    assert!(!status.is_ready && status.is_storage_full, "{status:?}");
    let key = |number| (SHOP, Uuid::from_u128(number));
    let needs = [number - 1, number].map(|it| Need::Row(SHOP, key(it).1));
    let rows = bench.load(None, &needs).rows;
    assert!(rows[&key(number - 1)].is_some() && rows[&key(number)].is_none());
    bench.open().unwrap();
    write(&bench, number, 0).unwrap();
    assert!(bench.store().status().is_ready);
    let verified = verify(&bench.data().join("architrave.sqlite")).unwrap();
    assert_eq!(verified.differences, Vec::<String>::new());
}
