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

-- directory.Person
CREATE TABLE "directory_person" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  "phone" BLOB,
  "locale" TEXT NOT NULL,
  "quiet_from" INTEGER NOT NULL,
  "quiet_until" INTEGER NOT NULL,
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "directory_person_email_key" ON "directory_person" ("email_lookup");

-- directory.Preference
CREATE TABLE "directory_preference" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "part_of_id" BLOB NOT NULL CONSTRAINT "ck_part_of_id" CHECK (length("part_of_id") = 16),
  "part_position" INTEGER NOT NULL,
  "topic_id" BLOB NOT NULL CONSTRAINT "ck_topic_id" CHECK (length("topic_id") = 16),
  "by_mail" INTEGER NOT NULL CONSTRAINT "ck_by_mail" CHECK ("by_mail" IN (0, 1)),
  "by_push" INTEGER NOT NULL CONSTRAINT "ck_by_push" CHECK ("by_push" IN (0, 1)),
  "by_sms" INTEGER NOT NULL CONSTRAINT "ck_by_sms" CHECK ("by_sms" IN (0, 1)),
  UNIQUE ("id"),
  FOREIGN KEY ("topic_id") REFERENCES "directory_topic" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("part_of_id") REFERENCES "directory_person" ("id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "directory_preference_topic_id_idx" ON "directory_preference" ("topic_id", "id");
CREATE INDEX "directory_preference_part_of_id_part_position_idx" ON "directory_preference" ("part_of_id", "part_position", "id");

-- directory.Topic
CREATE TABLE "directory_topic" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "slug" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "is_required" INTEGER NOT NULL CONSTRAINT "ck_is_required" CHECK ("is_required" IN (0, 1)),
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "directory_topic_slug_key" ON "directory_topic" ("slug");

-- content.Template
CREATE TABLE "content_template" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "topic_id" BLOB NOT NULL CONSTRAINT "ck_topic_id" CHECK (length("topic_id") = 16),
  "locale" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "sms" TEXT,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'live', 'retired')),
  UNIQUE ("id"),
  FOREIGN KEY ("topic_id") REFERENCES "directory_topic" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "content_template_topic_id_locale_key" ON "content_template" ("topic_id", "locale") WHERE "status" = 'live';
CREATE INDEX "content_template_topic_id_updated_at_idx" ON "content_template" ("topic_id", "updated_at" DESC, "id" DESC);

-- delivery.Notice
CREATE TABLE "delivery_notice" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "reference" TEXT NOT NULL,
  "person_id" BLOB NOT NULL CONSTRAINT "ck_person_id" CHECK (length("person_id") = 16),
  "topic_id" BLOB NOT NULL CONSTRAINT "ck_topic_id" CHECK (length("topic_id") = 16),
  "way" TEXT NOT NULL CONSTRAINT "ck_way" CHECK ("way" IN ('mail', 'push', 'sms')),
  "urgency" TEXT NOT NULL CONSTRAINT "ck_urgency" CHECK ("urgency" IN ('now', 'soon', 'whenever')),
  "subject" BLOB NOT NULL,
  "body" BLOB NOT NULL,
  "send_after" INTEGER NOT NULL,
  "attempts" INTEGER NOT NULL,
  "sent_at" INTEGER,
  "read_at" INTEGER,
  "reason" TEXT,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('queued', 'sent', 'sending', 'held', 'failed', 'delivered')),
  UNIQUE ("id"),
  FOREIGN KEY ("person_id") REFERENCES "directory_person" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("topic_id") REFERENCES "directory_topic" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "delivery_notice_reference_key" ON "delivery_notice" ("reference");
CREATE INDEX "delivery_notice_person_id_created_at_idx" ON "delivery_notice" ("person_id", "created_at" DESC, "id" DESC);
CREATE INDEX "delivery_notice_send_after_idx" ON "delivery_notice" ("send_after", "id") WHERE "status" = 'queued';
CREATE INDEX "delivery_notice_way_send_after_idx" ON "delivery_notice" ("way", "send_after", "id") WHERE "status" = 'queued';
CREATE INDEX "delivery_notice_topic_id_idx" ON "delivery_notice" ("topic_id", "id");
