//! `cargo xtask bench`: our server and the hand-written rival on the same machine, with the same rows,
//! in turns, in one run. CPU time of the server's process per request is the figure to trust: requests
//! per second depend on what else the cores do, the load generator included.

mod data;
mod database;
mod generator;
mod load;
pub(crate) mod process;
mod report;
mod review;
mod start;

use std::{path::Path, sync::Arc};

use crate::shell::{Outcome, cargo, names, number, root};
use data::Data;
use database::Database;
use load::{Load, Measured, WORKLOADS, Workload};
use process::{Server, binary};

/// Connections that each send one request after the other.
const CONNECTIONS: usize = 64;

/// How much is measured.
#[derive(Clone, Copy)]
struct Size {
    products: u64,
    seconds: u64,
    rounds: u64,
}

/// One server under test.
struct Contender {
    name: &'static str,
    server: Server,
    /// Bearer tokens for reads and writes; the rival checks none.
    tokens: Option<(String, String)>,
}

/// What is under test: programs, the rows they hold, and the database that they share, if it is not built in.
struct Field {
    contenders: Vec<Contender>,
    data: Arc<Data>,
    database: Option<Database>,
}

pub(crate) fn run(options: &[&str]) -> Outcome {
    if names(options, "only")?.as_deref() == Some(&[generator::NAME][..]) {
        return generator::measure();
    }
    if names(options, "only")?.as_deref() == Some(&[review::NAME][..]) {
        return review::measure();
    }
    let products = number(options, "products", 100_000)?;
    let seconds = number(options, "seconds", 5)?;
    let rounds = number(options, "rounds", 3)?;
    let workloads = chosen(names(options, "only")?.as_deref())?;
    cargo(&["build", "--release", "--package", "architrave", "--package", "rival"], &[])?;
    let folder = root().join("target/bench");
    // What an earlier run left behind would be served as it is.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let is_postgres = match names(options, "store")?.as_deref() {
        None | Some(["sqlite"]) => false,
        Some(["postgres"]) => true,
        Some(_) => return Err("--store is sqlite or postgres".to_owned()),
    };
    let field = runtime.block_on(prepare(&folder, products, is_postgres))?;
    let Field { contenders, data, database } = &field;
    let mut measured: Vec<Vec<Vec<Measured>>> = Vec::new();
    for workload in &workloads {
        let mut of_workload = vec![Vec::new(); contenders.len() + usize::from(is_postgres)];
        for round in 0..rounds {
            for (contender, results) in contenders.iter().zip(&mut of_workload) {
                let done = one(contender, *workload, data, (round, seconds), database.as_ref());
                let done = runtime.block_on(done)?;
                println!("{:4} {:10} {done}", workload.name, contender.name);
                results.push(done);
            }
            if let (Some(database), Some(results)) = (database, of_workload.last_mut()) {
                let done = database.pgbench(workload, data.products_count(), seconds)?;
                println!("{:4} {:10} {done}", workload.name, "pgbench");
                results.push(done);
            }
        }
        measured.push(of_workload);
    }
    let pgbench = database.iter().map(|_| "pgbench");
    let names: Vec<&str> = contenders.iter().map(|it| it.name).chain(pgbench).collect();
    let size = Size { products, seconds, rounds };
    report::table(&names, &workloads, &measured, size, is_postgres);
    drop(field);
    if is_postgres { Ok(()) } else { start::measure(&folder) }
}

/// The workloads to run: all of them, or those that are named.
fn chosen(only: Option<&[&str]>) -> Outcome<Vec<Workload>> {
    let Some(only) = only else { return Ok(WORKLOADS.to_vec()) };
    let find = |name: &&str| {
        let found = WORKLOADS.iter().find(|it| it.name == *name).copied();
        found.ok_or_else(|| format!("there is no workload `{name}`"))
    };
    only.iter().map(find).collect()
}

/// Starts and fills both; the rival gets the rows that ours shows.
async fn prepare(folder: &Path, products: u64, is_postgres: bool) -> Outcome<Field> {
    let blueprint = data::copy_blueprint(folder)?;
    let database = if is_postgres { Some(Database::start()?) } else { None };
    let store = database.as_ref().map(|it| it.address("ours"));
    let program = binary("architrave");
    let ours = Server::ours_on(&program, &blueprint, &folder.join("data"), store.as_deref())?;
    let tokens = ours.tokens()?;
    data::seed(&blueprint, &folder.join("data"), products)?;
    let data = Data::read(&ours, &tokens.1, &folder.join("products.jsonl")).await?;
    let rival = match &database {
        Some(database) => database.address("rival"),
        None => folder.join("rival.db").display().to_string(),
    };
    let rival = Server::rival(&rival, &folder.join("products.jsonl"))?;
    database.as_ref().map(Database::number).transpose()?;
    let ours = Contender { name: "architrave", server: ours, tokens: Some(tokens) };
    let rival = Contender { name: "rival", server: rival, tokens: None };
    Ok(Field { contenders: vec![ours, rival], data: Arc::new(data), database })
}

async fn one(
    contender: &Contender,
    workload: Workload,
    data: &Arc<Data>,
    (round, seconds): (u64, u64),
    database: Option<&Database>,
) -> Outcome<Measured> {
    // With a database of its own, a request costs what it costs there too.
    let cpu_us = || -> Outcome<u64> {
        let there = database.map(Database::cpu_us).transpose()?.unwrap_or(0);
        Ok(contender.server.cpu_us()? + there)
    };
    let tokens = contender.tokens.as_ref();
    let token = tokens.map(|it| if workload.is_write { it.1.clone() } else { it.0.clone() });
    let load =
        Load { address: contender.server.address, token, workload, data: data.clone(), round };
    // Connections, caches and statements warm up first.
    load.run(CONNECTIONS, std::time::Duration::from_millis(500)).await?;
    let before = cpu_us()?;
    let mut measured = load.run(CONNECTIONS, std::time::Duration::from_secs(seconds)).await?;
    measured.cpu_us = cpu_us()?.saturating_sub(before);
    measured.peak_bytes = contender.server.peak_bytes();
    Ok(measured)
}
