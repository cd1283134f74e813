//! Products, and SQLite by hand: one writing connection behind a lock, a small pool of readers.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// Readers: as many as the test machine has cores, twice.
const READERS: usize = 4;

pub struct Sqlite {
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
}

/// Money as the API writes it.
#[derive(Serialize, Deserialize, Clone)]
pub struct Money {
    pub amount: String,
    pub currency: String,
}

/// A product as the API writes it.
#[derive(Serialize, Deserialize)]
pub struct Product {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub description: Option<String>,
    pub category: Uuid,
    pub price: Money,
    pub cost: Money,
    pub stock: i64,
    pub images: Vec<Value>,
    pub published: bool,
    pub version: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// A time, and as the API writes it.
#[derive(Clone)]
pub struct Moment {
    pub time: SystemTime,
    pub text: String,
}

impl Moment {
    pub fn at(time: SystemTime) -> Self {
        Self { time, text: rfc3339(time) }
    }

    /// A time that a database keeps as text.
    fn read(text: String) -> Self {
        Self { time: UNIX_EPOCH, text }
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(from).map(Self::read)
    }
}

/// What a client sends to create one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    pub sku: String,
    pub name: String,
    pub description: Option<String>,
    pub category: Uuid,
    pub price: Money,
    pub cost: Money,
    #[serde(default)]
    pub published: bool,
}

const SCHEMA: &str = "
create table category(id blob primary key) strict, without rowid;
create table product(
  id blob primary key, sku text not null unique, name text not null, description text,
  category blob not null references category(id), price integer not null check (price >= 0),
  cost integer not null check (cost >= 0), stock integer not null default 0,
  images text not null default '[]', published integer not null, version integer not null default 1,
  created_at text not null, updated_at text not null) strict;
create index product_category on product(category, created_at desc, id);
create index product_price on product(price);
create virtual table product_search using fts5(name, description, content='product');
create table journal(seq integer primary key, at text not null, kind text not null, row_id blob not null,
  data text not null) strict;
";

const COLUMNS: &str = "p.id, p.sku, p.name, p.description, p.category, p.price, p.cost, p.stock, \
     p.images, p.published, p.version, p.created_at, p.updated_at";

type Result<T> = std::result::Result<T, rusqlite::Error>;

impl Sqlite {
    pub fn open(path: &str) -> Result<Self> {
        let writer = connect(path)?;
        let readers = (0..READERS).map(|_| connect(path).map(Mutex::new));
        Ok(Self { writer: Mutex::new(writer), readers: readers.collect::<Result<_>>()? })
    }

