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

-- firm.Firm
CREATE TABLE "firm_firm" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "register" TEXT NOT NULL,
  "year_begins" INTEGER NOT NULL,
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "firm_firm_register_key" ON "firm_firm" ("register");

-- firm.Bookkeeper
CREATE TABLE "firm_bookkeeper" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "firm_firm" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "firm_bookkeeper_email_key" ON "firm_bookkeeper" ("tenant_id", "email_lookup");

-- books.Account
CREATE TABLE "books_account" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT NOT NULL CONSTRAINT "ck_kind" CHECK ("kind" IN ('asset', 'liability', 'equity', 'income', 'expense')),
  "parent_id" BLOB CONSTRAINT "ck_parent_id" CHECK (length("parent_id") = 16),
  "balance" INTEGER NOT NULL,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'closed')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "firm_firm" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "parent_id") REFERENCES "books_account" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "books_account_number_key" ON "books_account" ("tenant_id", "number");
CREATE INDEX "books_account_parent_id_idx" ON "books_account" ("tenant_id", "parent_id", "id");

-- books.Period
CREATE TABLE "books_period" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "starts" TEXT NOT NULL CONSTRAINT "ck_starts" CHECK (length("starts") = 10),
  "ends" TEXT NOT NULL CONSTRAINT "ck_ends" CHECK (length("ends") = 10),
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'closed')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "firm_firm" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "books_period_name_key" ON "books_period" ("tenant_id", "name");
CREATE INDEX "books_period_starts_idx" ON "books_period" ("tenant_id", "starts", "id");

-- books.Entry
CREATE TABLE "books_entry" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "reference" TEXT NOT NULL,
  "period_id" BLOB NOT NULL CONSTRAINT "ck_period_id" CHECK (length("period_id") = 16),
  "on_" TEXT NOT NULL CONSTRAINT "ck_on_" CHECK (length("on_") = 10),
  "text" TEXT NOT NULL,
  "debit" INTEGER NOT NULL,
  "credit" INTEGER NOT NULL,
  "reverses_id" BLOB CONSTRAINT "ck_reverses_id" CHECK (length("reverses_id") = 16),
  "written_by_id" BLOB CONSTRAINT "ck_written_by_id" CHECK (length("written_by_id") = 16),
  "posted_at" INTEGER,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'posted', 'discarded', 'reversed')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "firm_firm" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "period_id") REFERENCES "books_period" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "reverses_id") REFERENCES "books_entry" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "written_by_id") REFERENCES "firm_bookkeeper" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "books_entry_number_key" ON "books_entry" ("tenant_id", "number");
CREATE UNIQUE INDEX "books_entry_reference_key" ON "books_entry" ("tenant_id", "reference");
CREATE UNIQUE INDEX "books_entry_reverses_id_key" ON "books_entry" ("tenant_id", "reverses_id") WHERE "reverses_id" IS NOT NULL;
CREATE INDEX "books_entry_period_id_on__idx" ON "books_entry" ("tenant_id", "period_id", "on_", "id");
CREATE INDEX "books_entry_status_created_at_idx" ON "books_entry" ("tenant_id", "status", "created_at" DESC, "id" DESC);
CREATE INDEX "books_entry_written_by_id_idx" ON "books_entry" ("tenant_id", "written_by_id", "id");
CREATE INDEX "books_entry_reverses_id_idx" ON "books_entry" ("tenant_id", "reverses_id", "id");
CREATE VIRTUAL TABLE "books_entry__search" USING fts5("w_reference", "w_text", content='', contentless_delete=1, detail=column, tokenize='ascii');

-- books.Posting
CREATE TABLE "books_posting" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "part_of_id" BLOB NOT NULL CONSTRAINT "ck_part_of_id" CHECK (length("part_of_id") = 16),
  "part_position" INTEGER NOT NULL,
  "account_id" BLOB NOT NULL CONSTRAINT "ck_account_id" CHECK (length("account_id") = 16),
  "debit" INTEGER NOT NULL,
  "credit" INTEGER NOT NULL,
  "memo" TEXT,
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "firm_firm" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "account_id") REFERENCES "books_account" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "books_entry" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "books_posting_account_id_idx" ON "books_posting" ("tenant_id", "account_id", "id");
CREATE INDEX "books_posting_part_of_id_part_position_idx" ON "books_posting" ("tenant_id", "part_of_id", "part_position", "id");
