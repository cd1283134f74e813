SET lock_timeout = '2s';
ALTER TABLE users RENAME COLUMN encrypted_password TO password_digest;
ALTER TABLE orders DROP COLUMN total;
UPDATE orders SET channel = 'web';
ALTER TABLE order_items ADD CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id);
CREATE UNIQUE INDEX CONCURRENTLY index_order_items_on_order_and_sku ON order_items (order_id, sku);
