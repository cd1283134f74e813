CREATE TYPE order_status AS ENUM ('draft', 'paid');
CREATE TABLE customers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email text NOT NULL UNIQUE,
  deleted_at timestamptz
);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id),
  status order_status NOT NULL DEFAULT 'draft',
  total double precision NOT NULL CHECK (total >= 0),
  placed_at timestamp
);
