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

-- Context directory
CREATE SCHEMA "directory";

CREATE TABLE "directory"."directory_person" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  "phone" bytea,
  "locale" text COLLATE "C" NOT NULL,
  "quiet_from" bigint NOT NULL,
  "quiet_until" bigint NOT NULL,
  CONSTRAINT "_pk_directory_person" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "directory_person_email_key" ON "directory"."directory_person" ("email_lookup");
COMMENT ON TABLE "directory"."directory_person" IS 'Somebody who is told things.';
COMMENT ON COLUMN "directory"."directory_person"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "directory"."directory_person"."email_lookup" IS 'Keyed hash of email, by which it is found.';
COMMENT ON COLUMN "directory"."directory_person"."phone" IS 'Encrypted. Personal: contact.';

CREATE TABLE "directory"."directory_preference" (
  "id" uuid NOT NULL,
  "part_of_id" uuid NOT NULL,
  "part_position" bigint NOT NULL CONSTRAINT "ck_part_position" CHECK ("part_position" >= 0),
  "topic_id" uuid NOT NULL,
  "by_mail" boolean NOT NULL,
  "by_push" boolean NOT NULL,
  "by_sms" boolean NOT NULL,
  CONSTRAINT "_pk_directory_preference" PRIMARY KEY ("id")
);
CREATE INDEX "directory_preference_topic_id_idx" ON "directory"."directory_preference" ("topic_id", "id");
CREATE INDEX "directory_preference_part_of_id_part_position_idx" ON "directory"."directory_preference" ("part_of_id", "part_position", "id");
COMMENT ON TABLE "directory"."directory_preference" IS 'What a person wants to be told about a topic, and by which way. Without one the topic''s own ways are used.';

CREATE TABLE "directory"."directory_topic" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "slug" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "is_required" boolean NOT NULL,
  CONSTRAINT "_pk_directory_topic" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "directory_topic_slug_key" ON "directory"."directory_topic" ("slug");
COMMENT ON TABLE "directory"."directory_topic" IS 'Something that one can be told about, e.g. "a parcel has left".';
COMMENT ON COLUMN "directory"."directory_topic"."is_required" IS 'Cannot be switched off: the law or the contract asks for it.';

-- Context content
CREATE SCHEMA "content";

CREATE TABLE "content"."content_template" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "topic_id" uuid NOT NULL,
  "locale" text COLLATE "C" NOT NULL,
  "subject" text COLLATE "C" NOT NULL,
  "body" text COLLATE "C" NOT NULL,
  "sms" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'live', 'retired')),
  CONSTRAINT "_pk_content_template" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "content_template_topic_id_locale_key" ON "content"."content_template" ("topic_id", "locale") WHERE "status" = 'live';
CREATE INDEX "content_template_topic_id_updated_at_idx" ON "content"."content_template" ("topic_id", "updated_at" DESC, "id" DESC);
COMMENT ON TABLE "content"."content_template" IS 'Words for a topic in one language. What was sent keeps its words: a notice has a copy.';

-- Context delivery
CREATE SCHEMA "delivery";

CREATE TABLE "delivery"."delivery_notice" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "reference" text COLLATE "C" NOT NULL,
  "person_id" uuid NOT NULL,
  "topic_id" uuid NOT NULL,
  "way" text COLLATE "C" NOT NULL CONSTRAINT "ck_way" CHECK ("way" IN ('mail', 'push', 'sms')),
  "urgency" text COLLATE "C" NOT NULL CONSTRAINT "ck_urgency" CHECK ("urgency" IN ('now', 'soon', 'whenever')),
  "subject" bytea NOT NULL,
  "body" bytea NOT NULL,
  "send_after" timestamptz NOT NULL,
  "attempts" bigint NOT NULL,
  "sent_at" timestamptz,
  "read_at" timestamptz,
  "reason" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('queued', 'sent', 'sending', 'held', 'failed', 'delivered')),
  CONSTRAINT "_pk_delivery_notice" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "delivery_notice_reference_key" ON "delivery"."delivery_notice" ("reference");
CREATE INDEX "delivery_notice_person_id_created_at_idx" ON "delivery"."delivery_notice" ("person_id", "created_at" DESC, "id" DESC);
CREATE INDEX "delivery_notice_send_after_idx" ON "delivery"."delivery_notice" ("send_after", "id") WHERE "status" = 'queued';
CREATE INDEX "delivery_notice_way_send_after_idx" ON "delivery"."delivery_notice" ("way", "send_after", "id") WHERE "status" = 'queued';
CREATE INDEX "delivery_notice_topic_id_idx" ON "delivery"."delivery_notice" ("topic_id", "id");
COMMENT ON TABLE "delivery"."delivery_notice" IS 'One thing told to one person by one way.';
COMMENT ON COLUMN "delivery"."delivery_notice"."reference" IS 'What the asking service calls it: asking twice tells once.';
COMMENT ON COLUMN "delivery"."delivery_notice"."subject" IS 'Encrypted. Personal: message.';
COMMENT ON COLUMN "delivery"."delivery_notice"."body" IS 'Encrypted. Personal: message.';

-- Keys between tables
ALTER TABLE "directory"."directory_preference" ADD CONSTRAINT "fk_topic_id" FOREIGN KEY ("topic_id") REFERENCES "directory"."directory_topic" ("id") ON DELETE RESTRICT;
ALTER TABLE "directory"."directory_preference" ADD CONSTRAINT "fk_part_of_id" FOREIGN KEY ("part_of_id") REFERENCES "directory"."directory_person" ("id") ON DELETE RESTRICT;
ALTER TABLE "content"."content_template" ADD CONSTRAINT "fk_topic_id" FOREIGN KEY ("topic_id") REFERENCES "directory"."directory_topic" ("id") ON DELETE RESTRICT;
ALTER TABLE "delivery"."delivery_notice" ADD CONSTRAINT "fk_person_id" FOREIGN KEY ("person_id") REFERENCES "directory"."directory_person" ("id") ON DELETE RESTRICT;
ALTER TABLE "delivery"."delivery_notice" ADD CONSTRAINT "fk_topic_id" FOREIGN KEY ("topic_id") REFERENCES "directory"."directory_topic" ("id") ON DELETE RESTRICT;

COMMIT;
