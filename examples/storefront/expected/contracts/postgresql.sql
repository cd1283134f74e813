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

-- Context accounts
CREATE SCHEMA "accounts";

CREATE TABLE "accounts"."accounts_shop" (
  "id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "domain" text COLLATE "C" NOT NULL,
  "plan" text COLLATE "C" NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('free', 'pro')),
  CONSTRAINT "_pk_accounts_shop" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "accounts_shop_domain_key" ON "accounts"."accounts_shop" ("domain");
COMMENT ON TABLE "accounts"."accounts_shop" IS 'The tenant. Every other entity belongs to one shop, and every query is filtered by it.';

CREATE TABLE "accounts"."accounts_user" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "email" bytea NOT NULL,
  "email_lookup" bytea NOT NULL,
  "name" bytea NOT NULL,
  "phone" bytea,
  "address_line1" bytea,
  "address_line2" bytea,
  "address_city" text COLLATE "C",
  "address_postcode" text COLLATE "C",
  "address_country" text COLLATE "C",
  "locale" text COLLATE "C" NOT NULL,
  "device" bytea,
  CONSTRAINT "_pk_accounts_user" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "accounts_user_email_key" ON "accounts"."accounts_user" ("tenant_id", "email_lookup");
ALTER TABLE "accounts"."accounts_user" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "accounts"."accounts_user" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "accounts"."accounts_user" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "accounts"."accounts_user" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "accounts"."accounts_user" IS 'A customer of a shop, or someone who works for one.';
COMMENT ON COLUMN "accounts"."accounts_user"."email" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "accounts"."accounts_user"."email_lookup" IS 'Keyed hash of email, by which it is found.';
COMMENT ON COLUMN "accounts"."accounts_user"."name" IS 'Encrypted. Personal: identity.';
COMMENT ON COLUMN "accounts"."accounts_user"."phone" IS 'Encrypted. Personal: contact.';
COMMENT ON COLUMN "accounts"."accounts_user"."address_line1" IS 'Encrypted. Personal: address.';
COMMENT ON COLUMN "accounts"."accounts_user"."address_line2" IS 'Encrypted. Personal: address.';
COMMENT ON COLUMN "accounts"."accounts_user"."device" IS 'Encrypted.';

-- Context catalog
CREATE SCHEMA "catalog";

CREATE TABLE "catalog"."catalog_category" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "slug" text COLLATE "C" NOT NULL,
  "parent_id" uuid,
  CONSTRAINT "_pk_catalog_category" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "catalog_category_slug_key" ON "catalog"."catalog_category" ("tenant_id", "slug");
CREATE INDEX "catalog_category_parent_id_idx" ON "catalog"."catalog_category" ("tenant_id", "parent_id" NULLS FIRST, "id");
ALTER TABLE "catalog"."catalog_category" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "catalog"."catalog_category" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "catalog"."catalog_category" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "catalog"."catalog_category" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "catalog"."catalog_category" IS 'Category';

CREATE TABLE "catalog"."catalog_product" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "sku" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "category_id" uuid NOT NULL,
  "price" bigint NOT NULL,
  "cost" bigint NOT NULL,
  "stock" bigint NOT NULL,
  "images" jsonb NOT NULL CONSTRAINT "ck_images" CHECK (jsonb_typeof("images") = 'array'),
  "published" boolean NOT NULL,
  "catalog_product__search" tsvector NOT NULL DEFAULT '',
  CONSTRAINT "_pk_catalog_product" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "catalog_product_sku_key" ON "catalog"."catalog_product" ("tenant_id", "sku");
CREATE INDEX "catalog_product_category_id_created_at_idx" ON "catalog"."catalog_product" ("tenant_id", "category_id", "created_at" DESC, "id" DESC);
CREATE INDEX "catalog_product_price_idx" ON "catalog"."catalog_product" ("tenant_id", "price", "id");
CREATE INDEX "_words_catalog_product" ON "catalog"."catalog_product" USING gin ("catalog_product__search");
ALTER TABLE "catalog"."catalog_product" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "catalog"."catalog_product" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "catalog"."catalog_product" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "catalog"."catalog_product" TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE VIEW "catalog"."_searched_catalog_product" AS SELECT * FROM "catalog"."catalog_product" WHERE (SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]);
COMMENT ON TABLE "catalog"."catalog_product" IS 'Product';
COMMENT ON COLUMN "catalog"."catalog_product"."price" IS 'In minor units of EUR.';
COMMENT ON COLUMN "catalog"."catalog_product"."cost" IS 'In minor units of EUR.';
COMMENT ON COLUMN "catalog"."catalog_product"."catalog_product__search" IS 'Words to be searched, each with its tenant in front; written by the store.';

-- Context sales
CREATE SCHEMA "sales";

