CREATE TABLE users (
  id bigserial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, password_digest text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(), lock_version int NOT NULL DEFAULT 0
);
CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  country char(2) REFERENCES countries,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'paid', 'shipped', 'cancelled')),
  total numeric(10,2) NOT NULL DEFAULT 0 CHECK (total >= 0),
  note text, placed_at timestamp, deleted_at timestamptz, created_at timestamptz NOT NULL
);
CREATE INDEX ON orders (user_id);
CREATE INDEX ON orders (status, created_at DESC);
CREATE INDEX ON orders (lower(note));
CREATE TABLE order_items (
  id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  quantity int NOT NULL DEFAULT 1, ratio real NOT NULL
);
