//! The tables that every store on PostgreSQL has beside those of the blueprint, in a schema of their own. They hold
//! what SQLite's hold, so that a store can move from one to the other; two more are only needed with many nodes.

/// Layout of the tables below; goes up when they change.
pub const LAYOUT: i64 = 1;

/// The schema's name. No context's schema has it.
pub const SCHEMA: &str = "architrave";

/// What creates them.
///
/// - `journal_tx.seq` is drawn by the insert itself, without a cache, as the last statement of a transaction: readers
///   go as far as `journal_mark.safe`, and who publishes may close a gap below it by inserting the number that is
///   missing (`kind` 1), which the primary key allows once.
/// - `journal_tx.fence` is looked up by the same insert: where the node that writes is no longer a live one, the lookup
///   finds nothing, a null is refused, and with it the whole transaction.
/// - `budget` is not logged: it is written at every other request, and after a crash every budget is full again.
/// - `journal_event.data` is `json`, not `jsonb`: it is written once, read whole, and answered byte by byte as SQLite
///   would; nothing asks what is in it.
/// - The tenant of what belongs to none is the nil UUID where it is part of a key.
pub const CREATE: &str = r#"
CREATE SCHEMA architrave;

CREATE TABLE architrave.meta (
  name text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE architrave.key (
  id bigint PRIMARY KEY,
  fingerprint bytea NOT NULL
);

CREATE TABLE architrave."column" (
  in_table text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  sql_type text NOT NULL,
  is_nullable boolean NOT NULL,
  condition text NOT NULL,
  is_lookup boolean NOT NULL,
  PRIMARY KEY (in_table, name)
);

CREATE TABLE architrave."table" (
  name text COLLATE "C" PRIMARY KEY,
  number integer NOT NULL UNIQUE,
  constraints text NOT NULL
);

CREATE TABLE architrave.journal_tx (
  seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  kind smallint NOT NULL,
  at timestamptz NOT NULL,
  tenant uuid,
  actor uuid,
  operation text NOT NULL,
  request_id text NOT NULL,
  traceparent text NOT NULL,
  fence bigint NOT NULL DEFAULT 0
);

CREATE TABLE architrave.journal_event (
  seq bigint NOT NULL,
  idx integer NOT NULL,
  tenant uuid NOT NULL,
  entity integer NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  event text NOT NULL,
  data json NOT NULL,
  PRIMARY KEY (seq, idx)
);

CREATE INDEX journal_event_tenant ON architrave.journal_event (tenant, seq, idx);

-- What happened to a tenant's rows is walled in as they are. Not so what is asked before it is known whose turn it is:
-- keys, identity links, and transactions, which tell no more than that there was one. Adding is free: what is told was
-- written to tables with walls of their own, but for a new tenant, whose id no session could have named.
ALTER TABLE architrave.journal_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE architrave.journal_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON architrave.journal_event USING (
  tenant = '00000000-0000-0000-0000-000000000000'
  OR (SELECT pg_catalog.current_setting('architrave.tenants', true) = '*')
  OR tenant = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%'
    THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])
) WITH CHECK (true);
CREATE POLICY owner ON architrave.journal_event TO CURRENT_USER USING (true) WITH CHECK (true);

-- One row: how far readers may go, and which node moves it. Updated in place at every publication, hence the room in
-- its page.
CREATE TABLE architrave.journal_mark (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  safe bigint NOT NULL,
  publisher uuid,
  fence bigint NOT NULL DEFAULT 0,
  leased_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 10);

-- Who serves: a node whose heartbeat is old has lost its fence, and what it writes with it is refused.
CREATE TABLE architrave.node (
  id uuid PRIMARY KEY,
  address text NOT NULL,
  plan text NOT NULL,
  fence bigint NOT NULL,
  beat_at timestamptz NOT NULL
);

-- Rate limits: when a budget is full again, in nanoseconds since 1970.
CREATE UNLOGGED TABLE architrave.budget (
  policy integer NOT NULL,
  subject uuid NOT NULL,
  full_at_ns bigint NOT NULL,
  granted integer NOT NULL,
  PRIMARY KEY (policy, subject)
) WITH (fillfactor = 50);

CREATE TABLE architrave.idempotency (
  key bytea PRIMARY KEY,
  fingerprint bytea NOT NULL,
  status smallint NOT NULL,
  body bytea NOT NULL,
  etag text,
  location text,
  problem bytea,
  is_sealed boolean NOT NULL,
  epoch bigint,
  seq bigint,
  idx integer,
  expires_at timestamptz NOT NULL
);

CREATE INDEX idempotency_expiry ON architrave.idempotency (expires_at);

CREATE TABLE architrave.identity_link (
  tenant uuid NOT NULL,
  issuer text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  "user" uuid NOT NULL,
  PRIMARY KEY (tenant, issuer, subject)
);

CREATE TABLE architrave.api_key (
  id text COLLATE "C" PRIMARY KEY,
  uuid uuid NOT NULL UNIQUE,
  name text NOT NULL,
  secret_sha256 bytea NOT NULL,
  tenant uuid,
  "user" uuid,
  roles jsonb NOT NULL,
  scopes jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE architrave.sequence (
  tenant uuid NOT NULL,
  in_table text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (tenant, in_table, name, period)
);
"#;
