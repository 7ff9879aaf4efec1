-- AlterTable
ALTER TABLE "VaultIndex" RENAME COLUMN "updatedAt" TO "createdAt";
ALTER TABLE "VaultIndex" DROP CONSTRAINT "VaultIndex_pkey",
ADD CONSTRAINT "VaultIndex_pkey" PRIMARY KEY ("userId", "revision");
