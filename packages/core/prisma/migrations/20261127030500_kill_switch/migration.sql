-- CreateTable
CREATE TABLE "KillSwitch" (
    "id" UUID NOT NULL,
    "userId" UUID,
    "reason" TEXT NOT NULL,
    "engagedAt" TIMESTAMPTZ(3) NOT NULL,
    "engagedById" UUID NOT NULL,
    "releasedAt" TIMESTAMPTZ(3),
    "releasedById" UUID,

    CONSTRAINT "KillSwitch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "KillSwitch_releasedAt_userId_idx" ON "KillSwitch"("releasedAt", "userId");

-- AddForeignKey
ALTER TABLE "KillSwitch" ADD CONSTRAINT "KillSwitch_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
