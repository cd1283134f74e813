//! The database under test, where it is PostgreSQL: a cluster of its own, the CPU time of all its processes, and
//! `pgbench` with the rival's statements.

use std::{fs, process::Command, time::Duration};

use super::load::{Measured, Workload};
use crate::{postgres::Cluster, shell::Outcome};

/// Ticks of `/proc/PID/stat`: 100 a second on every Linux (`USER_HZ`).
const TICK_US: u64 = 10_000;
/// Connections of `pgbench`: as many as the rival's pool has.
const CLIENTS: u32 = 16;

/// A cluster with a database for each contender, as PostgreSQL comes: durable commits, 128 MB of buffers.
pub(super) struct Database {
    cluster: Cluster,
}

impl Database {
    pub(super) fn start() -> Outcome<Self> {
        let database = Self { cluster: Cluster::start()? };
        for name in ["ours", "rival"] {
            database.cluster.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        }
        Ok(database)
    }

    /// Where a database is.
    pub(super) fn address(&self, name: &str) -> String {
        self.cluster.address().replace("/postgres?", &format!("/{name}?"))
    }

    /// User and system time of all processes of the cluster so far, ended ones included.
    pub(super) fn cpu_us(&self) -> Outcome<u64> {
        let postmaster = self.cluster.process();
        let mut ticks = 0;
        let all = fs::read_dir("/proc").map_err(|error| error.to_string())?;
        for process in all.flatten().filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok()) {
            // Fields behind the name, which may hold spaces: state, parent, …; 12 to 15 are utime, stime, and
            // those of children that ended.
            let Ok(text) = fs::read_to_string(format!("/proc/{process}/stat")) else { continue };
            let behind = text.rsplit_once(')').map_or("", |it| it.1);
            let fields: Vec<&str> = behind.split_whitespace().collect();
            let field =
                |at: usize| fields.get(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
            if process == postmaster {
                ticks += field(11) + field(12) + field(13) + field(14);
            } else if field(1) == u64::from(postmaster) {
                ticks += field(11) + field(12);
            }
        }
        Ok(ticks * TICK_US)
    }

    /// Numbers the rival's products, so that `pgbench` can pick some.
    pub(super) fn number(&self) -> Outcome {
        self.cluster.sql(
            "rival",
            "create table picked as select row_number() over (order by id) as n, id, category, \
             split_part(name, ' ', 2) || ' ' || split_part(name, ' ', 3) as words from product; \
             create unique index picked_n on picked(n); vacuum analyze",
        )
    }

    /// The rival's statements of a workload, sent by `pgbench`: what the database alone costs, and next to nothing else.
    pub(super) fn pgbench(
        &self,
        workload: &Workload,
        products: u64,
        seconds: u64,
    ) -> Outcome<Measured> {
        let script = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let text = format!("\\set n random(1, {products})\n{}", statements(workload.name));
        fs::write(script.path(), text).map_err(|error| error.to_string())?;
        let before = self.cpu_us()?;
        let output = Command::new(self.cluster.program("pgbench")?)
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
            .arg(format!("--client={CLIENTS}"))
            .arg(format!("--time={seconds}"))
            .arg("--file")
            .arg(script.path())
            .arg(self.address("rival"))
            .output()
            .map_err(|error| format!("cannot run pgbench: {error}"))?;
        let cpu_us = self.cpu_us()?.saturating_sub(before);
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(format!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let number = |label: &str| {
            let line = said.lines().find_map(|it| it.strip_prefix(label))?;
            line.trim().split([' ', '/']).next()?.parse::<f64>().ok()
        };
        let requests = number("number of transactions actually processed:");
        let average_ms = number("latency average =").unwrap_or(0.0);
        Ok(Measured {
            requests: requests.ok_or("pgbench says no number of transactions")? as u64,
            elapsed: Duration::from_secs(seconds),
            p50_us: (average_ms * 1_000.0) as u32,
            cpu_us,
            ..Measured::default()
        })
    }
}

/// The rival's statements (`benches/rival/src/postgres.rs`), with values that are picked by number.
fn statements(workload: &str) -> &'static str {
    match workload {
        "R1" => {
            "select id, sku, name, description, category, price, cost, stock, images, published, version, created_at, \
             updated_at from product where id = (select id from picked where n = :n);"
        }
        "R2" => {
            "select id, sku, name, description, category, price, cost, stock, images, published, version, created_at, \
             updated_at from product where category = (select category from picked where n = :n) and published \
             order by created_at desc, id desc limit 20;"
        }
        "S" => {
            "select id, sku, name, description, category, price, cost, stock, images, published, version, created_at, \
             updated_at from product where words @@ plainto_tsquery('simple', (select words from picked where n = :n)) \
             and published order by id desc limit 20;"
        }
        "W2" => {
            "begin;\n\
             update product set price = :n, updated_at = now(), version = version + 1 \
             where id = (select id from picked where n = :n);\n\
             insert into journal(at, kind, row_id, data) select now(), 'updated', p.id, to_jsonb(p) - 'words' \
             from product p where p.id = (select id from picked where n = :n);\n\
             commit;"
        }
        _ => {
            "begin;\n\
             insert into product(id, sku, name, description, category, price, cost, stock, published, version, created_at, \
             updated_at) select gen_random_uuid(), gen_random_uuid()::text, 'Light Bamboo Lamp ' || :n, \
             'Made for the benchmark.', category, 1990, 950, 0, true, 1, now(), now() from picked where n = :n;\n\
             insert into journal(at, kind, row_id, data) select now(), 'created', p.id, to_jsonb(p) - 'words' \
             from product p where p.id = (select id from picked where n = :n);\n\
             commit;"
        }
    }
}
