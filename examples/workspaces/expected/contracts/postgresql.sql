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

-- Context people
CREATE SCHEMA "people";

CREATE TABLE "people"."people_company" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "domain" text COLLATE "C" NOT NULL,
  "plan" text COLLATE "C" NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('trial', 'team', 'business')),
  "seats" bigint NOT NULL,
  "closes" date,
  CONSTRAINT "_pk_people_company" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "people_company_domain_key" ON "people"."people_company" ("domain");
COMMENT ON TABLE "people"."people_company" IS 'The tenant: whoever pays.';

CREATE TABLE "people"."people_member" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  "name" bytea NOT NULL,
  "time_zone" text COLLATE "C" NOT NULL,
  "locale" text COLLATE "C" NOT NULL,
  "is_active" boolean NOT NULL,
  CONSTRAINT "_pk_people_member" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "people_member_email_key" ON "people"."people_member" ("tenant_id", "email_lookup");
ALTER TABLE "people"."people_member" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "people"."people_member" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "people"."people_member" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "people"."people_member" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "people"."people_member" IS 'Somebody who works in a company, or is invited as a guest.';
COMMENT ON COLUMN "people"."people_member"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "people"."people_member"."email_lookup" IS 'Keyed hash of email, by which it is found.';
COMMENT ON COLUMN "people"."people_member"."name" IS 'Encrypted. Personal: identity.';

CREATE TABLE "people"."people_invitation" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  "role" text COLLATE "C" NOT NULL CONSTRAINT "ck_role" CHECK ("role" IN ('member', 'guest')),
  "sent_by_id" uuid NOT NULL,
  "ends_at" timestamptz NOT NULL,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'accepted', 'withdrawn')),
  CONSTRAINT "_pk_people_invitation" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "people_invitation_status_ends_at_idx" ON "people"."people_invitation" ("tenant_id", "status", "ends_at", "id");
CREATE INDEX "people_invitation_sent_by_id_idx" ON "people"."people_invitation" ("tenant_id", "sent_by_id", "id");
ALTER TABLE "people"."people_invitation" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "people"."people_invitation" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "people"."people_invitation" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "people"."people_invitation" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "people"."people_invitation" IS 'A letter that lets somebody in. The secret part is only in the mail.';
COMMENT ON COLUMN "people"."people_invitation"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "people"."people_invitation"."email_lookup" IS 'Keyed hash of email, by which it is found.';

-- Context planning
CREATE SCHEMA "planning";

CREATE TABLE "planning"."planning_project" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "about" text COLLATE "C",
  "key" text COLLATE "C" NOT NULL,
  "lead_id" uuid NOT NULL,
  "is_open" boolean NOT NULL,
  "due" date,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('active', 'archived')),
  "planning_project__search" tsvector NOT NULL DEFAULT '',
  CONSTRAINT "_pk_planning_project" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "planning_project_key_key" ON "planning"."planning_project" ("tenant_id", "key") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_status_updated_at_idx" ON "planning"."planning_project" ("tenant_id", "status", "updated_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_lead_id_idx" ON "planning"."planning_project" ("tenant_id", "lead_id", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_project_lead_id_idx_2" ON "planning"."planning_project" ("tenant_id", "lead_id", "id");
CREATE INDEX "_deleted_planning_project" ON "planning"."planning_project" ("deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "_words_planning_project" ON "planning"."planning_project" USING gin ("planning_project__search");
ALTER TABLE "planning"."planning_project" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "planning"."planning_project" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "planning"."planning_project" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "planning"."planning_project" TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE VIEW "planning"."_searched_planning_project" AS SELECT * FROM "planning"."planning_project" WHERE (SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]);
COMMENT ON TABLE "planning"."planning_project" IS 'What a team wants to reach. Only those who take part see it, unless it is open to the company.';
COMMENT ON COLUMN "planning"."planning_project"."planning_project__search" IS 'Words to be searched, each with its tenant in front; written by the store.';

CREATE TABLE "planning"."planning_participant" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "part_of_id" uuid NOT NULL,
  "part_position" bigint NOT NULL CONSTRAINT "ck_part_position" CHECK ("part_position" >= 0),
  "member_id" uuid NOT NULL,
  "may" text COLLATE "C" NOT NULL CONSTRAINT "ck_may" CHECK ("may" IN ('look', 'edit')),
  CONSTRAINT "_pk_planning_participant" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "planning_participant_member_id_idx" ON "planning"."planning_participant" ("tenant_id", "member_id", "id");
CREATE INDEX "planning_participant_part_of_id_part_position_idx" ON "planning"."planning_participant" ("tenant_id", "part_of_id", "part_position", "id");
ALTER TABLE "planning"."planning_participant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "planning"."planning_participant" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "planning"."planning_participant" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "planning"."planning_participant" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "planning"."planning_participant" IS 'Participant';

