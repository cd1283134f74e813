//! Sends operations in batches, several at once.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Map, Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Work, callers::problem};
use crate::{
    DriveError,
    client::{Call, Reply, member},
};

/// Most operations of a batch, as the API takes them.
pub(crate) const OPERATIONS_MAX: usize = 100;
/// How often a request is sent before we give up: with pauses of up to two seconds this is several minutes,
/// which is what a rate limit of a few hundred a minute needs.
const ATTEMPTS_MAX: u32 = 200;

/// One operation, sent by one caller.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Number of the row, for the idempotency key.
    pub(crate) index: u64,
    pub(crate) caller: usize,
    /// Its name, for the idempotency key.
    pub(crate) operation: String,
    /// Its address, the row's id filled in.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// The row as shown after the operation, or why it was refused.
pub(crate) type Answered = Result<Value, String>;

/// Sends all items, at most `connections` batches at once; answers in the order of the items. Items of one
/// batch must have the same caller.
pub(crate) async fn send(
    work: &Arc<Work>,
    batches: Vec<Vec<Item>>,
) -> Result<Vec<(Item, Answered)>, DriveError> {
    let permits = Arc::new(Semaphore::new(work.options.connections.max(1)));
    let mut running = JoinSet::new();
    let mut answered = Vec::new();
    for (position, batch) in batches.into_iter().enumerate() {
        // Closing is the only way to fail and nobody closes it.
        let Ok(permit) = permits.clone().acquire_owned().await else { break };
        let work = work.clone();
        running.spawn(async move {
            let answers = one(&work, batch).await;
            drop(permit);
            (position, answers)
        });
        // The first failure ends the work; dropping the set stops the rest.
        while let Some(done) = running.try_join_next() {
            answered.push(collect(done)?);
        }
    }
    while let Some(done) = running.join_next().await {
        answered.push(collect(done)?);
    }
    answered.sort_by_key(|it| it.0);
    Ok(answered.into_iter().flat_map(|it| it.1).collect())
}

type Answers = Vec<(Item, Answered)>;
type Done = Result<(usize, Result<Answers, DriveError>), tokio::task::JoinError>;

fn collect(done: Done) -> Result<(usize, Answers), DriveError> {
    let failed = |error| DriveError::new(format!("a task failed: {error}"), "");
    let (position, answers) = done.map_err(failed)?;
    Ok((position, answers?))
}

async fn one(work: &Work, batch: Vec<Item>) -> Result<Answers, DriveError> {
    let Some(first) = batch.first() else { return Ok(Vec::new()) };
    // One transaction is the fast way. What it is refused for concerns one row: then each stands for itself.
    let mut reply = request(work, &batch, first, true).await?;
    if !reply.is_success() && reply.status < 500 {
        reply = request(work, &batch, first, false).await?;
    }
    work.progress.advance(batch.len() as u64);
    let mut body = reply.json();
    if !reply.is_success() {
        let refusal = Err(problem(&body));
        return Ok(batch.into_iter().map(|it| (it, refusal.clone())).collect());
    }
    let results = body.get_mut("results").map(Value::take).unwrap_or_default();
    let results = if let Value::Array(results) = results { results } else { Vec::new() };
    let answers = results.into_iter().map(|it| {
        let is_done = member(&it, "status").as_u64().is_some_and(|it| (200..300).contains(&it));
        let body = member(&it, "body");
        if is_done { Ok(body.clone()) } else { Err(problem(body)) }
    });
    let missing = std::iter::repeat(Err("the batch's answer has no result for it".to_owned()));
    Ok(batch.into_iter().zip(answers.chain(missing)).collect())
}

async fn request(
    work: &Work,
    batch: &[Item],
    first: &Item,
    is_atomic: bool,
) -> Result<Reply, DriveError> {
    let operations = batch.iter().map(|it| {
        let body = it.body.as_ref().map(|body| ("body".to_owned(), body.clone()));
        let mut operation = Map::from_iter(body);
        operation.insert("method".to_owned(), json!("POST"));
        operation.insert("path".to_owned(), json!(it.path));
        Value::Object(operation)
    });
    let operations: Vec<Value> = operations.collect();
    let body = json!({ "atomic": is_atomic, "operations": operations }).to_string();
    // The same operations get the same key, other operations another one: a second run with the same seed
    // is answered from memory as far as it asks for the same.
    let (seed, hash) = (work.options.seed, hash(&body));
    let key = format!("seed-{seed:x}-{}-{}-{hash:x}", first.operation, first.index);
    let token = work.callers.get(first.caller).map(|it| it.token.as_str());
    let call = Call { method: Method::POST, body: Some(body.into()), ..Call::get("/v1/batch") }
        .header("content-type", "application/json")
        .token(token)
        .idempotency_key(key);
    work.client.send_until_settled(&call, ATTEMPTS_MAX).await
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
