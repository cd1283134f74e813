//! PostgreSQL by hand: a pool of connections, each with its prepared statements, and a transaction for every write.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead as _, BufReader},
    sync::{Mutex, PoisonError},
};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::{Client, Error, NoTls, Row, Statement, error::SqlState};
use uuid::Uuid;

use crate::database::{Moment, Product, euros, minor};

/// Connections: what pools have unless told otherwise, four for each core of a small machine.
const CONNECTIONS: usize = 16;
/// Rows that are loaded at a time.
const LOADED: usize = 1_000;

/// Connections that nobody uses at the moment.
pub struct Postgres {
    free: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

struct Connection {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// A connection for one request.
struct Taken<'a> {
    pool: &'a Postgres,
    connection: Option<Connection>,
    _permit: SemaphorePermit<'a>,
}

const SCHEMA: &str = "
create table category(id uuid primary key);
create table product(
  id uuid primary key, sku text not null unique, name text not null, description text,
  category uuid not null references category(id), price bigint not null check (price >= 0),
  cost bigint not null check (cost >= 0), stock bigint not null default 0,
  images jsonb not null default '[]', published boolean not null, version bigint not null default 1,
  created_at timestamptz not null, updated_at timestamptz not null,
  words tsvector generated always as (to_tsvector('simple', name || ' ' || coalesce(description, ''))) stored);
create index product_category on product(category, created_at desc, id);
create index product_price on product(price);
create index product_words on product using gin (words);
create table journal(seq bigint generated always as identity primary key, at timestamptz not null,
  kind text not null, row_id uuid not null, data jsonb not null);
";

const READ: &str = "select id, sku, name, description, category, price, cost, stock, images, published, \
     version, created_at, updated_at from product where id = $1";
const NEWEST: &str = "select id, sku, name, description, category, price, cost, stock, images, published, \
     version, created_at, updated_at from product where category = $1 and published \
     order by created_at desc, id desc limit $2";
const SEARCH: &str = "select id, sku, name, description, category, price, cost, stock, images, published, \
     version, created_at, updated_at from product \
     where words @@ plainto_tsquery('simple', $1) and published order by id desc limit $2";
const INSERT: &str = "insert into product(id, sku, name, description, category, price, cost, stock, published, \
     version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const SET_PRICE: &str = "update product set price = $2, updated_at = $3, version = version + 1 where id = $1 \
     returning id, sku, name, description, category, price, cost, stock, images, published, version, \
     created_at, updated_at";
const JOURNAL: &str = "insert into journal(at, kind, row_id, data) values ($1, $2, $3, $4)";

impl Postgres {
    pub async fn open(address: &str) -> Result<Self, Error> {
        let mut free = Vec::new();
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
            tokio::spawn(connection);
            free.push(Connection { client, statements: HashMap::new() });
        }
        Ok(Self { free: Mutex::new(free), permits: Semaphore::new(CONNECTIONS) })
    }

