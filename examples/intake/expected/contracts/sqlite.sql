-- Tables of SQLite 3.53 or newer: what the server executes on an empty data folder, and keeps up to the blueprint.
-- For reading and for tools: a database that is made from this file is not one that the server takes.
--
-- Ids are 16 bytes, times are microseconds since 1970, amounts of money are minor units, decimals are whole numbers
-- without their point. Encrypted columns are BLOB, whatever their values are. Physical names are those of
-- architrave.lock and never change.

-- What every store has: journal, idempotency, identity, keys, sequences

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

-- teams.Engineer
CREATE TABLE "teams_engineer" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  "pager" BLOB,
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "teams_engineer_email_key" ON "teams_engineer" ("email_lookup");

-- teams.Source
CREATE TABLE "teams_source" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "team" TEXT NOT NULL,
  "contact_id" BLOB CONSTRAINT "ck_contact_id" CHECK (length("contact_id") = 16),
  "is_muted" INTEGER NOT NULL CONSTRAINT "ck_is_muted" CHECK ("is_muted" IN (0, 1)),
  UNIQUE ("id"),
  FOREIGN KEY ("contact_id") REFERENCES "teams_engineer" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "teams_source_name_key" ON "teams_source" ("name");
CREATE INDEX "teams_source_team_idx" ON "teams_source" ("team", "id");
CREATE INDEX "teams_source_contact_id_idx" ON "teams_source" ("contact_id", "id");

-- signals.LogLine
CREATE TABLE "signals_log_line" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "source_id" BLOB NOT NULL CONSTRAINT "ck_source_id" CHECK (length("source_id") = 16),
  "level" TEXT NOT NULL CONSTRAINT "ck_level" CHECK ("level" IN ('debug', 'info', 'warning', 'error')),
  "at" INTEGER NOT NULL,
  "message" TEXT NOT NULL,
  "trace" TEXT,
  "details" TEXT CONSTRAINT "ck_details" CHECK (json_valid("details")),
  UNIQUE ("id"),
  FOREIGN KEY ("source_id") REFERENCES "teams_source" ("id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "signals_log_line_source_id_at_idx" ON "signals_log_line" ("source_id", "at" DESC, "id" DESC);
CREATE INDEX "signals_log_line_source_id_at_idx_2" ON "signals_log_line" ("source_id", "at" DESC, "id" DESC) WHERE "level" = 'error';
CREATE INDEX "signals_log_line_trace_idx" ON "signals_log_line" ("trace", "id") WHERE "trace" IS NOT NULL;

-- signals.Sample
CREATE TABLE "signals_sample" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "series_id" BLOB NOT NULL CONSTRAINT "ck_series_id" CHECK (length("series_id") = 16),
  "at" INTEGER NOT NULL,
  "value" INTEGER NOT NULL,
  UNIQUE ("id"),
  FOREIGN KEY ("series_id") REFERENCES "signals_series" ("id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "signals_sample_series_id_at_idx" ON "signals_sample" ("series_id", "at" DESC, "id" DESC);

-- signals.Series
CREATE TABLE "signals_series" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "source_id" BLOB NOT NULL CONSTRAINT "ck_source_id" CHECK (length("source_id") = 16),
  "name" TEXT NOT NULL,
  "unit" TEXT NOT NULL,
  "low" INTEGER,
  "high" INTEGER,
  UNIQUE ("id"),
  FOREIGN KEY ("source_id") REFERENCES "teams_source" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "signals_series_source_id_name_key" ON "signals_series" ("source_id", "name");

-- signals.Alarm
CREATE TABLE "signals_alarm" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "series_id" BLOB NOT NULL CONSTRAINT "ck_series_id" CHECK (length("series_id") = 16),
  "value" INTEGER NOT NULL,
  "taken_id" BLOB CONSTRAINT "ck_taken_id" CHECK (length("taken_id") = 16),
  "note" TEXT,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('raised', 'taken', 'over')),
  UNIQUE ("id"),
  FOREIGN KEY ("series_id") REFERENCES "signals_series" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("taken_id") REFERENCES "teams_engineer" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "signals_alarm_series_id_key" ON "signals_alarm" ("series_id") WHERE "status" = 'raised';
CREATE INDEX "signals_alarm_status_created_at_idx" ON "signals_alarm" ("status", "created_at" DESC, "id" DESC);
CREATE INDEX "signals_alarm_series_id_idx" ON "signals_alarm" ("series_id", "id");
CREATE INDEX "signals_alarm_taken_id_idx" ON "signals_alarm" ("taken_id", "id");
