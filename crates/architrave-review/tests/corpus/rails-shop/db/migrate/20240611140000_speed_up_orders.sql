CREATE INDEX index_orders_on_user_id ON orders (user_id);
ALTER TABLE orders ADD COLUMN channel varchar(20) NOT NULL;
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);
