-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "revokesDevices" BOOLEAN NOT NULL DEFAULT false;

-- What open commands owe already.
UPDATE "Instance" SET "revokesDevices" = true
WHERE "laysBackupId" IS NOT NULL OR id IN (
  SELECT "instanceId" FROM "Operation" WHERE state IN ('queued', 'running') AND ("revokesDevices" OR kind = 'restore')
);
