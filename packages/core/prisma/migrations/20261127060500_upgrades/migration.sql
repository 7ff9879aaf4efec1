-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'upgrade';

-- AlterEnum
ALTER TYPE "BackupKind" ADD VALUE 'beforeUpgrade';

-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "image" TEXT,
ADD COLUMN     "version" TEXT;

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "image" TEXT,
ADD COLUMN     "version" TEXT;

-- AlterTable
ALTER TABLE "InstanceBackup" ADD COLUMN     "image" TEXT,
ADD COLUMN     "version" TEXT;
