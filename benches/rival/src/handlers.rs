//! HTTP by hand: the five requests.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::database::{Database, Money, NewProduct, Product, minor};

type Shared = State<Arc<Database>>;

#[derive(Deserialize)]
pub struct ListQuery {
    category: Option<Uuid>,
    q: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    price: Money,
}

pub async fn read(State(database): Shared, Path(id): Path<Uuid>) -> Response {
    match blocking(move || database.read(id)).await {
        Ok(Some(product)) => shown(StatusCode::OK, &product),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal,
    }
}

pub async fn list(State(database): Shared, Query(query): Query<ListQuery>) -> Response {
    let limit = query.limit.unwrap_or(20).min(100);
    let found = match (query.category, query.q) {
        (Some(category), None) => blocking(move || database.newest_of(category, limit)).await,
        (None, Some(words)) => blocking(move || database.search(&words, limit)).await,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    found.map_or_else(|refusal| refusal, |items| Json(json!({ "items": items })).into_response())
}

pub async fn create(State(database): Shared, Json(new): Json<NewProduct>) -> Response {
    let is_sku = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '-';
    let is_valid = (1..=40).contains(&new.sku.len())
        && new.sku.chars().all(is_sku)
        && new.name.chars().count() <= 200
        && minor(&new.price).is_some_and(|it| it >= 0)
        && minor(&new.cost).is_some_and(|it| it >= 0);
    if !is_valid {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let now = now();
    let product = Product {
        id: Uuid::now_v7(),
        sku: new.sku,
        name: new.name,
        description: new.description,
        category: new.category,
        price: new.price,
        cost: new.cost,
        stock: 0,
        images: Vec::new(),
        published: new.published,
        version: 1,
        created_at: now.clone(),
        updated_at: now,
    };
    match blocking(move || database.create(&product).map(|()| product)).await {
        Ok(product) => shown(StatusCode::CREATED, &product),
        Err(refusal) => refusal,
    }
}

pub async fn update(
    State(database): Shared,
    Path(id): Path<Uuid>,
    Json(change): Json<Change>,
) -> Response {
    let Some(price) = minor(&change.price).filter(|it| *it >= 0) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match blocking(move || database.set_price(id, price, &now())).await {
        Ok(Some(product)) => shown(StatusCode::OK, &product),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refusal,
    }
}

fn shown(status: StatusCode, product: &Product) -> Response {
    (status, [(header::ETAG, format!("\"{}\"", product.version))], Json(product)).into_response()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, rusqlite::Error> + Send + 'static,
) -> Result<T, Response> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error))
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            Err(StatusCode::CONFLICT.into_response())
        }
        _ => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
    }
}

/// RFC 3339, by hand too: days since 1970 to a date (Howard Hinnant's `civil_from_days`).
fn now() -> String {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
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
