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

-- accounts.Shop
CREATE TABLE "accounts_shop" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "domain" TEXT NOT NULL,
  "plan" TEXT NOT NULL CONSTRAINT "ck_plan" CHECK ("plan" IN ('free', 'pro')),
  UNIQUE ("id")
) STRICT;
CREATE UNIQUE INDEX "accounts_shop_domain_key" ON "accounts_shop" ("domain");

-- accounts.User
CREATE TABLE "accounts_user" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "email" BLOB NOT NULL,
  "email_lookup" BLOB NOT NULL,
  "name" BLOB NOT NULL,
  "phone" BLOB,
  "address_line1" BLOB,
  "address_line2" BLOB,
  "address_city" TEXT,
  "address_postcode" TEXT,
  "address_country" TEXT,
  "locale" TEXT NOT NULL,
  "device" BLOB,
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "accounts_shop" ("id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "accounts_user_email_key" ON "accounts_user" ("tenant_id", "email_lookup");

-- catalog.Category
CREATE TABLE "catalog_category" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "slug" TEXT NOT NULL,
  "parent_id" BLOB CONSTRAINT "ck_parent_id" CHECK (length("parent_id") = 16),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "accounts_shop" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "parent_id") REFERENCES "catalog_category" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "catalog_category_slug_key" ON "catalog_category" ("tenant_id", "slug");
CREATE INDEX "catalog_category_parent_id_idx" ON "catalog_category" ("tenant_id", "parent_id", "id");

-- catalog.Product
CREATE TABLE "catalog_product" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "sku" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "description" TEXT,
  "category_id" BLOB NOT NULL CONSTRAINT "ck_category_id" CHECK (length("category_id") = 16),
  "price" INTEGER NOT NULL,
  "cost" INTEGER NOT NULL,
  "stock" INTEGER NOT NULL,
  "images" TEXT NOT NULL CONSTRAINT "ck_images" CHECK (json_valid("images")),
  "published" INTEGER NOT NULL CONSTRAINT "ck_published" CHECK ("published" IN (0, 1)),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "accounts_shop" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "category_id") REFERENCES "catalog_category" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "catalog_product_sku_key" ON "catalog_product" ("tenant_id", "sku");
CREATE INDEX "catalog_product_category_id_created_at_idx" ON "catalog_product" ("tenant_id", "category_id", "created_at" DESC, "id" DESC);
CREATE INDEX "catalog_product_price_idx" ON "catalog_product" ("tenant_id", "price", "id");
CREATE VIRTUAL TABLE "catalog_product__search" USING fts5("w_name", "w_description", content='', contentless_delete=1, detail=column, tokenize='ascii');

-- sales.Order
CREATE TABLE "sales_order" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "version" INTEGER NOT NULL CONSTRAINT "ck_version" CHECK ("version" >= 1),
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "customer_id" BLOB NOT NULL CONSTRAINT "ck_customer_id" CHECK (length("customer_id") = 16),
  "ship_to_line1" BLOB NOT NULL,
  "ship_to_line2" BLOB,
  "ship_to_city" TEXT NOT NULL,
  "ship_to_postcode" TEXT NOT NULL,
  "ship_to_country" TEXT NOT NULL,
  "shipping_fee" INTEGER NOT NULL,
  "total" INTEGER NOT NULL,
  "tracking" TEXT,
  "placed_at" INTEGER,
  "status" TEXT NOT NULL CONSTRAINT "ck_status" CHECK ("status" IN ('draft', 'placed', 'cancelled', 'paid', 'shipped', 'delivered')),
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "accounts_shop" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "customer_id") REFERENCES "accounts_user" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE UNIQUE INDEX "sales_order_number_key" ON "sales_order" ("tenant_id", "number");
CREATE INDEX "sales_order_customer_id_created_at_idx" ON "sales_order" ("tenant_id", "customer_id", "created_at" DESC, "id" DESC);
CREATE INDEX "sales_order_status_placed_at_idx" ON "sales_order" ("tenant_id", "status", "placed_at", "id");
CREATE INDEX "sales_order_status_updated_at_idx" ON "sales_order" ("tenant_id", "status", "updated_at", "id");

-- sales.Line
CREATE TABLE "sales_line" (
  "_row" INTEGER PRIMARY KEY,
  "id" BLOB NOT NULL CONSTRAINT "ck_id" CHECK (length("id") = 16),
  "tenant_id" BLOB NOT NULL CONSTRAINT "ck_tenant_id" CHECK (length("tenant_id") = 16),
  "part_of_id" BLOB NOT NULL CONSTRAINT "ck_part_of_id" CHECK (length("part_of_id") = 16),
  "part_position" INTEGER NOT NULL,
  "product_id" BLOB NOT NULL CONSTRAINT "ck_product_id" CHECK (length("product_id") = 16),
  "quantity" INTEGER NOT NULL,
  "price" INTEGER NOT NULL,
  UNIQUE ("tenant_id", "id"),
  FOREIGN KEY ("tenant_id") REFERENCES "accounts_shop" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "product_id") REFERENCES "catalog_product" ("tenant_id", "id") ON DELETE RESTRICT,
  FOREIGN KEY ("tenant_id", "part_of_id") REFERENCES "sales_order" ("tenant_id", "id") ON DELETE RESTRICT
) STRICT;
CREATE INDEX "sales_line_product_id_idx" ON "sales_line" ("tenant_id", "product_id", "id");
CREATE INDEX "sales_line_part_of_id_part_position_idx" ON "sales_line" ("tenant_id", "part_of_id", "part_position", "id");
