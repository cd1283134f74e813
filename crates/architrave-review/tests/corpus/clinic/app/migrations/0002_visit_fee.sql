BEGIN;
--
-- Add field fee to visit
--
ALTER TABLE "app_visit" ADD COLUMN "fee" double precision DEFAULT 0 NOT NULL;
ALTER TABLE "app_visit" ALTER COLUMN "fee" DROP DEFAULT;
COMMIT;
