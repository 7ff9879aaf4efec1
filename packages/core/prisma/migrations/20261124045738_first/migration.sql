-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('user', 'admin');

-- CreateEnum
CREATE TYPE "SessionAudience" AS ENUM ('app', 'admin');

-- CreateEnum
CREATE TYPE "Channel" AS ENUM ('telegram', 'discord');

-- CreateEnum
CREATE TYPE "InstanceDesired" AS ENUM ('draft', 'running', 'stopped', 'removed');

-- CreateEnum
CREATE TYPE "InstanceStatus" AS ENUM ('draft', 'starting', 'running', 'stopping', 'stopped', 'failed', 'removing', 'removed');

-- CreateEnum
CREATE TYPE "OperationKind" AS ENUM ('deploy', 'start', 'stop', 'restart', 'kill', 'remove');

-- CreateEnum
CREATE TYPE "OperationState" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'superseded');

-- CreateEnum
CREATE TYPE "VaultSlotKind" AS ENUM ('password');

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actorId" UUID,
    "userId" UUID,
    "action" TEXT NOT NULL,
    "targetId" TEXT,
    "outcome" TEXT NOT NULL,
    "ip" TEXT,
    "details" JSONB NOT NULL,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" "UserRole" NOT NULL DEFAULT 'user',
    "passwordHash" TEXT,
    "kdf" JSONB,
    "signingKey" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "idHash" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "audience" "SessionAudience" NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("idHash")
);

-- CreateTable
CREATE TABLE "AdminInvitation" (
    "tokenHash" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AdminInvitation_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "Host" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "identityKey" TEXT NOT NULL,
    "internalUrl" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Host_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HostDeployKey" (
    "id" UUID NOT NULL,
    "hostId" UUID NOT NULL,
    "publicKey" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "HostDeployKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Instance" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "hostId" UUID,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "channels" "Channel"[],
    "desired" "InstanceDesired" NOT NULL,
    "status" "InstanceStatus" NOT NULL,
    "reason" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "configId" UUID,
    "configRevision" INTEGER,
    "gatewayTokenHash" TEXT,
    "providerKeyHash" TEXT,
    "providerKey" BYTEA,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Operation" (
    "id" UUID NOT NULL,
    "sequence" SERIAL NOT NULL,
    "instanceId" UUID NOT NULL,
    "kind" "OperationKind" NOT NULL,
    "state" "OperationState" NOT NULL,
    "generation" INTEGER NOT NULL,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OperationPhase" (
    "operationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "detail" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OperationPhase_pkey" PRIMARY KEY ("operationId","name")
);

-- CreateTable
CREATE TABLE "Deployment" (
    "operationId" UUID NOT NULL,
    "deployKeyId" UUID NOT NULL,
    "configId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "sealed" BYTEA,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Deployment_pkey" PRIMARY KEY ("operationId")
);

-- CreateTable
CREATE TABLE "VaultSlot" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "kind" "VaultSlotKind" NOT NULL,
    "envelope" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VaultSlot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VaultConfig" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VaultConfig_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "VaultConfigRevision" (
    "configId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "wrappedKey" BYTEA NOT NULL,
    "envelope" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VaultConfigRevision_pkey" PRIMARY KEY ("configId","revision")
);

-- CreateTable
CREATE TABLE "VaultIndex" (
    "userId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "envelope" BYTEA NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VaultIndex_pkey" PRIMARY KEY ("userId")
);

-- CreateIndex
CREATE INDEX "AuditEvent_userId_id_idx" ON "AuditEvent"("userId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "AdminInvitation_expiresAt_idx" ON "AdminInvitation"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Host_name_key" ON "Host"("name");

-- CreateIndex
CREATE INDEX "HostDeployKey_hostId_expiresAt_idx" ON "HostDeployKey"("hostId", "expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Instance_slug_key" ON "Instance"("slug");

-- CreateIndex
CREATE INDEX "Instance_ownerId_createdAt_id_idx" ON "Instance"("ownerId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Instance_hostId_desired_idx" ON "Instance"("hostId", "desired");

-- CreateIndex
CREATE UNIQUE INDEX "Operation_sequence_key" ON "Operation"("sequence");

-- CreateIndex
CREATE INDEX "Operation_instanceId_sequence_idx" ON "Operation"("instanceId", "sequence");

-- CreateIndex
CREATE INDEX "Deployment_expiresAt_idx" ON "Deployment"("expiresAt");

-- CreateIndex
CREATE INDEX "VaultSlot_userId_idx" ON "VaultSlot"("userId");

-- CreateIndex
CREATE INDEX "VaultConfig_userId_createdAt_id_idx" ON "VaultConfig"("userId", "createdAt", "id");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HostDeployKey" ADD CONSTRAINT "HostDeployKey_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Instance" ADD CONSTRAINT "Instance_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "Host"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Operation" ADD CONSTRAINT "Operation_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "Instance"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OperationPhase" ADD CONSTRAINT "OperationPhase_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "Operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "Operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VaultSlot" ADD CONSTRAINT "VaultSlot_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VaultConfig" ADD CONSTRAINT "VaultConfig_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VaultConfigRevision" ADD CONSTRAINT "VaultConfigRevision_configId_fkey" FOREIGN KEY ("configId") REFERENCES "VaultConfig"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "VaultIndex" ADD CONSTRAINT "VaultIndex_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
