CREATE TABLE users (
  id bigserial PRIMARY KEY,
  email varchar(255) NOT NULL,
  encrypted_password varchar(255) NOT NULL,
  date_of_birth date,
  created_at timestamp(6) NOT NULL,
  updated_at timestamp(6) NOT NULL
);
CREATE UNIQUE INDEX index_users_on_email ON users (email);

CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  total double precision,
  total_price double precision NOT NULL DEFAULT 0,
  status varchar(20) NOT NULL DEFAULT 'draft',
  created_at timestamp(6) NOT NULL,
  updated_at timestamp(6) NOT NULL
);
CREATE INDEX index_orders_on_status ON orders (status);

CREATE TABLE order_items (
  order_id bigint NOT NULL,
  sku varchar(40) NOT NULL,
  quantity integer NOT NULL
);
