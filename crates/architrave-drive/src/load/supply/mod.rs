//! Requests that are ready to be sent: prepared before a run, so that sending costs nothing but writing.

mod look;
mod reads;

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::EntityId;
use architrave_plan::{Operation, OperationKind, Plan};
use serde_json::Value;

use super::{
    run::Requests,
    workload::{Class, Workload},
};
use crate::{
    DriveError,
    client::Client,
    progress::Progress,
    random::Random,
    seed::{SeedOptions, Token, Work},
};

/// What preparing needs to know.
pub struct Source {
    /// What is served.
    pub plan: Arc<Plan>,
    /// Where.
    pub client: Client,
    /// Who may ask.
    pub tokens: Vec<Token>,
    /// The same seed makes the same requests.
    pub seed: u64,
    /// Requests per second at the peak, in thousandths, in place of the declared one.
    pub peak_milli_per_s: Option<u64>,
}

/// Prepared requests of every class.
pub struct Supply {
    work: Arc<Work>,
    workload: Workload,
    stocks: Vec<Stock>,
    random: Random,
}

/// Prepared requests of one class.
struct Stock {
    /// What follows the path in every request, up to the headers of the body.
    head: Vec<u8>,
    method: &'static str,
    /// Drawn again and again.
    requests: Vec<Prepared>,
}

/// What tells a request from others of its class.
struct Prepared {
    path: Box<str>,
    body: Option<Box<str>>,
}

impl Supply {
    /// Finds out what can be asked for, by whom, and of which rows.
    ///
    /// # Errors
    /// Where the backend does not answer, or there is nothing to ask for.
    pub async fn new(source: Source, progress: Arc<Progress>) -> Result<Self, DriveError> {
        let options = SeedOptions {
            rows: BTreeMap::new(),
            is_only_named: true,
            seed: source.seed,
            connections: 8,
        };
        let peak = source.peak_milli_per_s;
        let work = Work::new(source.plan, source.client, source.tokens, options, progress).await?;
        let work = Arc::new(work);
        let mut workload = Workload::of(&work.plan, peak, |it| {
            caller_of(&work, it).map(drop).ok_or_else(|| "none of the callers may".to_owned())
        })?;
        let mut rows = look::Rows::default();
        let mut stocks = Vec::new();
        let mut classes = Vec::new();
        for class in std::mem::take(&mut workload.classes) {
            match stock(&work, &class, &mut rows).await? {
                Ok(stock) => {
                    stocks.push(stock);
                    classes.push(class);
                }
                Err(reason) => workload.left_out.push((class.name, reason)),
            }
        }
        workload.classes = classes;
        let random = Random::new(work.options.seed, "load: requests", 0);
        Ok(Self { work, workload, stocks, random })
    }

    /// What is asked for.
    #[must_use]
    pub fn workload(&self) -> &Workload {
        &self.workload
    }
}

impl Requests for Supply {
    fn write(&mut self, class: usize, out: &mut Vec<u8>) -> bool {
        let Some(stock) = self.stocks.get(class) else { return false };
        let Some(request) = self.random.pick(&stock.requests) else { return false };
        stock.write(request, out);
        true
    }
}

impl Stock {
    fn new(work: &Work, operation: &Operation, caller: usize) -> Self {
        let token = work.callers.get(caller).map_or("", |it| it.token.as_str());
        let host = work.client.base().trim_start_matches("http://");
        let head = format!(
            " HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nuser-agent: architrave-load\r\n"
        );
        let method = match operation.method {
            architrave_plan::Method::Get => "GET ",
            architrave_plan::Method::Post => "POST ",
            architrave_plan::Method::Patch => "PATCH ",
            architrave_plan::Method::Delete => "DELETE ",
        };
        Self { head: head.into_bytes(), method, requests: Vec::new() }
    }

    fn write(&self, request: &Prepared, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_bytes());
        out.extend_from_slice(request.path.as_bytes());
        out.extend_from_slice(&self.head);
        match &request.body {
            None => out.extend_from_slice(b"\r\n"),
            Some(body) => {
                out.extend_from_slice(b"content-type: application/json\r\ncontent-length: ");
                out.extend_from_slice(body.len().to_string().as_bytes());
                out.extend_from_slice(b"\r\n\r\n");
                out.extend_from_slice(body.as_bytes());
            }
        }
    }
}

/// Who asks for an operation: the first who may, people before the system itself, which no load comes from.
fn caller_of(work: &Work, operation: &Operation) -> Option<usize> {
    let may = work.callers.who_may(&operation.name);
    may.into_iter().find(|it| work.callers.get(*it).is_some_and(|it| it.name != "system"))
}

/// The requests of a class, or why there are none.
async fn stock(
    work: &Arc<Work>,
    class: &Class,
    rows: &mut look::Rows,
) -> Result<Result<Stock, String>, DriveError> {
    let plan = Arc::clone(&work.plan);
    let operation = plan.operations.get(class.operation.0 as usize);
    let Some((operation, entity)) = operation.and_then(|it| Some((it, it.entity?))) else {
        return Ok(Err("it is about no entity".to_owned()));
    };
    let Some(caller) = caller_of(work, operation) else {
        return Ok(Err("none of the callers may".to_owned()));
    };
    let mut stock = Stock::new(work, operation, caller);
    stock.requests = match operation.kind {
        OperationKind::Read => reads::reads(operation, rows.of(work, entity, caller).await?),
        OperationKind::List => reads::lists(operation),
        _ => return Ok(Err("it is not driven yet".to_owned())),
    };
    if stock.requests.is_empty() {
        let entity = plan.system.entity_path(entity);
        return Ok(Err(format!("the caller sees no {entity}")));
    }
    Ok(Ok(stock))
}

/// Rows as a caller sees them.
type Seen = BTreeMap<(EntityId, usize), Vec<Value>>;
