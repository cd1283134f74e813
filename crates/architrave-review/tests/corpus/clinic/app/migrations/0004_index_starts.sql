BEGIN;
--
-- Create index app_visit_starts_idx on field(s) starts_at of model visit
--
CREATE INDEX "app_visit_starts_idx" ON "app_visit" ("starts_at");
--
-- Raw SQL operation
--
UPDATE app_visit SET remarks = '' WHERE remarks IS NULL;
COMMIT;
