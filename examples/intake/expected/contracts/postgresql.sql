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

-- Context teams
CREATE SCHEMA "teams";

CREATE TABLE "teams"."teams_engineer" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  "pager" bytea,
  CONSTRAINT "_pk_teams_engineer" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "teams_engineer_email_key" ON "teams"."teams_engineer" ("email_lookup");
COMMENT ON TABLE "teams"."teams_engineer" IS 'Engineer';
COMMENT ON COLUMN "teams"."teams_engineer"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "teams"."teams_engineer"."email_lookup" IS 'Keyed hash of email, by which it is found.';
COMMENT ON COLUMN "teams"."teams_engineer"."pager" IS 'Encrypted. Personal: contact.';

CREATE TABLE "teams"."teams_source" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "team" text COLLATE "C" NOT NULL,
  "contact_id" uuid,
  "is_muted" boolean NOT NULL,
  CONSTRAINT "_pk_teams_source" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "teams_source_name_key" ON "teams"."teams_source" ("name");
CREATE INDEX "teams_source_team_idx" ON "teams"."teams_source" ("team", "id");
CREATE INDEX "teams_source_contact_id_idx" ON "teams"."teams_source" ("contact_id" NULLS FIRST, "id");
COMMENT ON TABLE "teams"."teams_source" IS 'A system that sends something.';

-- Context signals
CREATE SCHEMA "signals";

CREATE TABLE "signals"."signals_log_line" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "source_id" uuid NOT NULL,
  "level" text COLLATE "C" NOT NULL CONSTRAINT "ck_level" CHECK ("level" IN ('debug', 'info', 'warning', 'error')),
  "at" timestamptz NOT NULL,
  "message" text COLLATE "C" NOT NULL,
  "trace" text COLLATE "C",
  "details" json,
  CONSTRAINT "_pk_signals_log_line" PRIMARY KEY ("id")
);
CREATE INDEX "signals_log_line_source_id_at_idx" ON "signals"."signals_log_line" ("source_id", "at" DESC, "id" DESC);
CREATE INDEX "signals_log_line_source_id_at_idx_2" ON "signals"."signals_log_line" ("source_id", "at" DESC, "id" DESC) WHERE "level" = 'error';
CREATE INDEX "signals_log_line_trace_idx" ON "signals"."signals_log_line" ("trace" NULLS FIRST, "id") WHERE "trace" IS NOT NULL;
COMMENT ON TABLE "signals"."signals_log_line" IS 'One line of a log. Written once, never changed.';

CREATE TABLE "signals"."signals_sample" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "series_id" uuid NOT NULL,
  "at" timestamptz NOT NULL,
  "value" numeric(19, 6) NOT NULL,
  CONSTRAINT "_pk_signals_sample" PRIMARY KEY ("id")
);
CREATE INDEX "signals_sample_series_id_at_idx" ON "signals"."signals_sample" ("series_id", "at" DESC, "id" DESC);
COMMENT ON TABLE "signals"."signals_sample" IS 'One measurement.';

CREATE TABLE "signals"."signals_series" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "source_id" uuid NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "unit" text COLLATE "C" NOT NULL,
  "low" numeric(19, 6),
  "high" numeric(19, 6),
  CONSTRAINT "_pk_signals_series" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "signals_series_source_id_name_key" ON "signals"."signals_series" ("source_id", "name");
COMMENT ON TABLE "signals"."signals_series" IS 'What is measured, and within which bounds it is well.';

CREATE TABLE "signals"."signals_alarm" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "series_id" uuid NOT NULL,
  "value" numeric(19, 6) NOT NULL,
  "taken_id" uuid,
  "note" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('raised', 'taken', 'over')),
  CONSTRAINT "_pk_signals_alarm" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "signals_alarm_series_id_key" ON "signals"."signals_alarm" ("series_id") WHERE "status" = 'raised';
CREATE INDEX "signals_alarm_status_created_at_idx" ON "signals"."signals_alarm" ("status", "created_at" DESC, "id" DESC);
CREATE INDEX "signals_alarm_series_id_idx" ON "signals"."signals_alarm" ("series_id", "id");
CREATE INDEX "signals_alarm_taken_id_idx" ON "signals"."signals_alarm" ("taken_id" NULLS FIRST, "id");
COMMENT ON TABLE "signals"."signals_alarm" IS 'Something is not as it should be, and somebody looks after it.';

-- Keys between tables
ALTER TABLE "teams"."teams_source" ADD CONSTRAINT "fk_contact_id" FOREIGN KEY ("contact_id") REFERENCES "teams"."teams_engineer" ("id") ON DELETE RESTRICT;
ALTER TABLE "signals"."signals_log_line" ADD CONSTRAINT "fk_source_id" FOREIGN KEY ("source_id") REFERENCES "teams"."teams_source" ("id") ON DELETE RESTRICT;
ALTER TABLE "signals"."signals_sample" ADD CONSTRAINT "fk_series_id" FOREIGN KEY ("series_id") REFERENCES "signals"."signals_series" ("id") ON DELETE RESTRICT;
ALTER TABLE "signals"."signals_series" ADD CONSTRAINT "fk_source_id" FOREIGN KEY ("source_id") REFERENCES "teams"."teams_source" ("id") ON DELETE RESTRICT;
ALTER TABLE "signals"."signals_alarm" ADD CONSTRAINT "fk_series_id" FOREIGN KEY ("series_id") REFERENCES "signals"."signals_series" ("id") ON DELETE RESTRICT;
ALTER TABLE "signals"."signals_alarm" ADD CONSTRAINT "fk_taken_id" FOREIGN KEY ("taken_id") REFERENCES "teams"."teams_engineer" ("id") ON DELETE RESTRICT;

COMMIT;
