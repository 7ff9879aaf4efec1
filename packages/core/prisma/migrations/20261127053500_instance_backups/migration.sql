-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'backup';
ALTER TYPE "OperationKind" ADD VALUE 'restore';

-- CreateEnum
CREATE TYPE "BackupKind" AS ENUM ('scheduled', 'onDemand', 'beforeRestore');

-- CreateEnum
CREATE TYPE "BackupState" AS ENUM ('making', 'ready', 'failed');

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "laysBackupId" UUID;

-- AlterTable
ALTER TABLE "Operation" ADD COLUMN     "backupId" UUID,
ADD COLUMN     "before" "InstanceDesired";

-- CreateTable
CREATE TABLE "InstanceBackup" (
    "id" UUID NOT NULL,
    "instanceId" UUID NOT NULL,
    "hostId" UUID NOT NULL,
    "kind" "BackupKind" NOT NULL,
    "state" "BackupState" NOT NULL,
    "sizeBytes" BIGINT,
    "sha256" TEXT,
    "key" BYTEA,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "InstanceBackup_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "InstanceBackup_instanceId_createdAt_idx" ON "InstanceBackup"("instanceId", "createdAt");

-- CreateIndex
CREATE INDEX "InstanceBackup_hostId_expiresAt_idx" ON "InstanceBackup"("hostId", "expiresAt");

-- AddForeignKey
ALTER TABLE "InstanceBackup" ADD CONSTRAINT "InstanceBackup_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
