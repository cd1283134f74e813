//! What happens after a change: sagas, schedules, projections, webhooks, integrations, notifications.

use crate::{
    ChannelId, CommandId, ContextId, EntityId, EventId, Expr, Field, IntegrationId, Name, Rule,
    Span,
};

/// A value from the blueprint or, symbolically, from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Written in the blueprint.
    Text(String),
    /// `env("NAME")`, read when the system starts.
    Env(String),
    /// `secret("NAME")`, read when the system starts, never shown.
    Secret(String),
}

/// What a step, schedule or saga runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunTarget {
    /// A command of an entity.
    Command(CommandId),
    /// An operation of an integration, by position.
    Operation(IntegrationId, usize),
}

/// A process of several steps, each of which can be undone.
#[derive(Debug, Clone)]
pub struct Saga {
    /// `PascalCase`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// The event that starts it.
    pub on: EventId,
    /// In microseconds.
    pub deadline_us: Option<i64>,
    /// In order.
    pub steps: Vec<SagaStep>,
    /// What to run when everything has been undone.
    pub on_failure: Option<SagaStep>,
    /// The whole block.
    pub span: Span,
}

/// One step of a saga.
#[derive(Debug, Clone)]
pub struct SagaStep {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Run once per element.
    pub for_each: Option<Expr>,
    /// What is run.
    pub run: RunTarget,
    /// The row, for commands.
    pub target: Option<Expr>,
    /// Members of its input.
    pub input: Vec<(String, Expr)>,
    /// How it is undone.
    pub undo: Undo,
    /// Asked for the outcome where it is unknown.
    pub probe: Option<RunTarget>,
    /// In microseconds.
    pub timeout_us: Option<i64>,
    /// The whole block.
    pub span: Span,
}

/// How a step is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// By running this.
    Compensate(RunTarget),
    /// It is the point of no return.
    Pivot,
    /// It comes after the pivot.
    AfterPivot,
    /// It need not be, for a stated reason.
    NoUndo(String),
    /// It changes nothing.
    ReadOnly,
}

/// Work that is done again and again.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// In microseconds.
    pub every_us: i64,
    /// The rows it is done for.
    pub for_each: Option<Expr>,
    /// What is run.
    pub run: RunTarget,
    /// Members of its input.
    pub input: Vec<(String, Expr)>,
    /// The whole block.
    pub span: Span,
}

/// Numbers kept up to date from events.
#[derive(Debug, Clone)]
pub struct Projection {
    /// `PascalCase`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// The events it is made from.
    pub from: Vec<EventId>,
    /// What its rows are keyed by.
    pub key: Vec<(String, Expr)>,
    /// What they hold.
    pub set: Vec<(String, Expr)>,
    /// Who may read it.
    pub read: Option<Rule>,
    /// The whole block.
    pub span: Span,
}

/// Events sent to addresses that users register.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// What is sent.
    pub events: Vec<EventId>,
    /// Who may register an address.
    pub subscribe: Option<Rule>,
    /// `hmac-sha256` or `ed25519`.
    pub signing: String,
    /// How delivery is repeated.
    pub retry: Option<Retry>,
    /// The whole block.
    pub span: Span,
}

/// How an attempt is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all.
    pub attempts_max: u32,
    /// How the wait grows.
    pub backoff: Backoff,
    /// First wait in microseconds.
    pub first_us: i64,
    /// Longest wait in microseconds.
    pub max_us: i64,
}

/// How the wait between attempts grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same.
    Constant,
    /// Doubles.
    Exponential,
}

/// Where somebody else's system runs, and on what terms it is given personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// E.g. `eu-central`.
    pub region: Option<Name>,
    /// The agreement on processing personal data (GDPR, article 28) in words: its date, where it is kept.
    pub processing_agreement: Option<Name>,
}

/// A system of somebody else that ours calls.
#[derive(Debug, Clone)]
pub struct Integration {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// Address.
    pub base_url: Option<Setting>,
    /// How we prove who we are.
    pub auth: Option<IntegrationAuth>,
    /// In microseconds.
    pub timeout_us: Option<i64>,
    /// How calls are repeated.
    pub retry: Option<Retry>,
    /// When we stop calling for a while.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// (calls at once, calls waiting).
    pub bulkhead: Option<(u32, u32)>,
    /// Availability that its operator promises, in parts per million.
    pub availability_ppm: Option<u32>,
    /// How fast its operator promises to answer: (percentile in parts per million, microseconds), ascending.
    pub latency: Vec<(u32, i64)>,
    /// Where it runs and on what terms.
    pub terms: Terms,
    /// What can be called.
    pub operations: Vec<IntegrationOperation>,
    /// What calls us.
    pub callbacks: Vec<Callback>,
    /// The whole block.
    pub span: Span,
}

