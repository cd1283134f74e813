-- Tables of PostgreSQL 15 or newer: a schema for each context, and one for what every store has.
--
-- These are the statements that `serve --store` executes on an empty database, but for users and their rights.
--
-- Text is compared by bytes, amounts of money are minor units, lengths of time are microseconds: as in SQLite, so that
-- both answer the same bytes. Encrypted columns are bytea, whatever their values are. Physical names are those of
-- architrave.lock and never change.

BEGIN;

-- What every store has: journal, idempotency, identity, keys, sequences

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

-- Context firm
CREATE SCHEMA "firm";

CREATE TABLE "firm"."firm_firm" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "register" text COLLATE "C" NOT NULL,
  "year_begins" bigint NOT NULL,
  CONSTRAINT "_pk_firm_firm" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "firm_firm_register_key" ON "firm"."firm_firm" ("register");
COMMENT ON TABLE "firm"."firm_firm" IS 'The tenant: whose books these are.';

CREATE TABLE "firm"."firm_bookkeeper" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  CONSTRAINT "_pk_firm_bookkeeper" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "firm_bookkeeper_email_key" ON "firm"."firm_bookkeeper" ("tenant_id", "email_lookup");
ALTER TABLE "firm"."firm_bookkeeper" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "firm"."firm_bookkeeper" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "firm"."firm_bookkeeper" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "firm"."firm_bookkeeper" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "firm"."firm_bookkeeper" IS 'Somebody who keeps or checks the books.';
COMMENT ON COLUMN "firm"."firm_bookkeeper"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "firm"."firm_bookkeeper"."email_lookup" IS 'Keyed hash of email, by which it is found.';

-- Context books
CREATE SCHEMA "books";

CREATE TABLE "books"."books_account" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C" NOT NULL CONSTRAINT "ck_kind" CHECK ("kind" IN ('asset', 'liability', 'equity', 'income', 'expense')),
  "parent_id" uuid,
  "balance" bigint NOT NULL,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'closed')),
  CONSTRAINT "_pk_books_account" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "books_account_number_key" ON "books"."books_account" ("tenant_id", "number");
CREATE INDEX "books_account_parent_id_idx" ON "books"."books_account" ("tenant_id", "parent_id" NULLS FIRST, "id");
ALTER TABLE "books"."books_account" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "books"."books_account" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "books"."books_account" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "books"."books_account" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "books"."books_account" IS 'Where amounts belong. The kind says on which side it grows.';
COMMENT ON COLUMN "books"."books_account"."balance" IS 'Sum of what was posted: debit counts up, credit down. Changed by posting alone. In minor units of EUR.';

CREATE TABLE "books"."books_period" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "starts" date NOT NULL,
  "ends" date NOT NULL,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'closed')),
  CONSTRAINT "_pk_books_period" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "books_period_name_key" ON "books"."books_period" ("tenant_id", "name");
CREATE INDEX "books_period_starts_idx" ON "books"."books_period" ("tenant_id", "starts", "id");
ALTER TABLE "books"."books_period" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "books"."books_period" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "books"."books_period" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "books"."books_period" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "books"."books_period" IS 'A month or year. What lies in a closed one cannot change.';

CREATE TABLE "books"."books_entry" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "reference" text COLLATE "C" NOT NULL,
  "period_id" uuid NOT NULL,
  "on_" date NOT NULL,
  "text" text COLLATE "C" NOT NULL,
  "debit" bigint NOT NULL,
  "credit" bigint NOT NULL,
  "reverses_id" uuid,
  "written_by_id" uuid,
  "posted_at" timestamptz,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'posted', 'discarded', 'reversed')),
  "books_entry__search" tsvector NOT NULL DEFAULT '',
  CONSTRAINT "_pk_books_entry" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "books_entry_number_key" ON "books"."books_entry" ("tenant_id", "number");
