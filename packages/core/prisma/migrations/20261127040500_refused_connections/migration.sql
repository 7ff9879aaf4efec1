-- CreateTable
CREATE TABLE "RefusedConnection" (
    "instanceId" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "RefusedConnection_pkey" PRIMARY KEY ("instanceId","target")
);

-- CreateIndex
CREATE INDEX "RefusedConnection_instanceId_lastAt_idx" ON "RefusedConnection"("instanceId", "lastAt");

-- AddForeignKey
ALTER TABLE "RefusedConnection" ADD CONSTRAINT "RefusedConnection_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
