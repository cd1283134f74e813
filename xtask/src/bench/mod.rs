//! `cargo xtask bench`: our server and the hand-written rival on the same machine, with the same rows,
//! in turns, in one run. CPU time of the server's process per request is the figure to trust: requests
//! per second depend on what else the cores do, the load generator included.

mod data;
mod generator;
mod load;
pub(crate) mod process;
mod report;
mod review;
mod start;

use std::{path::Path, sync::Arc};

use crate::shell::{Outcome, cargo, names, number, root};
use data::Data;
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
    let (contenders, data) = runtime.block_on(prepare(&folder, products))?;
    let mut measured: Vec<Vec<Vec<Measured>>> = Vec::new();
    for workload in &workloads {
        let mut of_workload = vec![Vec::new(); contenders.len()];
        for round in 0..rounds {
            for (contender, results) in contenders.iter().zip(&mut of_workload) {
                let done = runtime.block_on(one(contender, *workload, &data, round, seconds))?;
                println!("{:4} {:10} {done}", workload.name, contender.name);
                results.push(done);
            }
        }
        measured.push(of_workload);
    }
    let names: Vec<&str> = contenders.iter().map(|it| it.name).collect();
    report::table(&names, &workloads, &measured, Size { products, seconds, rounds });
    drop(contenders);
    start::measure(&folder)
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
async fn prepare(folder: &Path, products: u64) -> Outcome<(Vec<Contender>, Arc<Data>)> {
    let blueprint = data::copy_blueprint(folder)?;
    let ours = Server::ours(&binary("architrave"), &blueprint, &folder.join("data"))?;
    let tokens = ours.tokens()?;
    data::seed(&blueprint, &folder.join("data"), products)?;
    let data = Data::read(&ours, &tokens.1, &folder.join("products.jsonl")).await?;
    let rival = Server::rival(&folder.join("rival.db"), &folder.join("products.jsonl"))?;
    let ours = Contender { name: "architrave", server: ours, tokens: Some(tokens) };
    Ok((vec![ours, Contender { name: "rival", server: rival, tokens: None }], Arc::new(data)))
}

async fn one(
    contender: &Contender,
    workload: Workload,
    data: &Arc<Data>,
    round: u64,
    seconds: u64,
) -> Outcome<Measured> {
    let tokens = contender.tokens.as_ref();
    let token = tokens.map(|it| if workload.is_write { it.1.clone() } else { it.0.clone() });
    let load =
        Load { address: contender.server.address, token, workload, data: data.clone(), round };
    // Connections, caches and statements warm up first.
    load.run(CONNECTIONS, std::time::Duration::from_millis(500)).await?;
    let before = contender.server.cpu_us()?;
    let mut measured = load.run(CONNECTIONS, std::time::Duration::from_secs(seconds)).await?;
    measured.cpu_us = contender.server.cpu_us()?.saturating_sub(before);
    measured.peak_bytes = contender.server.peak_bytes();
    Ok(measured)
}
