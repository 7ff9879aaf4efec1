-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'rotate';

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "rotationId" UUID;

-- AlterTable
ALTER TABLE "Operation" ADD COLUMN     "revokesDevices" BOOLEAN NOT NULL DEFAULT false;
