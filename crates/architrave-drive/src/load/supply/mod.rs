//! Requests that are ready to be sent: prepared before a run, so that sending costs nothing but writing.

mod changes;
mod lists;
mod look;
mod rows;
mod stock;

use std::{collections::BTreeMap, sync::Arc};

use architrave_plan::{Operation, OperationKind, Plan};

use super::{
    run::Requests,
    workload::{Class, Workload},
};
use crate::{
    DriveError,
    client::{Call, Client},
    progress::Progress,
    random::Random,
    seed::{SeedOptions, Token, Work, callers::problem},
};
use stock::{Prepared, Stock, Use};

/// Requests of a class that are prepared to see whether they are served.
const TRIAL: u64 = 20;

/// Requests of a class that are tried where they can be sent again.
const SAMPLES: usize = 40;

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

/// What preparing the requests of a class needs.
struct Preparing<'a> {
    work: &'a Arc<Work>,
    operation: &'a Operation,
    entity: architrave_model::EntityId,
    caller: usize,
}

impl Supply {
    /// Finds out what can be asked for, by whom, and of which rows. Every class is tried with one request.
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
        let workload = Workload::of(&work.plan, peak, |it| {
            let is_open = !work.callers.who_may(&it.name).is_empty();
            let reason =
                if is_open { "only the system itself may" } else { "none of the callers may" };
            caller_of(&work, it).map(drop).ok_or_else(|| reason.to_owned())
        })?;
        let random = Random::new(work.options.seed, "load: requests", 0);
        let mut supply = Self { work, workload, stocks: Vec::new(), random };
        supply.stock().await?;
        Ok(supply)
    }

    /// Prepares every class; those that are not served are left out, and the others share the load.
    async fn stock(&mut self) -> Result<(), DriveError> {
        let mut seen = look::Seen::default();
        let mut classes = Vec::new();
        let all = std::mem::take(&mut self.workload.classes);
        self.work.progress.begin("preparing requests", all.len() as u64);
        for class in all {
            match prepare(&self.work, &class, &mut seen).await? {
                Ok(stock) => {
                    self.stocks.push(stock);
                    classes.push(class);
                }
                Err(reason) => self.workload.left_out.push((class.name, reason)),
            }
            self.work.progress.advance(1);
        }
        self.work.progress.end();
        self.workload.classes = classes;
        let workload = self.work.plan.system.workload.as_ref();
        self.workload.share(workload.and_then(|it| it.read_share_ppm))
    }

    /// What is asked for.
    #[must_use]
    pub fn workload(&self) -> &Workload {
        &self.workload
    }

    /// Whether a class has requests that can be sent once only.
    #[must_use]
    pub fn is_used_up(&self, class: usize) -> bool {
        self.stocks.get(class).is_some_and(|it| it.uses == Use::Once)
    }

    /// Makes sure that so many requests of each class can be sent.
    ///
    /// # Errors
    /// Where rows for them cannot be made.
    pub async fn refill(&mut self, counts: &[u64]) -> Result<(), DriveError> {
        let missing = |stock: &Stock, count: u64| match stock.uses {
            Use::Again => 0,
            Use::Once => count.saturating_sub(stock.requests.len() as u64),
        };
        let total: u64 =
            self.stocks.iter().zip(counts).map(|(it, count)| missing(it, *count)).sum();
        if total == 0 {
            return Ok(());
        }
        self.work.progress.begin("preparing requests", total);
        let classes = self.workload.classes.iter();
        for ((stock, class), count) in self.stocks.iter_mut().zip(classes).zip(counts) {
            let count = missing(stock, *count);
            if count == 0 {
                continue;
            }
            let made = match preparing(&self.work, class) {
                Some(it) => changes::once(&it, count, stock.next_batch()).await?,
                None => Err("none of the callers may".to_owned()),
            };
            let name = &class.name;
            match made {
                Ok(requests) if requests.len() as u64 >= count => stock.requests.extend(requests),
                Ok(requests) => {
                    let made = requests.len();
                    let what =
                        format!("only {made} of {count} requests of {name} could be prepared");
                    return Err(DriveError::new(what, "lower the factors or the duration"));
                }
                Err(why) => {
                    let what = format!("requests of {name} could not be prepared: {why}");
                    return Err(DriveError::new(what, ""));
                }
            }
            self.work.progress.advance(count);
        }
        self.work.progress.end();
        Ok(())
    }
}

impl Requests for Supply {
    fn write(&mut self, class: usize, out: &mut Vec<u8>) -> bool {
        let stock = self.stocks.get_mut(class);
        stock.is_some_and(|it| it.write_next(&mut self.random, out))
    }
}

