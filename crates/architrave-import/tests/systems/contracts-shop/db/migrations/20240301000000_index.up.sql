CREATE INDEX orders_placed ON orders (placed_at DESC) WHERE status = 'paid';
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
ALTER TABLE orders ADD COLUMN note varchar(500), ALTER COLUMN placed_at SET NOT NULL;
ALTER TYPE order_status ADD VALUE 'shipped';
