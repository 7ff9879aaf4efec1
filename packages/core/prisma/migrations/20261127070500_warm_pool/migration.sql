-- CreateEnum
CREATE TYPE "PoolMemberState" AS ENUM ('warming', 'ready', 'claimed', 'retiring');

-- CreateTable
CREATE TABLE "PoolMember" (
    "id" UUID NOT NULL,
    "hostId" UUID NOT NULL,
    "plan" "InstancePlan" NOT NULL,
    "madeFrom" TEXT NOT NULL,
    "state" "PoolMemberState" NOT NULL,
    "deviceKey" BYTEA NOT NULL,
    "instanceId" UUID,
    "claimedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PoolMember_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "PoolMember_instanceId_key" ON "PoolMember"("instanceId");

-- CreateIndex
CREATE INDEX "PoolMember_hostId_state_idx" ON "PoolMember"("hostId", "state");

-- AddForeignKey
ALTER TABLE "PoolMember" ADD CONSTRAINT "PoolMember_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PoolMember" ADD CONSTRAINT "PoolMember_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
