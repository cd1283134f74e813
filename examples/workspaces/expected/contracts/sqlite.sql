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

-- people.Company
CREATE TABLE "people_company" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "domain" TEXT NOT NULL,
  "plan" TEXT NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('trial', 'team', 'business')),
  "seats" INTEGER NOT NULL,
  "closes" TEXT CONSTRAINT "ck_closes" CHECK (length("closes") = 10),
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "people_company_domain_key" ON "people_company" ("domain");

-- people.Member
CREATE TABLE "people_member" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  "name" BLOB NOT NULL,
  "time_zone" TEXT NOT NULL,
  "locale" TEXT NOT NULL,
  "is_active" INTEGER NOT NULL CONSTRAINT "ck_is_active" CHECK ("is_active" IN (0, 1)),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "people_member_email_key" ON "people_member" ("tenant_id", "email_lookup");

-- people.Invitation
CREATE TABLE "people_invitation" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  "role" TEXT NOT NULL CONSTRAINT "ck_role" CHECK ("role" IN ('member', 'guest')),
  "sent_by_id" BLOB NOT NULL CONSTRAINT "ck_sent_by_id" CHECK (length("sent_by_id") = 16),
  "ends_at" INTEGER NOT NULL,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'accepted', 'withdrawn')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "sent_by_id") REFERENCES "people_member" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "people_invitation_status_ends_at_idx" ON "people_invitation" ("tenant_id", "status", "ends_at", "id");
CREATE INDEX "people_invitation_sent_by_id_idx" ON "people_invitation" ("tenant_id", "sent_by_id", "id");

-- planning.Project
CREATE TABLE "planning_project" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "about" TEXT,
  "key" TEXT NOT NULL,
  "lead_id" BLOB NOT NULL CONSTRAINT "ck_lead_id" CHECK (length("lead_id") = 16),
  "is_open" INTEGER NOT NULL CONSTRAINT "ck_is_open" CHECK ("is_open" IN (0, 1)),
  "due" TEXT CONSTRAINT "ck_due" CHECK (length("due") = 10),
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('active', 'archived')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "lead_id") REFERENCES "people_member" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "planning_project_key_key" ON "planning_project" ("tenant_id", "key") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_status_updated_at_idx" ON "planning_project" ("tenant_id", "status", "updated_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_lead_id_idx" ON "planning_project" ("tenant_id", "lead_id", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_lead_id_idx_2" ON "planning_project" ("tenant_id", "lead_id", "id");
CREATE INDEX "_deleted_planning_project" ON "planning_project" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE VIRTUAL TABLE "planning_project__search" USING fts5("w_name", "w_about", content='', contentless_delete=1, detail=column, tokenize='ascii');

-- planning.Participant
CREATE TABLE "planning_participant" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "part_of_id" BLOB NOT NULL CONSTRAINT "ck_part_of_id" CHECK (length("part_of_id") = 16),
  "part_position" INTEGER NOT NULL,
  "member_id" BLOB NOT NULL CONSTRAINT "ck_member_id" CHECK (length("member_id") = 16),
  "may" TEXT NOT NULL CONSTRAINT "ck_may" CHECK ("may" IN ('look', 'edit')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "member_id") REFERENCES "people_member" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "planning_project" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "planning_participant_member_id_idx" ON "planning_participant" ("tenant_id", "member_id", "id");
CREATE INDEX "planning_participant_part_of_id_part_position_idx" ON "planning_participant" ("tenant_id", "part_of_id", "part_position", "id");

-- planning.Task
CREATE TABLE "planning_task" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "project_id" BLOB NOT NULL CONSTRAINT "ck_project_id" CHECK (length("project_id") = 16),
  "title" TEXT NOT NULL,
  "about" TEXT,
  "assignee_id" BLOB CONSTRAINT "ck_assignee_id" CHECK (length("assignee_id") = 16),
  "due" TEXT CONSTRAINT "ck_due" CHECK (length("due") = 10),
  "points" INTEGER,
  "rank" INTEGER NOT NULL,
  "labels" TEXT NOT NULL CONSTRAINT "ck_labels" CHECK (json_valid("labels")),
  "done_at" INTEGER,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'started', 'done', 'dropped')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "project_id") REFERENCES "planning_project" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "assignee_id") REFERENCES "people_member" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "planning_task_project_id_status_rank_idx" ON "planning_task" ("tenant_id", "project_id", "status", "rank", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_assignee_id_due_idx" ON "planning_task" ("tenant_id", "assignee_id", "due", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_project_id_updated_at_idx" ON "planning_task" ("tenant_id", "project_id", "updated_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_project_id_idx" ON "planning_task" ("tenant_id", "project_id", "id");
CREATE INDEX "planning_task_assignee_id_idx" ON "planning_task" ("tenant_id", "assignee_id", "id");
CREATE INDEX "_deleted_planning_task" ON "planning_task" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
CREATE VIRTUAL TABLE "planning_task__search" USING fts5("w_title", "w_about", content='', contentless_delete=1, detail=column, tokenize='ascii');

-- planning.Step
CREATE TABLE "planning_step" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "part_of_id" BLOB NOT NULL CONSTRAINT "ck_part_of_id" CHECK (length("part_of_id") = 16),
  "part_position" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "is_done" INTEGER NOT NULL CONSTRAINT "ck_is_done" CHECK ("is_done" IN (0, 1)),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "planning_task" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "planning_step_part_of_id_part_position_idx" ON "planning_step" ("tenant_id", "part_of_id", "part_position", "id");

-- planning.Comment
CREATE TABLE "planning_comment" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "task_id" BLOB NOT NULL CONSTRAINT "ck_task_id" CHECK (length("task_id") = 16),
  "author_id" BLOB NOT NULL CONSTRAINT "ck_author_id" CHECK (length("author_id") = 16),
  "text" TEXT NOT NULL,
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "task_id") REFERENCES "planning_task" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "author_id") REFERENCES "people_member" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "planning_comment_task_id_created_at_idx" ON "planning_comment" ("tenant_id", "task_id", "created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_comment_task_id_idx" ON "planning_comment" ("tenant_id", "task_id", "id");
CREATE INDEX "planning_comment_author_id_idx" ON "planning_comment" ("tenant_id", "author_id", "id");
CREATE INDEX "_deleted_planning_comment" ON "planning_comment" ("deleted_at") WHERE "deleted_at" IS NOT NULL;

-- billing.Subscription
CREATE TABLE "billing_subscription" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "plan" TEXT NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('team', 'business')),
  "seats" INTEGER NOT NULL,
  "per_seat" INTEGER NOT NULL,
  "monthly" INTEGER NOT NULL,
  "paid_until" TEXT CONSTRAINT "ck_paid_until" CHECK (length("paid_until") = 10),
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('pending', 'active', 'cancelled', 'past_due')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "people_company" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "billing_subscription_number_key" ON "billing_subscription" ("tenant_id", "number");
CREATE UNIQUE INDEX "billing_subscription_plan_key" ON "billing_subscription" ("tenant_id", "plan") WHERE "status" = 'active';
CREATE INDEX "billing_subscription_status_paid_until_idx" ON "billing_subscription" ("tenant_id", "status", "paid_until", "id");
