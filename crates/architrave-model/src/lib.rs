//! Names things: the typed model of one system, exactly as its author declared it.
//!
//! Ground floor: every other crate may import this one; it imports none of ours.
//! Start reading at [`System`], then [`Expr`], then [`Finding`].
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod access;
mod assessment;
pub mod capacity;
pub mod civil;
mod context;
pub mod decision;
mod delivery;
mod entity;
mod expr;
mod field;
mod finding;
pub mod graph;
mod identity;
pub mod measurement;
mod quality;
mod question;
mod running;
mod source;
mod system;
mod threat;
mod value;
mod verdict;
pub mod words;

pub use access::{Access, FieldAccess, Rule};
pub use assessment::{Assessment, Assumption, Increment, RuleSummary, Support};
pub use context::{Context, Declared, Event, EventField, EventPayload, Name, ValueObject};
pub use delivery::{
    Backoff, Callback, Channel, ChannelProvider, CircuitBreaker, Integration, IntegrationAuth,
    IntegrationError, IntegrationOperation, Moved, MovedPath, Notification, NotificationTarget,
    OutboundRequest, Projection, Removed, Retry, RunTarget, Saga, SagaStep, Schedule, Setting,
    Terms, Undo, Verify, Webhook,
};
pub use entity::{
    Command, Entity, Guard, Index, IndexKey, IndexPath, Invariant, Lifecycle, Owner, Privacy,
    Search, SearchField, SetField, SoftDelete, Transition, Unique, Writes,
};
pub use expr::{
    Base, CallerMember, Expr, ExprKind, Function, Member, Operator, Quantifier, Root, Ty, Variable,
};
pub use field::{Default, Encryption, Field, FieldType, FileKind, OnDelete, Scalar, UniqueScope};
pub use finding::{Code, CodePage, Edit, Finding, Fix, Label, Severity};
pub use identity::{ApiKeyLogin, Identity, Limits, OidcLogin, Rate, RateKey, TenantSource};
pub use quality::{Compliance, Constraints, Recovery, Slo, Workload};
pub use question::{Answer, OpenQuestion, World};
pub use running::{ObjectiveLoad, Restore};
pub use source::{FileId, SourceFile, Span};
pub use system::{
    Accept, ChannelId, CommandId, ContextId, EntityId, EventId, IntegrationId, System, ValueId,
};
pub use threat::{Crossing, CrossingKind, Party, Stride, Threat, ThreatAnswer, Zone};
pub use value::{TIMESTAMP_MAX_US, TIMESTAMP_MIN_US, Value};
pub use verdict::{Change, Level, Outcome, Proposal, Verdict, Waiver};
