-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "begunBy" "ProviderName";
