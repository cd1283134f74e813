//! Messages and what they set in motion.

use super::{Known, Node, Origin, Payload, RetryPolicy};

/// An event or message.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// `message:sales.OrderPlaced`
    pub node: Node,
    /// Id of the module or service that sends it.
    pub module: Option<String>,
    /// Id of the store (queue, stream, journal) that carries it.
    pub channel: Option<String>,
    /// What it says.
    pub payload: Known<Payload>,
    /// Version of its schema; absent: it has none.
    pub schema_version: Known<String>,
    /// What makes two copies the same message; absent: nothing.
    pub identity: Known<String>,
    /// What it is ordered by; absent: nothing.
    pub ordering_key: Known<String>,
    /// Whether it leaves in the same transaction as the change it tells of (outbox, journal).
    pub is_transactional: Known<bool>,
    /// Whether clients outside the system can read it.
    pub is_public: Known<bool>,
}

/// What happens when a message arrives.
#[derive(Debug, Clone, Default)]
pub struct Consumer {
    /// `consumer:sales.Fulfilment`
    pub node: Node,
    /// What it is.
    pub kind: Known<ConsumerKind>,
    /// Id of the module or service that runs it.
    pub module: Option<String>,
    /// Ids of the messages.
    pub of: Vec<String>,
    /// How it is repeated when it fails; absent: not at all.
    pub retry: Known<RetryPolicy>,
    /// Whether what fails for good is put aside, where somebody sees it.
    pub has_dead_letter: Known<bool>,
    /// Whether a second copy of a message does nothing.
    pub is_idempotent: Known<bool>,
    /// Whether depth, age and lag are measured.
    pub is_measured: Known<bool>,
    /// How its sender proves who it is (inbound) or how we prove it (outbound); absent: not at all.
    pub signature: Known<String>,
    /// Whether old signed messages are refused: the window in microseconds.
    pub replay_window_us: Known<i64>,
    /// Whether the address it sends to is written by users.
    pub address_is_user_data: Known<bool>,
    /// Whether private and local addresses are refused.
    pub blocks_private_addresses: Known<bool>,
    /// Kinds of personal data that leave the system with it.
    pub personal_data: Known<Vec<String>>,
    /// How many remote calls it makes before it answers.
    pub calls_before_answer: Known<u32>,
}

/// What a consumer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConsumerKind {
    /// Runs steps.
    Saga,
    /// Keeps numbers up to date.
    Projection,
    /// Sends events to addresses of others.
    OutboundWebhook,
    /// Takes messages of others.
    InboundWebhook,
    /// Tells a person.
    Notification,
    /// A process that takes messages from a queue or stream.
    Worker,
}

/// A process of several steps that each leave something behind.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// `process:sales.Fulfilment`
    pub node: Node,
    /// Id of the module that runs it.
    pub module: Option<String>,
    /// In microseconds; absent: none.
    pub deadline_us: Known<i64>,
    /// In order.
    pub steps: Vec<ProcessStep>,
}

/// One step.
#[derive(Debug, Clone, Default)]
pub struct ProcessStep {
    /// `step:sales.Fulfilment.charge_card`
    pub node: Node,
    /// Id of what it runs: an operation, an external.
    pub runs: String,
    /// Whether it changes anything.
    pub changes: Known<bool>,
    /// What undoes it: an id, `pivot`, `after pivot` or the stated reason; absent: nothing.
    pub undo: Known<String>,
    /// In microseconds; absent: none.
    pub timeout_us: Known<i64>,
    /// How often it runs per process: the bound of the list that it runs for; 1 where it runs once.
    pub repeats_max: Known<u32>,
    /// Where the timeout would be written.
    pub origin: Origin,
}