CREATE UNIQUE INDEX "books_entry_reference_key" ON "books"."books_entry" ("tenant_id", "reference");
CREATE UNIQUE INDEX "books_entry_reverses_id_key" ON "books"."books_entry" ("tenant_id", "reverses_id") WHERE "reverses_id" IS NOT NULL;
CREATE INDEX "books_entry_period_id_on__idx" ON "books"."books_entry" ("tenant_id", "period_id", "on_", "id");
CREATE INDEX "books_entry_status_created_at_idx" ON "books"."books_entry" ("tenant_id", "status", "created_at" DESC, "id" DESC);
CREATE INDEX "books_entry_written_by_id_idx" ON "books"."books_entry" ("tenant_id", "written_by_id" NULLS FIRST, "id");
CREATE INDEX "books_entry_reverses_id_idx" ON "books"."books_entry" ("tenant_id", "reverses_id" NULLS FIRST, "id");
CREATE INDEX "_words_books_entry" ON "books"."books_entry" USING gin ("books_entry__search");
ALTER TABLE "books"."books_entry" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "books"."books_entry" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "books"."books_entry" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "books"."books_entry" TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE VIEW "books"."_searched_books_entry" AS SELECT * FROM "books"."books_entry" WHERE (SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]);
COMMENT ON TABLE "books"."books_entry" IS 'An entry and its postings: what came from where. One transaction, one version.';
COMMENT ON COLUMN "books"."books_entry"."reference" IS 'What the writing system calls it: writing it twice books it once.';
COMMENT ON COLUMN "books"."books_entry"."debit" IS 'In minor units of EUR.';
COMMENT ON COLUMN "books"."books_entry"."credit" IS 'In minor units of EUR.';
COMMENT ON COLUMN "books"."books_entry"."books_entry__search" IS 'Words to be searched, each with its tenant in front; written by the store.';

CREATE TABLE "books"."books_posting" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "part_of_id" uuid NOT NULL,
  "part_position" bigint NOT NULL CONSTRAINT "ck_part_position" CHECK ("part_position" >= 0),
  "account_id" uuid NOT NULL,
  "debit" bigint NOT NULL,
  "credit" bigint NOT NULL,
  "memo" text COLLATE "C",
  CONSTRAINT "_pk_books_posting" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "books_posting_account_id_idx" ON "books"."books_posting" ("tenant_id", "account_id", "id");
CREATE INDEX "books_posting_part_of_id_part_position_idx" ON "books"."books_posting" ("tenant_id", "part_of_id", "part_position", "id");
ALTER TABLE "books"."books_posting" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "books"."books_posting" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "books"."books_posting" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "books"."books_posting" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "books"."books_posting" IS 'One side of an entry: an amount on an account, on one of the two sides.';
COMMENT ON COLUMN "books"."books_posting"."debit" IS 'In minor units of EUR.';
COMMENT ON COLUMN "books"."books_posting"."credit" IS 'In minor units of EUR.';

-- Keys between tables
ALTER TABLE "firm"."firm_bookkeeper" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "firm"."firm_firm" ("id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_account" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "firm"."firm_firm" ("id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_account" ADD CONSTRAINT "fk_parent_id" FOREIGN KEY ("tenant_id", "parent_id") REFERENCES "books"."books_account" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_period" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "firm"."firm_firm" ("id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_entry" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "firm"."firm_firm" ("id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_entry" ADD CONSTRAINT "fk_period_id" FOREIGN KEY ("tenant_id", "period_id") REFERENCES "books"."books_period" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_entry" ADD CONSTRAINT "fk_reverses_id" FOREIGN KEY ("tenant_id", "reverses_id") REFERENCES "books"."books_entry" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_entry" ADD CONSTRAINT "fk_written_by_id" FOREIGN KEY ("tenant_id", "written_by_id") REFERENCES "firm"."firm_bookkeeper" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_posting" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "firm"."firm_firm" ("id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_posting" ADD CONSTRAINT "fk_account_id" FOREIGN KEY ("tenant_id", "account_id") REFERENCES "books"."books_account" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "books"."books_posting" ADD CONSTRAINT "fk_part_of_id" FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "books"."books_entry" ("tenant_id", "id") ON DELETE RESTRICT;

COMMIT;
