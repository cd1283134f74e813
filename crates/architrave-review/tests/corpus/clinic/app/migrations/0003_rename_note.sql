BEGIN;
--
-- Rename field note on visit to remarks
--
ALTER TABLE "app_visit" RENAME COLUMN "note" TO "remarks";
COMMIT;