CREATE TABLE "planning"."planning_task" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "project_id" uuid NOT NULL,
  "title" text COLLATE "C" NOT NULL,
  "about" text COLLATE "C",
  "assignee_id" uuid,
  "due" date,
  "points" bigint,
  "rank" bigint NOT NULL,
  "labels" jsonb NOT NULL CONSTRAINT "ck_labels" CHECK (jsonb_typeof("labels") = 'array'),
  "done_at" timestamptz,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('open', 'started', 'done', 'dropped')),
  "planning_task__search" tsvector NOT NULL DEFAULT '',
  CONSTRAINT "_pk_planning_task" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "planning_task_project_id_status_rank_idx" ON "planning"."planning_task" ("tenant_id", "project_id", "status", "rank", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_assignee_id_due_idx" ON "planning"."planning_task" ("tenant_id", "assignee_id" NULLS FIRST, "due" NULLS FIRST, "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_project_id_updated_at_idx" ON "planning"."planning_task" ("tenant_id", "project_id", "updated_at" DESC, "id" DESC) WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_task_project_id_idx" ON "planning"."planning_task" ("tenant_id", "project_id", "id");
CREATE INDEX "planning_task_assignee_id_idx" ON "planning"."planning_task" ("tenant_id", "assignee_id" NULLS FIRST, "id");
CREATE INDEX "_deleted_planning_task" ON "planning"."planning_task" ("deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
CREATE INDEX "_words_planning_task" ON "planning"."planning_task" USING gin ("planning_task__search");
ALTER TABLE "planning"."planning_task" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "planning"."planning_task" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "planning"."planning_task" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "planning"."planning_task" TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE VIEW "planning"."_searched_planning_task" AS SELECT * FROM "planning"."planning_task" WHERE (SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]);
COMMENT ON TABLE "planning"."planning_task" IS 'Something to do.';
COMMENT ON COLUMN "planning"."planning_task"."planning_task__search" IS 'Words to be searched, each with its tenant in front; written by the store.';

CREATE TABLE "planning"."planning_step" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "part_of_id" uuid NOT NULL,
  "part_position" bigint NOT NULL CONSTRAINT "ck_part_position" CHECK ("part_position" >= 0),
  "text" text COLLATE "C" NOT NULL,
  "is_done" boolean NOT NULL,
  CONSTRAINT "_pk_planning_step" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "planning_step_part_of_id_part_position_idx" ON "planning"."planning_step" ("tenant_id", "part_of_id", "part_position", "id");
ALTER TABLE "planning"."planning_step" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "planning"."planning_step" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "planning"."planning_step" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "planning"."planning_step" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "planning"."planning_step" IS 'Step';

CREATE TABLE "planning"."planning_comment" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "task_id" uuid NOT NULL,
  "author_id" uuid NOT NULL,
  "text" text COLLATE "C" NOT NULL,
  CONSTRAINT "_pk_planning_comment" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "planning_comment_task_id_created_at_idx" ON "planning"."planning_comment" ("tenant_id", "task_id", "created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "planning_comment_task_id_idx" ON "planning"."planning_comment" ("tenant_id", "task_id", "id");
CREATE INDEX "planning_comment_author_id_idx" ON "planning"."planning_comment" ("tenant_id", "author_id", "id");
CREATE INDEX "_deleted_planning_comment" ON "planning"."planning_comment" ("deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
ALTER TABLE "planning"."planning_comment" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "planning"."planning_comment" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "planning"."planning_comment" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "planning"."planning_comment" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "planning"."planning_comment" IS 'Comment';

-- Context billing
CREATE SCHEMA "billing";

CREATE TABLE "billing"."billing_subscription" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "plan" text COLLATE "C" NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('team', 'business')),
  "seats" bigint NOT NULL,
  "per_seat" bigint NOT NULL,
  "monthly" bigint NOT NULL,
  "paid_until" date,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('pending', 'active', 'cancelled', 'past_due')),
  CONSTRAINT "_pk_billing_subscription" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "billing_subscription_number_key" ON "billing"."billing_subscription" ("tenant_id", "number");
CREATE UNIQUE INDEX "billing_subscription_plan_key" ON "billing"."billing_subscription" ("tenant_id", "plan") WHERE "status" = 'active';
CREATE INDEX "billing_subscription_status_paid_until_idx" ON "billing"."billing_subscription" ("tenant_id", "status", "paid_until" NULLS FIRST, "id");
ALTER TABLE "billing"."billing_subscription" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "billing"."billing_subscription" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "billing"."billing_subscription" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "billing"."billing_subscription" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "billing"."billing_subscription" IS 'What a company agreed to pay. The card is with the provider.';
COMMENT ON COLUMN "billing"."billing_subscription"."per_seat" IS 'In minor units of USD.';
COMMENT ON COLUMN "billing"."billing_subscription"."monthly" IS 'In minor units of USD.';

-- Keys between tables
ALTER TABLE "people"."people_member" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "people"."people_invitation" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "people"."people_invitation" ADD CONSTRAINT "fk_sent_by_id" FOREIGN KEY ("tenant_id", "sent_by_id") REFERENCES "people"."people_member" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_project" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_project" ADD CONSTRAINT "fk_lead_id" FOREIGN KEY ("tenant_id", "lead_id") REFERENCES "people"."people_member" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_participant" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_participant" ADD CONSTRAINT "fk_member_id" FOREIGN KEY ("tenant_id", "member_id") REFERENCES "people"."people_member" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_participant" ADD CONSTRAINT "fk_part_of_id" FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "planning"."planning_project" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_task" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_task" ADD CONSTRAINT "fk_project_id" FOREIGN KEY ("tenant_id", "project_id") REFERENCES "planning"."planning_project" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_task" ADD CONSTRAINT "fk_assignee_id" FOREIGN KEY ("tenant_id", "assignee_id") REFERENCES "people"."people_member" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_step" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_step" ADD CONSTRAINT "fk_part_of_id" FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "planning"."planning_task" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_comment" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_comment" ADD CONSTRAINT "fk_task_id" FOREIGN KEY ("tenant_id", "task_id") REFERENCES "planning"."planning_task" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "planning"."planning_comment" ADD CONSTRAINT "fk_author_id" FOREIGN KEY ("tenant_id", "author_id") REFERENCES "people"."people_member" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "billing"."billing_subscription" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "people"."people_company" ("id") ON DELETE RESTRICT;

COMMIT;
