//! The classes of requests that a load is made of, and how often each comes.
//!
//! What is stated is the peak and the share that reads. How reads split into single rows, lists and searches is
//! assumed; writes are spread evenly over the operations that callers are offered. Commands are classes of their own,
//! because each sets something else in motion: that work is a class too, on top of the peak.

use std::collections::BTreeMap;

use architrave_model::{
    capacity::LoadClass,
    graph::{Audience, Consumer, ConsumerKind, Graph, Operation, OperationEffect},
};

use super::{Load, scaled};
use crate::measure::{assumed, words::short_rate as rate};

/// Messages that set off messages are followed so many times: longer chains are cycles.
const CHAIN_MAX: usize = 8;

/// A class, and what its demands are found by.
#[derive(Debug, Clone)]
pub(super) struct Class {
    /// As the model tells it.
    pub(super) load: LoadClass,
    /// What its requests do.
    pub(super) kind: Kind,
    /// Names of its operations.
    pub(super) operations: Vec<String>,
}

/// What requests of a class do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Row,
    List,
    Search,
    Create,
    Update,
}

impl Kind {
    /// The lines of the table of demands: processor, writer.
    pub(super) fn demands(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Row => ("row_cpu", None),
            Self::List => ("list_cpu", None),
            Self::Search => ("search_cpu", None),
            Self::Create => ("create_cpu", Some("create_writer")),
            Self::Update => ("update_cpu", Some("update_writer")),
        }
    }
}

/// Every class at a load: reads, writes by kind, commands by name, and what commands set in motion.
pub(super) fn classes(graph: &Graph, load: Load) -> Vec<Class> {
    let reads = scaled(load.milli_per_s, load.read_ppm, 1_000_000);
    let writes = load.milli_per_s - reads;
    let mut all = read_classes(graph, reads);
    let direct = write_classes(graph, writes);
    let sent = messages_sent(graph, &direct);
    all.extend(direct);
    all.extend(graph.consumers.iter().filter_map(|it| background(graph, it, &sent)));
    all.retain(|it| it.load.milli_per_s > 0);
    all
}

/// How often each process of several steps starts, in thousandths per second, by its name.
pub(super) fn starts(graph: &Graph, load: Load) -> BTreeMap<String, u64> {
    let reads = scaled(load.milli_per_s, load.read_ppm, 1_000_000);
    let sent = messages_sent(graph, &write_classes(graph, load.milli_per_s - reads));
    let sagas = graph.consumers.iter().filter(|it| it.kind.value() == Some(&ConsumerKind::Saga));
    sagas.map(|it| (it.node.name.clone(), arriving(it, &sent))).collect()
}

fn read_classes(graph: &Graph, reads: u64) -> Vec<Class> {
    let searches = graph.tables.iter().any(|it| it.indexes.iter().any(|it| it.is_full_text));
    let search = if searches { scaled(reads, assumed::READS_SEARCH.value, 10_000) } else { 0 };
    let of_rest = assumed::READS_ROW.value + assumed::READS_LIST.value;
    let list = scaled(reads - search, assumed::READS_LIST.value, of_rest);
    let row = reads - search - list;
    let named = |is_list: bool| -> Vec<String> {
        let offered = graph.operations.iter().filter(|it| is_offered(it) && is_read(it));
        let wanted = offered.filter(|it| it.is_list.value().copied().unwrap_or(false) == is_list);
        wanted.map(|it| it.node.name.clone()).collect()
    };
    let class = |name: &str, kind, milli_per_s, share: &assumed::Assumed, operations| Class {
        load: LoadClass {
            name: name.to_owned(),
            milli_per_s,
            because: format!("{} of {} reads (assumed)", share.shown(), rate(reads)),
            ..LoadClass::default()
        },
        kind,
        operations,
    };
    vec![
        class("row", Kind::Row, row, &assumed::READS_ROW, named(false)),
        class("list", Kind::List, list, &assumed::READS_LIST, named(true)),
        class("search", Kind::Search, search, &assumed::READS_SEARCH, named(true)),
    ]
}

fn write_classes(graph: &Graph, writes: u64) -> Vec<Class> {
    let mut groups: BTreeMap<(Kind, String), Vec<&Operation>> = BTreeMap::new();
    let offered = graph.operations.iter().filter(|it| is_offered(it) && !is_read(it));
    for operation in offered.filter(|it| it.table.is_some()) {
        let Some(effect) = operation.effect.value() else { continue };
        let (kind, name) = match effect {
            OperationEffect::Reads => continue,
            OperationEffect::Creates => (Kind::Create, "create".to_owned()),
            OperationEffect::Updates => (Kind::Update, "update".to_owned()),
            OperationEffect::Deletes => (Kind::Update, "delete".to_owned()),
            OperationEffect::Commands => (Kind::Update, operation.node.name.clone()),
        };
        groups.entry((kind, name)).or_default().push(operation);
    }
    let count: usize = groups.values().map(Vec::len).sum();
    if count == 0 {
        // Somebody declared writes although nothing that is offered writes: they count all the same.
        let because = "declared, though no operation that is offered writes".to_owned();
        return vec![written("update".to_owned(), Kind::Update, writes, because, &[])];
    }
    let groups = groups.into_iter().map(|((kind, name), of)| {
        let share = scaled(writes, of.len() as u64, count as u64);
        let because = format!(
            "{} of {count} operations that write, all equally often (assumed): {} writes",
            of.len(),
            rate(writes)
        );
        written(name, kind, share, because, &of)
    });
    groups.collect()
}