CREATE TABLE "sales"."sales_order" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "version" bigint NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "customer_id" uuid NOT NULL,
  "ship_to_line1" bytea NOT NULL,
  "ship_to_line2" bytea,
  "ship_to_city" text COLLATE "C" NOT NULL,
  "ship_to_postcode" text COLLATE "C" NOT NULL,
  "ship_to_country" text COLLATE "C" NOT NULL,
  "shipping_fee" bigint NOT NULL,
  "total" bigint NOT NULL,
  "tracking" text COLLATE "C",
  "placed_at" timestamptz,
  "status" text COLLATE "C" NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'placed', 'cancelled', 'paid', 'shipped', 'delivered')),
  CONSTRAINT "_pk_sales_order" PRIMARY KEY ("tenant_id", "id")
);
CREATE UNIQUE INDEX "sales_order_number_key" ON "sales"."sales_order" ("tenant_id", "number");
CREATE INDEX "sales_order_customer_id_created_at_idx" ON "sales"."sales_order" ("tenant_id", "customer_id", "created_at" DESC, "id" DESC);
CREATE INDEX "sales_order_status_placed_at_idx" ON "sales"."sales_order" ("tenant_id", "status", "placed_at" NULLS FIRST, "id");
CREATE INDEX "sales_order_status_updated_at_idx" ON "sales"."sales_order" ("tenant_id", "status", "updated_at", "id");
ALTER TABLE "sales"."sales_order" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sales"."sales_order" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "sales"."sales_order" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "sales"."sales_order" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "sales"."sales_order" IS 'Aggregate root: an order and its lines change together, in one transaction, under one version.';
COMMENT ON COLUMN "sales"."sales_order"."ship_to_line1" IS 'Encrypted. Personal: address.';
COMMENT ON COLUMN "sales"."sales_order"."ship_to_line2" IS 'Encrypted. Personal: address.';
COMMENT ON COLUMN "sales"."sales_order"."shipping_fee" IS 'In minor units of EUR.';
COMMENT ON COLUMN "sales"."sales_order"."total" IS 'In minor units of EUR.';

CREATE TABLE "sales"."sales_line" (
  "id" uuid NOT NULL,
  "tenant_id" uuid NOT NULL,
  "part_of_id" uuid NOT NULL,
  "part_position" bigint NOT NULL CONSTRAINT "ck_part_position" CHECK ("part_position" >= 0),
  "product_id" uuid NOT NULL,
  "quantity" bigint NOT NULL,
  "price" bigint NOT NULL,
  CONSTRAINT "_pk_sales_line" PRIMARY KEY ("tenant_id", "id")
);
CREATE INDEX "sales_line_product_id_idx" ON "sales"."sales_line" ("tenant_id", "product_id", "id");
CREATE INDEX "sales_line_part_of_id_part_position_idx" ON "sales"."sales_line" ("tenant_id", "part_of_id", "part_position", "id");
ALTER TABLE "sales"."sales_line" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "sales"."sales_line" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "sales"."sales_line" USING ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[])) WITH CHECK ((SELECT pg_catalog.current_setting('architrave.tenants', true) = '*') OR "tenant_id" = ANY ((SELECT CASE WHEN pg_catalog.current_setting('architrave.tenants', true) LIKE '{%' THEN pg_catalog.current_setting('architrave.tenants', true)::uuid[] END)::uuid[]));
CREATE POLICY owner ON "sales"."sales_line" TO CURRENT_USER USING (true) WITH CHECK (true);
COMMENT ON TABLE "sales"."sales_line" IS 'Line';
COMMENT ON COLUMN "sales"."sales_line"."price" IS 'In minor units of EUR.';

-- Keys between tables
ALTER TABLE "accounts"."accounts_user" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "accounts"."accounts_shop" ("id") ON DELETE RESTRICT;
ALTER TABLE "catalog"."catalog_category" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "accounts"."accounts_shop" ("id") ON DELETE RESTRICT;
ALTER TABLE "catalog"."catalog_category" ADD CONSTRAINT "fk_parent_id" FOREIGN KEY ("tenant_id", "parent_id") REFERENCES "catalog"."catalog_category" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "catalog"."catalog_product" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "accounts"."accounts_shop" ("id") ON DELETE RESTRICT;
ALTER TABLE "catalog"."catalog_product" ADD CONSTRAINT "fk_category_id" FOREIGN KEY ("tenant_id", "category_id") REFERENCES "catalog"."catalog_category" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "sales"."sales_order" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "accounts"."accounts_shop" ("id") ON DELETE RESTRICT;
ALTER TABLE "sales"."sales_order" ADD CONSTRAINT "fk_customer_id" FOREIGN KEY ("tenant_id", "customer_id") REFERENCES "accounts"."accounts_user" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "sales"."sales_line" ADD CONSTRAINT "fk_tenant_id" FOREIGN KEY ("tenant_id") REFERENCES "accounts"."accounts_shop" ("id") ON DELETE RESTRICT;
ALTER TABLE "sales"."sales_line" ADD CONSTRAINT "fk_product_id" FOREIGN KEY ("tenant_id", "product_id") REFERENCES "catalog"."catalog_product" ("tenant_id", "id") ON DELETE RESTRICT;
ALTER TABLE "sales"."sales_line" ADD CONSTRAINT "fk_part_of_id" FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "sales"."sales_order" ("tenant_id", "id") ON DELETE RESTRICT;

COMMIT;
