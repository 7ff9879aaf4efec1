-- CreateTable
CREATE TABLE "InstanceStats" (
    "instanceId" UUID NOT NULL,
    "seconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "readings" INTEGER NOT NULL,
    "milliCpus" DOUBLE PRECISION NOT NULL,
    "receivedPerSecond" DOUBLE PRECISION NOT NULL,
    "sentPerSecond" DOUBLE PRECISION NOT NULL,
    "memoryBytes" DOUBLE PRECISION NOT NULL,
    "diskBytes" DOUBLE PRECISION,
    "milliCpusLimit" DOUBLE PRECISION NOT NULL,
    "memoryLimit" DOUBLE PRECISION NOT NULL,
    "diskLimit" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "InstanceStats_pkey" PRIMARY KEY ("instanceId","seconds","at")
);

-- AddForeignKey
ALTER TABLE "InstanceStats" ADD CONSTRAINT "InstanceStats_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;
