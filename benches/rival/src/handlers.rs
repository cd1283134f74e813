//! HTTP by hand: the five requests.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    database::{Moment, Money, NewProduct, Product, minor},
    store::{Refusal, Store},
};

type Shared = State<Arc<Store>>;

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

pub async fn read(State(store): Shared, Path(id): Path<Uuid>) -> Response {
    match store.read(id).await {
        Ok(Some(product)) => shown(StatusCode::OK, &product),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refused(refusal),
    }
}

pub async fn list(State(store): Shared, Query(query): Query<ListQuery>) -> Response {
    let limit = query.limit.unwrap_or(20).min(100);
    let found = match (query.category, query.q) {
        (Some(category), None) => store.newest_of(category, limit).await,
        (None, Some(words)) => store.search(words, limit).await,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    found.map_or_else(refused, |items| Json(json!({ "items": items })).into_response())
}

pub async fn create(State(store): Shared, Json(new): Json<NewProduct>) -> Response {
    let is_sku = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '-';
    let is_valid = (1..=40).contains(&new.sku.len())
        && new.sku.chars().all(is_sku)
        && new.name.chars().count() <= 200
        && minor(&new.price).is_some_and(|it| it >= 0)
        && minor(&new.cost).is_some_and(|it| it >= 0);
    if !is_valid {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let now = Moment::at(SystemTime::now());
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
    match store.create(product).await {
        Ok(product) => shown(StatusCode::CREATED, &product),
        Err(refusal) => refused(refusal),
    }
}

pub async fn update(
    State(store): Shared,
    Path(id): Path<Uuid>,
    Json(change): Json<Change>,
) -> Response {
    let Some(price) = minor(&change.price).filter(|it| *it >= 0) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    match store.set_price(id, price).await {
        Ok(Some(product)) => shown(StatusCode::OK, &product),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(refusal) => refused(refusal),
    }
}

fn shown(status: StatusCode, product: &Product) -> Response {
    (status, [(header::ETAG, format!("\"{}\"", product.version))], Json(product)).into_response()
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Conflict => StatusCode::CONFLICT.into_response(),
        Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