/// Who asks for an operation: the first who may, people before the system itself, which no load comes from.
fn caller_of(work: &Work, operation: &Operation) -> Option<usize> {
    let may = work.callers.who_may(&operation.name);
    may.into_iter().find(|it| work.callers.get(*it).is_some_and(|it| it.name != "system"))
}

fn preparing<'a>(work: &'a Arc<Work>, class: &Class) -> Option<Preparing<'a>> {
    let operation = work.plan.operations.get(class.operation.0 as usize)?;
    let entity = operation.entity?;
    let mut caller = caller_of(work, operation)?;
    // Rows that are made for a class belong to who makes them.
    let is_on_fresh_rows = operation.kind == OperationKind::Delete
        || operation.kind.is_write() && work.plan.system[entity].lifecycle.is_some();
    if is_on_fresh_rows {
        let creates =
            |it: &&Operation| it.kind == OperationKind::Create && it.entity == Some(entity);
        let create = work.plan.operations.iter().find(creates);
        let creator = create.and_then(|it| caller_of(work, it));
        let may = work.callers.who_may(&operation.name);
        caller = creator.filter(|it| may.contains(it)).unwrap_or(caller);
    }
    Some(Preparing { work, operation, entity, caller })
}

/// The requests of a class, or why there are none.
async fn prepare(
    work: &Arc<Work>,
    class: &Class,
    seen: &mut look::Seen,
) -> Result<Result<Stock, String>, DriveError> {
    let Some(it) = preparing(work, class) else {
        return Ok(Err("none of the callers may".to_owned()));
    };
    if it.operation.needs_if_match {
        let reason = "it needs `If-Match`: whoever changes a row has read it just before";
        return Ok(Err(reason.to_owned()));
    }
    let rows = seen.rows(work, it.entity, it.caller).await?;
    let uses = changes::uses(&it);
    let requests = match it.operation.kind {
        OperationKind::Read => Ok(lists::reads(it.operation, rows)),
        OperationKind::List => Ok(lists::lists(&it, rows).await?),
        _ if uses == Use::Once => changes::once(&it, TRIAL, 0).await?,
        _ => changes::again(&it, rows).await?,
    };
    Ok(match requests {
        Ok(requests) if requests.is_empty() => {
            let entity = work.plan.system.entity_path(it.entity);
            Err(format!("the caller sees no {entity}, and none could be made"))
        }
        Ok(requests) => {
            served(&it, uses, requests).await?.map(|it_is| Stock::new(&it, uses, it_is))
        }
        Err(reason) => Err(reason),
    })
}

/// Tries some of the requests; answers those that can be counted on, or why there are none.
async fn served(
    it: &Preparing<'_>,
    uses: Use,
    mut requests: Vec<Prepared>,
) -> Result<Result<Vec<Prepared>, String>, DriveError> {
    if uses == Use::Once {
        let Some(request) = requests.pop() else { return Ok(Ok(requests)) };
        return Ok(tried(it, &request, 0).await?.map(|()| requests));
    }
    let step = requests.len().div_ceil(SAMPLES).max(1);
    let (mut good, mut reason) = (Vec::new(), String::new());
    let samples: Vec<&Prepared> = requests.iter().step_by(step).collect();
    for (number, request) in samples.iter().enumerate() {
        match tried(it, request, number as u64).await? {
            Ok(()) => good.push((*request).clone()),
            Err(why) => reason = why,
        }
    }
    // Some rows may be closed to the caller: then only those are asked for that are known to be open.
    let is_open = good.len() == samples.len();
    Ok(match (is_open, good.is_empty()) {
        (true, _) => Ok(requests),
        (false, false) => Ok(good),
        (false, true) => Err(reason),
    })
}

/// Sends one request; answers why it is not served.
async fn tried(
    it: &Preparing<'_>,
    request: &Prepared,
    number: u64,
) -> Result<Result<(), String>, DriveError> {
    let token = it.work.callers.get(it.caller).map(|it| it.token.as_str());
    let mut call = Call {
        method: stock::method(it.operation.method),
        body: request.body.as_ref().map(|it| it.as_bytes().to_vec().into()),
        ..Call::get(request.path.as_ref())
    }
    .token(token);
    if request.body.is_some() {
        call = call.header("content-type", "application/json");
    }
    if it.operation.idempotency == architrave_plan::Idempotency::Required {
        call = call.idempotency_key(format!("load-trial-{:x}-{number}", it.work.options.seed));
    }
    let reply = it.work.client.send_until_settled(&call, 20).await?;
    Ok(if reply.is_success() {
        Ok(())
    } else {
        Err(format!("a first request was refused ({}): {}", reply.status, problem(&reply.json())))
    })
}