    /// Loads products, one JSON object per line, into a new database.
    pub async fn load(&self, products: &str) -> Result<(), Box<dyn std::error::Error>> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let there = "select to_regclass('product') is not null";
        if connection.client.query_one(there, &[]).await?.get(0) {
            return Ok(());
        }
        connection.client.batch_execute(SCHEMA).await?;
        let lines = BufReader::new(File::open(products)?).lines();
        let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        for some in lines.chunks(LOADED) {
            let rows = format!("[{}]", some.join(","));
            let rows: serde_json::Value = serde_json::from_str(&rows)?;
            let category = "insert into category select distinct (r->>'category')::uuid from \
                jsonb_array_elements($1) r on conflict do nothing";
            connection.client.execute(category, &[&rows]).await?;
            let insert = "insert into product(id, sku, name, description, category, price, cost, stock, published, \
                version, created_at, updated_at) select (r->>'id')::uuid, r->>'sku', r->>'name', r->>'description', \
                (r->>'category')::uuid, ((r->'price'->>'amount')::numeric * 100)::bigint, \
                ((r->'cost'->>'amount')::numeric * 100)::bigint, (r->>'stock')::bigint, (r->>'published')::boolean, \
                (r->>'version')::bigint, (r->>'created_at')::timestamptz, (r->>'updated_at')::timestamptz \
                from jsonb_array_elements($1) r";
            connection.client.execute(insert, &[&rows]).await?;
        }
        connection.client.batch_execute("vacuum analyze").await?;
        Ok(())
    }

    pub async fn read(&self, id: Uuid) -> Result<Option<Product>, Error> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let statement = connection.prepared(READ).await?;
        let row = connection.client.query_opt(&statement, &[&id]).await?;
        Ok(row.map(|it| product(&it)))
    }

    pub async fn newest_of(&self, category: Uuid, limit: u32) -> Result<Vec<Product>, Error> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let statement = connection.prepared(NEWEST).await?;
        let rows = connection.client.query(&statement, &[&category, &i64::from(limit)]).await?;
        Ok(rows.iter().map(product).collect())
    }

    pub async fn search(&self, words: &str, limit: u32) -> Result<Vec<Product>, Error> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let statement = connection.prepared(SEARCH).await?;
        let rows = connection.client.query(&statement, &[&words, &i64::from(limit)]).await?;
        Ok(rows.iter().map(product).collect())
    }

    pub async fn create(&self, it: &Product) -> Result<(), Error> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let insert = connection.prepared(INSERT).await?;
        let journal = connection.prepared(JOURNAL).await?;
        let transaction = connection.client.transaction().await?;
        let (price, cost) = (minor(&it.price).unwrap_or(0), minor(&it.cost).unwrap_or(0));
        let (created_at, updated_at) = (it.created_at.time, it.updated_at.time);
        transaction
            .execute(
                &insert,
                &[
                    &it.id,
                    &it.sku,
                    &it.name,
                    &it.description,
                    &it.category,
                    &price,
                    &cost,
                    &it.stock,
                    &it.published,
                    &it.version,
                    &created_at,
                    &updated_at,
                ],
            )
            .await?;
        let data = serde_json::json!(it);
        transaction.execute(&journal, &[&updated_at, &"created", &it.id, &data]).await?;
        transaction.commit().await
    }

    pub async fn set_price(
        &self,
        id: Uuid,
        price: i64,
        now: std::time::SystemTime,
    ) -> Result<Option<Product>, Error> {
        let mut taken = self.take().await;
        let connection = taken.connection();
        let update = connection.prepared(SET_PRICE).await?;
        let journal = connection.prepared(JOURNAL).await?;
        let transaction = connection.client.transaction().await?;
        let Some(row) = transaction.query_opt(&update, &[&id, &price, &now]).await? else {
            return Ok(None);
        };
        let after = product(&row);
        let data = serde_json::json!(after);
        transaction.execute(&journal, &[&now, &"updated", &id, &data]).await?;
        transaction.commit().await?;
        Ok(Some(after))
    }

    async fn take(&self) -> Taken<'_> {
        // The semaphore is never closed, and there are as many permits as connections.
        let permit = self.permits.acquire().await.expect("an open semaphore");
        let connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Taken { pool: self, connection, _permit: permit }
    }
}

impl Taken<'_> {
    fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a connection for each permit")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let connection = self.connection.take();
        self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).extend(connection);
    }
}

impl Connection {
    async fn prepared(&mut self, text: &'static str) -> Result<Statement, Error> {
        if let Some(found) = self.statements.get(text) {
            return Ok(found.clone());
        }
        let made = self.client.prepare(text).await?;
        self.statements.insert(text, made.clone());
        Ok(made)
    }
}

/// Whether a value is taken, or a reference leads nowhere.
pub fn is_conflict(error: &Error) -> bool {
    let conflicts = [SqlState::UNIQUE_VIOLATION, SqlState::FOREIGN_KEY_VIOLATION];
    error.code().is_some_and(|it| conflicts.contains(it))
}

fn product(row: &Row) -> Product {
    let images: serde_json::Value = row.get(8);
    Product {
        id: row.get(0),
        sku: row.get(1),
        name: row.get(2),
        description: row.get(3),
        category: row.get(4),
        price: euros(row.get(5)),
        cost: euros(row.get(6)),
        stock: row.get(7),
        images: images.as_array().cloned().unwrap_or_default(),
        published: row.get(9),
        version: row.get(10),
        created_at: Moment::at(row.get(11)),
        updated_at: Moment::at(row.get(12)),
    }
}