fn written(
    name: String,
    kind: Kind,
    milli_per_s: u64,
    because: String,
    of: &[&Operation],
) -> Class {
    let load = LoadClass { name, is_write: true, milli_per_s, because, ..LoadClass::default() };
    Class { load, kind, operations: of.iter().map(|it| it.node.name.clone()).collect() }
}

fn is_read(operation: &Operation) -> bool {
    operation.effect.value() == Some(&OperationEffect::Reads)
}

/// Whether anybody but the system itself may ask for it.
fn is_offered(operation: &Operation) -> bool {
    !matches!(operation.audience.value(), Some(Audience::System | Audience::Nobody))
}

/// Messages per second in thousandths, by id: those of commands, and those of commands that messages set off.
///
/// None where nobody waits for them: they set nothing in motion then.
fn messages_sent(graph: &Graph, direct: &[Class]) -> BTreeMap<String, u64> {
    if graph.consumers.is_empty() {
        return BTreeMap::new();
    }
    let mut run: BTreeMap<String, u64> = BTreeMap::new();
    for class in direct {
        let each = class.load.milli_per_s / (class.operations.len() as u64).max(1);
        run.extend(class.operations.iter().map(|it| (it.clone(), each)));
    }
    let mut sent = BTreeMap::new();
    for _ in 0..CHAIN_MAX {
        let mut newly: BTreeMap<String, u64> = BTreeMap::new();
        for operation in &graph.operations {
            let Some(times) = run.get(&operation.node.name) else { continue };
            for message in &operation.emits {
                let sum = newly.entry(message.clone()).or_default();
                *sum = sum.saturating_add(*times);
            }
        }
        if newly.is_empty() {
            break;
        }
        run = commands_set_off(graph, &newly);
        for (message, times) in newly {
            let sum: &mut u64 = sent.entry(message).or_default();
            *sum = sum.saturating_add(times);
        }
    }
    sent
}

/// Commands that the steps of processes run for these messages.
fn commands_set_off(graph: &Graph, sent: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut run = BTreeMap::new();
    for consumer in &graph.consumers {
        let times = arriving(consumer, sent);
        for (runs, repeats) in steps(graph, consumer) {
            if let Some(name) = runs.strip_prefix("operation:") {
                let sum: &mut u64 = run.entry(name.to_owned()).or_default();
                *sum = sum.saturating_add(times.saturating_mul(repeats));
            }
        }
    }
    run.retain(|_, times| *times > 0);
    run
}

fn arriving(consumer: &Consumer, sent: &BTreeMap<String, u64>) -> u64 {
    consumer.of.iter().filter_map(|it| sent.get(it)).fold(0, |sum, it| sum.saturating_add(*it))
}

/// What the steps of a consumer's process run, and how often each; empty for other consumers.
fn steps<'g>(graph: &'g Graph, consumer: &Consumer) -> Vec<(&'g str, u64)> {
    let mine = graph.processes.iter().filter(|it| {
        consumer.kind.value() == Some(&ConsumerKind::Saga) && it.node.name == consumer.node.name
    });
    let steps = mine.flat_map(|it| &it.steps);
    steps.map(|it| (it.runs.as_str(), repeats(it.repeats_max.value().copied()))).collect()
}

/// How often a step runs: the bound of its list, or what is assumed of long lists.
pub(super) fn repeats(bound: Option<u32>) -> u64 {
    bound.map_or(1, u64::from).clamp(1, assumed::ITEMS.value)
}

fn background(graph: &Graph, consumer: &Consumer, sent: &BTreeMap<String, u64>) -> Option<Class> {
    let times = arriving(consumer, sent);
    if times == 0 || consumer.kind.value() == Some(&ConsumerKind::InboundWebhook) {
        return None;
    }
    let steps = steps(graph, consumer);
    let writes = steps.iter().map(|it| it.1).sum::<u64>().max(1);
    let because = match steps.len() {
        0 => format!("{} messages, one write each to note what was done", rate(times)),
        count => format!(
            "{} messages, {writes} writes each for {count} steps (lists of {} assumed)",
            rate(times),
            assumed::ITEMS.shown()
        ),
    };
    let load = LoadClass {
        name: consumer.node.name.clone(),
        is_write: true,
        is_background: true,
        milli_per_s: times.saturating_mul(writes),
        because,
    };
    Some(Class { load, kind: Kind::Update, operations: Vec::new() })
}