/// How we prove who we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntegrationAuth {
    /// `bearer(secret(…))`
    Bearer(Setting),
    /// `basic(user, password)`
    Basic(Setting, Setting),
    /// `header(name, value)`
    Header(String, Setting),
}

/// When we stop calling for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// Share of failures that opens it, in parts per million.
    pub failures_ppm: u32,
    /// Time looked at, in microseconds.
    pub window_us: i64,
    /// How long it stays open, in microseconds.
    pub open_for_us: i64,
}

/// One call of an integration.
#[derive(Debug, Clone)]
pub struct IntegrationOperation {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Members of its input.
    pub input: Vec<Field>,
    /// What is sent.
    pub request: Option<OutboundRequest>,
    /// What is kept of the answer.
    pub output: Vec<(String, Expr)>,
    /// The key that makes a repeated call harmless.
    pub idempotency_key: Option<Expr>,
    /// Answers that are failures of the business.
    pub errors: Vec<IntegrationError>,
    /// The whole block.
    pub span: Span,
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct OutboundRequest {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
    pub method: &'static str,
    /// Path below the base URL.
    pub path: Expr,
    /// Body, written as JSON.
    pub body: Option<Expr>,
}

/// `error CODE { when = … }`
#[derive(Debug, Clone)]
pub struct IntegrationError {
    /// `snake_case`.
    pub code: Name,
    /// When it is this error.
    pub when: Expr,
}

/// An inbound webhook.
#[derive(Debug, Clone)]
pub struct Callback {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// How the sender proves who they are.
    pub verify: Option<Verify>,
    /// Which messages count.
    pub when: Option<Expr>,
    /// What makes a repeated message the same.
    pub dedupe: Option<Expr>,
    /// The event it becomes.
    pub emit: Option<EventId>,
    /// The event's members.
    pub payload: Vec<(String, Expr)>,
    /// The whole block.
    pub span: Span,
}

/// `hmac_sha256(header("…"), secret("…"))`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// The header with the signature.
    pub header: String,
    /// The shared secret.
    pub secret: Setting,
}

/// A way to reach people.
#[derive(Debug, Clone)]
pub struct Channel {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// Who carries it.
    pub provider: Option<ChannelProvider>,
    /// Sender's address.
    pub from: Option<String>,
    /// Where whoever carries it runs, and on what terms.
    pub terms: Terms,
    /// The whole block.
    pub span: Span,
}

/// Who carries a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelProvider {
    /// E-mail.
    Smtp(Setting),
    /// Browser push.
    WebPush(Setting),
}

/// A message to a person when something happened.
#[derive(Debug, Clone)]
pub struct Notification {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Where it was declared.
    pub context: ContextId,
    /// What happened.
    pub on: EventId,
    /// Whom it is for.
    pub to: Option<NotificationTarget>,
    /// How it may reach them, the first first.
    pub via: Vec<ChannelId>,
    /// First line.
    pub subject: Option<Expr>,
    /// The message.
    pub text: Option<Expr>,
    /// The whole block.
    pub span: Span,
}

/// Whom a message is for.
#[derive(Debug, Clone)]
pub enum NotificationTarget {
    /// A user, by expression over `event`.
    User(Expr),
    /// A fixed address.
    Address(String),
}

/// A rename in progress.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The old path.
    pub from: Name,
    /// What it is now.
    pub to: MovedPath,
    /// Day from which only the new name is served, as days since 1970.
    pub sunset: Option<i32>,
    /// The whole block.
    pub span: Span,
}

/// What a rename or removal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovedPath {
    /// An entity.
    Entity(EntityId),
    /// A field of an entity, by position.
    Field(EntityId, usize),
    /// Could not be resolved (reported).
    Unknown,
}

/// A removal in progress.
#[derive(Debug, Clone)]
pub struct Removed {
    /// The path that is gone.
    pub from: Name,
    /// Why.
    pub reason: String,
    /// Day from which it is not served, as days since 1970.
    pub sunset: Option<i32>,
    /// The whole block.
    pub span: Span,
}
