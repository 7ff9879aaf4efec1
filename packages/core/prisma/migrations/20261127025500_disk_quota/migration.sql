-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "diskQuota" TEXT NOT NULL DEFAULT 'measured';
