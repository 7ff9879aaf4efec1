-- AlterEnum
ALTER TYPE "BackupKind" ADD VALUE 'moved';
