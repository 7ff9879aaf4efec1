-- CreateEnum
CREATE TYPE "InstancePlan" AS ENUM ('lite', 'pro');

-- AlterTable
ALTER TABLE "Instance" ADD COLUMN     "plan" "InstancePlan" NOT NULL DEFAULT 'lite';
