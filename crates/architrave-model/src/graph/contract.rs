//! What callers can ask for, and what goes over the wire.

use super::{Known, Node, Origin};

/// One thing that a caller can ask for.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    /// `operation:sales.Order.place` (blueprint) or `operation:POST /orders` (OpenAPI).
    pub node: Node,
    /// Id of the module or service that offers it.
    pub module: Option<String>,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with `{id}`.
    pub path: String,
    /// What it does.
    pub effect: Known<OperationEffect>,
    /// Who can call it.
    pub audience: Known<Audience>,
    /// How callers prove who they are; absent: not at all. Unknown where a contract names no scheme anywhere
    /// (a gateway may ask for one); absent where it names some and asks this operation's callers for none.
    pub auth: Known<Vec<AuthScheme>>,
    /// What decides whether a caller may.
    pub access: Known<AccessShape>,
    /// Whether it takes the id of a row.
    pub takes_id: bool,
    /// Id of the table that it is about.
    pub table: Option<String>,
    /// Whether one caller can only call it so often.
    pub is_rate_limited: Known<bool>,
    /// Whether it takes an idempotency key (or is harmless when repeated).
    pub is_idempotent: Known<bool>,
    /// Whether a stale change is refused (`ETag` and `If-Match`).
    pub detects_lost_update: Known<bool>,
    /// Whether it answers a list.
    pub is_list: Known<bool>,
    /// Whether a list is answered page by page, with a largest page.
    pub is_paginated: Known<bool>,
    /// Whether pages are counted from the start (`offset`, `page`).
    pub pages_by_offset: Known<bool>,
    /// Whether filters and sorts are limited to what an index serves.
    pub has_query_allow_list: Known<bool>,
    /// Status codes that are documented; a range such as `4XX` by its first digit (4), `default` as 0.
    pub statuses: Known<Vec<u16>>,
    /// Whether errors are RFC 9457 with a stable code.
    pub has_problem_details: Known<bool>,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// Body of the request.
    pub request: Known<Payload>,
    /// Body of the (successful) answer.
    pub response: Known<Payload>,
    /// Whether it is said to go away, and when, as days since 1970.
    pub sunset_day: Known<i32>,
    /// Whether it is marked as deprecated.
    pub is_deprecated: bool,
    /// Whether it has an id, a summary and an example for whoever reads about it.
    pub is_documented: Known<bool>,
    /// Whether request ids or trace context are taken and passed on.
    pub has_correlation: Known<bool>,
    /// Largest body in bytes; absent: unbounded.
    pub body_bytes_max: Known<u64>,
    /// Ids of operations, externals and stores that it waits for, in order.
    pub waits_for: Vec<String>,
    /// Whether it moves money.
    pub moves_money: Known<bool>,
    /// Whether it is a sign-in, sign-up or password reset.
    pub is_credential_entry: Known<bool>,
    /// Rows that it touches with one statement each, per row of its answer (nested lists).
    pub queries_per_row: Known<u32>,
    /// Ids of the messages that it sends by name.
    pub emits: Vec<String>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationEffect {
    /// Changes nothing.
    Reads,
    /// Makes something.
    Creates,
    /// Changes something.
    Updates,
    /// Removes something.
    Deletes,
    /// A named intent that changes something.
    Commands,
}

/// Who can call an operation, before any rule about rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Anybody on the internet, without saying who they are.
    Anonymous,
    /// Anybody who is signed in.
    SignedIn,
    /// Some of those who are signed in.
    Some,
    /// Only the system itself.
    System,
    /// Nobody.
    Nobody,
}

/// What decides whether a caller may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessShape {
    /// No rule at all.
    None,
    /// Always yes.
    Everybody,
    /// Being signed in.
    SignedIn,
    /// A role alone: any row.
    Role,
    /// Something about the row alone (e.g. published).
    Row,
    /// The caller's relation to the row: owner, member, tenant.
    Relation,
    /// A role, or the relation to the row.
    RoleOrRelation,
    /// The system alone.
    System,
}

/// How callers prove who they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthScheme {
    /// OpenID Connect or OAuth 2 with signed tokens.
    OpenIdConnect,
    /// A bearer token of unknown making.
    Bearer,
    /// A key in a header.
    ApiKeyHeader,
    /// A key in the query: it ends in logs.
    ApiKeyQuery,
    /// Name and password with every request.
    Basic,
    /// A shared secret signs tokens (HS256) between services.
    SharedSecretToken,
    /// A signature over the message.
    Signature,
    /// Mutual TLS.
    MutualTls,
    /// A cookie.
    Cookie,
}

/// A parameter of an operation.
#[derive(Debug, Clone, Default)]
pub struct Parameter {
    /// As written.
    pub name: String,
    /// Where it was found.
    pub origin: Origin,
    /// Where it stands in the request.
    pub place: ParameterPlace,
    /// Type as written, e.g. `string(uuid)`; empty where that is not known.
    pub type_text: String,
    /// Whether a request without it is refused.
    pub is_required: Known<bool>,
    /// Whether its values are bounded (length, range, enumeration).
    pub is_bounded: Known<bool>,
    /// Whether it is a whole number that counts rows (guessable).
    pub is_sequential_id: Known<bool>,
    /// Personal data.
    pub personal: Known<super::PersonalData>,
    /// Whether its values are written to logs, where somebody says so (`x-logged`).
    pub is_logged: Known<bool>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterPlace {
    /// `/orders/{id}`
    Path,
    /// `?status=paid`
    #[default]
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// A body.
#[derive(Debug, Clone, Default)]
pub struct Payload {
    /// Where it was found.
    pub origin: Origin,
    /// Its members, nested ones by path (`lines.price`).
    pub fields: Vec<PayloadField>,
    /// Whether members that are not listed are refused.
    pub is_closed: Known<bool>,
    /// Name of its schema in the contract, e.g. `Order`; for lists that of an item.
    pub schema_name: Option<String>,
}

/// A member of a body.
#[derive(Debug, Clone, Default)]
pub struct PayloadField {
    /// Path, e.g. `lines.price`.
    pub path: String,
    /// Where it was found.
    pub origin: Origin,
    /// Type as written, e.g. `string`, `number`.
    pub type_text: String,
    /// What it holds, where that is known.
    pub kind: Known<super::ColumnKind>,
    /// Whether text, lists and numbers have bounds.
    pub is_bounded: Known<bool>,
    /// The texts that it may have, for enumerations; empty where that is not known.
    pub values: Vec<String>,
    /// Longest text in characters, largest list in items; absent: unbounded.
    pub length_max: Known<u64>,
    /// Whether it must be there.
    pub is_required: Known<bool>,
    /// Personal data.
    pub personal: Known<super::PersonalData>,
    /// Whether it is a credential.
    pub is_secret: Known<bool>,
    /// Whether everybody who may ask may see it (responses), as against some.
    pub is_restricted: Known<bool>,
    /// Whether only the server writes it.
    pub is_read_only: Known<bool>,
    /// Whether it is taken and never shown, though the same schema stands in an answer.
    pub is_write_only: Known<bool>,
    /// Of a file: whether it may be of any kind, as against some content types.
    pub takes_any_file: Known<bool>,
}