    /// Loads products, one JSON object per line, into a new database.
    pub fn load(&self, products: &str) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.table_exists(None, "product")? {
            return Ok(());
        }
        writer.execute_batch(SCHEMA)?;
        let transaction = writer.transaction()?;
        for line in BufReader::new(File::open(products)?).lines() {
            let product: Product = serde_json::from_str(&line?)?;
            transaction
                .prepare_cached("insert or ignore into category values (?1)")?
                .execute([product.category])?;
            insert(&transaction, &product)?;
        }
        transaction.commit()?;
        Ok(())
    }

    pub fn read(&self, id: Uuid) -> Result<Option<Product>> {
        let reader = self.reader();
        let sql = format!("select {COLUMNS} from product p where p.id = ?1");
        let mut statement = reader.prepare_cached(&sql)?;
        let mut rows = statement.query_map([id], product)?;
        rows.next().transpose()
    }

    pub fn newest_of(&self, category: Uuid, limit: u32) -> Result<Vec<Product>> {
        let reader = self.reader();
        let sql = format!(
            "select {COLUMNS} from product p where p.category = ?1 and p.published \
             order by p.created_at desc, p.id desc limit ?2"
        );
        let mut statement = reader.prepare_cached(&sql)?;
        statement.query_map(params![category, limit], product)?.collect()
    }

    pub fn search(&self, words: &str, limit: u32) -> Result<Vec<Product>> {
        let reader = self.reader();
        let sql = format!(
            "select {COLUMNS} from product_search s join product p on p.rowid = s.rowid \
             where product_search match ?1 and p.published order by p.rowid desc limit ?2"
        );
        let mut statement = reader.prepare_cached(&sql)?;
        let quoted = format!("\"{}\"", words.replace('"', ""));
        statement.query_map(params![quoted, limit], product)?.collect()
    }

    pub fn create(&self, product: &Product) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(IMMEDIATE)?;
        insert(&transaction, product)?;
        journal(&transaction, "created", product)?;
        transaction.commit()
    }

    pub fn set_price(&self, id: Uuid, price: i64, now: &Moment) -> Result<Option<Product>> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(IMMEDIATE)?;
        let changed = transaction
            .prepare_cached(
                "update product set price = ?2, updated_at = ?3, version = version + 1 where id = ?1",
            )?
            .execute(params![id, price, now.text])?;
        if changed == 0 {
            return Ok(None);
        }
        let sql = format!("select {COLUMNS} from product p where p.id = ?1");
        let after = transaction.prepare_cached(&sql)?.query_row([id], product)?;
        journal(&transaction, "updated", &after)?;
        transaction.commit()?;
        Ok(Some(after))
    }

    /// The first reader that is free, else the first.
    fn reader(&self) -> std::sync::MutexGuard<'_, Connection> {
        let free = self.readers.iter().find_map(|it| it.try_lock().ok());
        free.unwrap_or_else(|| self.readers[0].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

const IMMEDIATE: rusqlite::TransactionBehavior = rusqlite::TransactionBehavior::Immediate;

fn connect(path: &str) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
         pragma busy_timeout = 5000; pragma cache_size = -64000; pragma mmap_size = 1073741824;",
    )?;
    Ok(connection)
}

fn insert(connection: &Connection, it: &Product) -> Result<()> {
    connection
        .prepare_cached(
            "insert into product(id, sku, name, description, category, price, cost, stock, images, \
             published, version, created_at, updated_at) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '[]', ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            it.id,
            it.sku,
            it.name,
            it.description,
            it.category,
            minor(&it.price).unwrap_or(0),
            minor(&it.cost).unwrap_or(0),
            it.stock,
            it.published,
            it.version,
            it.created_at.text,
            it.updated_at.text,
        ])?;
    connection
        .prepare_cached("insert into product_search(rowid, name, description) values (?1, ?2, ?3)")?
        .execute(params![connection.last_insert_rowid(), it.name, it.description])?;
    Ok(())
}

fn journal(connection: &Connection, kind: &str, product: &Product) -> Result<()> {
    connection
        .prepare_cached("insert into journal(at, kind, row_id, data) values (?1, ?2, ?3, ?4)")?
        .execute(params![product.updated_at.text, kind, product.id, json!(product).to_string()])?;
    Ok(())
}

fn product(row: &Row<'_>) -> Result<Product> {
    let images: String = row.get(8)?;
    Ok(Product {
        id: row.get(0)?,
        sku: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        category: row.get(4)?,
        price: euros(row.get(5)?),
        cost: euros(row.get(6)?),
        stock: row.get(7)?,
        images: serde_json::from_str(&images).unwrap_or_default(),
        published: row.get(9)?,
        version: row.get(10)?,
        created_at: Moment::read(row.get(11)?),
        updated_at: Moment::read(row.get(12)?),
    })
}

pub fn euros(minor: i64) -> Money {
    Money { amount: format!("{}.{:02}", minor / 100, minor % 100), currency: "EUR".to_owned() }
}

/// Minor units; none where the amount is no money.
pub fn minor(money: &Money) -> Option<i64> {
    let (whole, cents) = money.amount.split_once('.')?;
    let whole: i64 = whole.parse().ok()?;
    let cents: u8 = cents.parse().ok().filter(|it| *it < 100)?;
    whole.checked_mul(100)?.checked_add(i64::from(cents))
}

/// RFC 3339, by hand too: days since 1970 to a date (Howard Hinnant's `civil_from_days`).
fn rfc3339(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let micros = since.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}
