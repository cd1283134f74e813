//! Either database behind the five requests.

use std::{sync::Arc, time::SystemTime};

use uuid::Uuid;

use crate::{
    database::{Moment, Product, Sqlite},
    postgres::{Postgres, is_conflict},
};

/// Where products are kept.
pub enum Store {
    Sqlite(Arc<Sqlite>),
    Postgres(Postgres),
}

/// Why there is no answer.
pub enum Refusal {
    Conflict,
    Failed,
}

type Answer<T> = Result<T, Refusal>;

impl Store {
    pub async fn read(&self, id: Uuid) -> Answer<Option<Product>> {
        match self {
            Self::Sqlite(it) => blocking(it, move |it| it.read(id)).await,
            Self::Postgres(it) => it.read(id).await.map_err(refused),
        }
    }

    pub async fn newest_of(&self, category: Uuid, limit: u32) -> Answer<Vec<Product>> {
        match self {
            Self::Sqlite(it) => blocking(it, move |it| it.newest_of(category, limit)).await,
            Self::Postgres(it) => it.newest_of(category, limit).await.map_err(refused),
        }
    }

    pub async fn search(&self, words: String, limit: u32) -> Answer<Vec<Product>> {
        match self {
            Self::Sqlite(it) => blocking(it, move |it| it.search(&words, limit)).await,
            Self::Postgres(it) => it.search(&words, limit).await.map_err(refused),
        }
    }

    pub async fn create(&self, product: Product) -> Answer<Product> {
        match self {
            Self::Sqlite(it) => blocking(it, move |it| it.create(&product).map(|()| product)).await,
            Self::Postgres(it) => it.create(&product).await.map(|()| product).map_err(refused),
        }
    }

    pub async fn set_price(&self, id: Uuid, price: i64) -> Answer<Option<Product>> {
        let now = SystemTime::now();
        match self {
            Self::Sqlite(it) => {
                blocking(it, move |it| it.set_price(id, price, &Moment::at(now))).await
            }
            Self::Postgres(it) => it.set_price(id, price, now).await.map_err(refused),
        }
    }
}

fn refused(error: tokio_postgres::Error) -> Refusal {
    if is_conflict(&error) { Refusal::Conflict } else { Refusal::Failed }
}

async fn blocking<T: Send + 'static>(
    sqlite: &Arc<Sqlite>,
    work: impl FnOnce(&Sqlite) -> Result<T, rusqlite::Error> + Send + 'static,
) -> Answer<T> {
    let sqlite = Arc::clone(sqlite);
    match tokio::task::spawn_blocking(move || work(&sqlite)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error))
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            Err(Refusal::Conflict)
        }
        _ => Err(Refusal::Failed),
    }
}
