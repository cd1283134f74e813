//! The tables that every store on SQLite has beside those of the blueprint: journal, idempotency, identity, keys,
//! sequences, the record of the schema. Their names begin with an underscore, which no entity's table can.

/// Layout of the tables below; goes up when they change.
pub const LAYOUT: i64 = 1;

/// What creates them. `data` of an event is the row's image by physical names.
pub const CREATE: &str = "
CREATE TABLE _meta (
  name TEXT NOT NULL PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE _key (
  id INTEGER PRIMARY KEY,
  fingerprint BLOB NOT NULL
) STRICT;

CREATE TABLE _column (
  in_table TEXT NOT NULL,
  name TEXT NOT NULL,
  sql_type TEXT NOT NULL,
  is_nullable INTEGER NOT NULL,
  condition TEXT NOT NULL,
  is_lookup INTEGER NOT NULL,
  PRIMARY KEY (in_table, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE _table (
  name TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  constraints TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a number is never used again, also not after the tail was deleted.
CREATE TABLE _journal_tx (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  tenant BLOB,
  actor BLOB,
  operation TEXT NOT NULL,
  request_id TEXT NOT NULL,
  traceparent TEXT NOT NULL
) STRICT;

CREATE TABLE _journal_event (
  seq INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  tenant BLOB NOT NULL,
  entity INTEGER NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  event TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (seq, idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX _journal_event_tenant ON _journal_event (tenant, seq, idx);

CREATE TABLE _idempotency (
  key BLOB NOT NULL PRIMARY KEY,
  fingerprint BLOB NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  etag TEXT,
  location TEXT,
  problem BLOB,
  is_sealed INTEGER NOT NULL,
  epoch INTEGER,
  seq INTEGER,
  idx INTEGER,
  expires_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX _idempotency_expiry ON _idempotency (expires_at_us);

CREATE TABLE _identity_link (
  tenant BLOB NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user BLOB NOT NULL,
  PRIMARY KEY (tenant, issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE _api_key (
  id TEXT NOT NULL PRIMARY KEY,
  uuid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  secret_sha256 BLOB NOT NULL,
  tenant BLOB,
  user BLOB,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  expires_at_us INTEGER,
  revoked_at_us INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE _sequence (
  tenant BLOB NOT NULL,
  in_table TEXT NOT NULL,
  name TEXT NOT NULL,
  period TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (tenant, in_table, name, period)
) STRICT, WITHOUT ROWID;
";
