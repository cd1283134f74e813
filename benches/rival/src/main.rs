//! The rival: what a good developer writes by hand with axum and rusqlite, or tokio-postgres, for the five requests that
//! `cargo xtask bench` measures. Same rows, same answers, same durability (WAL, `synchronous=FULL`; PostgreSQL as it
//! comes) and a journal row in the same transaction; no token, no policy, no limits, no metrics.
//!
//! `rival DATABASE ADDRESS PRODUCTS.jsonl`: loads the products if the database (a file, or `postgres://…`) is new, then
//! serves.

mod database;
mod handlers;
mod postgres;
mod store;

use std::{env, process::ExitCode, sync::Arc};

use axum::{
    Router,
    routing::{get, patch},
};

use database::Sqlite;
use postgres::Postgres;
use store::Store;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rival: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, address, products] = arguments.as_slice() else {
        return Err("usage: rival DATABASE ADDRESS PRODUCTS.jsonl".into());
    };
    let store = if path.starts_with("postgres://") {
        let postgres = Postgres::open(path).await?;
        postgres.load(products).await?;
        Store::Postgres(postgres)
    } else {
        let sqlite = Sqlite::open(path)?;
        sqlite.load(products)?;
        Store::Sqlite(Arc::new(sqlite))
    };
    let routes = Router::new()
        .route("/v1/products", get(handlers::list).post(handlers::create))
        .route("/v1/products/{id}", patch(handlers::update).get(handlers::read))
        .with_state(Arc::new(store));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}
