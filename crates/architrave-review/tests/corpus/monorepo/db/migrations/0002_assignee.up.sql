SET lock_timeout = '3s';
ALTER TABLE tickets ADD COLUMN assignee_id uuid;
CREATE INDEX CONCURRENTLY tickets_assignee ON tickets (assignee_id);
