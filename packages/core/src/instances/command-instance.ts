import { recordEvent } from "../audit/record-event.ts";
import type { AuditAction } from "../audit/schema.ts";
import { beginBackup, requireRoom } from "../backups/queries.ts";
import { DomainError } from "../errors.ts";
import type { Deployment, Instance, OperationKind } from "../generated/prisma/client.ts";
import { requireNoSwitch } from "../kill-switch/queries.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { AdminActor, OwnerActor, System, Transaction } from "../system.ts";
import { announceInstance } from "./announce-instance.ts";
import { instanceView, lockOwnInstance, openOperation, ownInstance, unfinished } from "./queries.ts";
import { refusalOf, wishOf } from "./rules.ts";
import type { InstanceView } from "./schema.ts";

const actions: Record<OperationKind, AuditAction> = {
  deploy: "instance.deployed",
  start: "instance.started",
  stop: "instance.stopped",
  restart: "instance.restarted",
  kill: "instance.killed",
  remove: "instance.removed",
  rotate: "instance.token-rotated",
  backup: "instance.backed-up",
  restore: "instance.restored",
  upgrade: "instance.upgraded",
};

type Command = { operationId: string; instanceId: string };
type Addition = {
  /** To a deploy: the host that shall run it, and what the browser sealed to it. */
  deploy?: { hostId: string; deployment: Omit<Deployment, "operationId"> };
  /** To a rotation. */
  revokesDevices?: boolean;
  /** To a restore. */
  backupId?: string;
};

/**
 * Writes down what the owner wants and asks the worker to make it so. Same operation id, same command: nothing happens twice.
 * A command supersedes those before it that have not ended.
 */
export async function commandInstance(
  sys: System,
  actor: OwnerActor,
  kind: OperationKind,
  { operationId, instanceId }: Command,
  addition: Addition = {},
): Promise<InstanceView> {
  return sys.db.$transaction(async (tx) => {
    const instance = await lockOwnInstance(tx, actor, instanceId);
    const repeated = await tx.operation.findUnique({ where: { id: operationId } });
    if (repeated) {
      if (repeated.instanceId !== instanceId || repeated.kind !== kind)
        throw new DomainError("operation.id-taken");
      return instanceView(instance);
    }

    const open = await openOperation(tx, instanceId);
    const deployed = instance.configRevision !== null;
    const refusal = refusalOf(kind, { ...instance, deployed, open: open?.kind ?? null });
    if (refusal) throw new DomainError(refusal);
    if (kind === "backup") await requireRoom(tx, instanceId);
    if (kind === "remove" && (await isLaidElsewhere(tx, instanceId))) throw new DomainError("instance.busy");
    const { deploy } = addition;
    if (deploy && instance.hostId && instance.hostId !== deploy.hostId)
      throw new DomainError("deploy.no-host");

    if (wishOf(kind).desired === "running") await requireNoSwitch(tx, instance.ownerId);

    const hostId = await writeCommand(tx, sys, actor, kind, { instance, operationId, ...addition });
    return instanceView(
      hostId ? await ownInstance(tx, actor, instanceId) : { ...instance, status: "removed" },
    );
  });
}

/** Another instance comes back with a backup of this one, and has nothing else any more. */
async function isLaidElsewhere(tx: Transaction, instanceId: string): Promise<boolean> {
  const backups = await tx.instanceBackup.findMany({ where: { instanceId }, select: { id: true } });
  const ids = backups.map(({ id }) => id);
  const laid = await tx.instance.findFirst({
    where: { id: { not: instanceId }, laysBackupId: { in: ids }, status: { not: "removed" } },
    select: { id: true },
  });
  return laid !== null;
}

type Written = Addition & {
  /** Locked by the caller, who has made sure that the command may be given. */
  instance: Instance;
  operationId: string;
};

/** Returns the host that is to obey; null for a draft, which has nothing to take down. */
export async function writeCommand(
  tx: Transaction,
  sys: System,
  actor: OwnerActor | AdminActor,
  kind: OperationKind,
  { instance, operationId, deploy, revokesDevices = false, backupId }: Written,
): Promise<string | null> {
  const { id: instanceId } = instance;
  await supersedeOpenOperations(tx, sys, instanceId);
  const now = sys.clock.now();
  const generation = instance.generation + (kind === "deploy" ? 1 : 0);
  const owed = revokesDevices || instance.revokesDevices;
  await tx.operation.create({
    data: {
      id: operationId,
      instanceId,
      kind,
      state: "queued",
      generation,
      createdAt: now,
      revokesDevices: owed,
      ...(backupId && { backupId }),
      ...((kind === "restore" || kind === "upgrade") && { before: instance.desired }),
      ...(deploy && { deployment: { create: deploy.deployment } }),
    },
  });
  const hostId = deploy?.hostId ?? instance.hostId;
  if (kind === "backup" && hostId)
    await beginBackup(tx, sys, { id: operationId, instanceId, hostId, kind: "onDemand" });
  await tx.instance.update({
    where: { id: instanceId },
    data: {
      ...(hostId ? wishOf(kind) : { desired: "removed", status: "removed" }),
      ...(kind === "rotate" && { rotationId: operationId }),
      revokesDevices: owed,
      generation,
      hostId,
      // Somebody has decided anew: what went wrong before is behind it.
      deaths: 0,
      diedAt: null,
      updatedAt: now,
    },
  });
  await recordEvent(tx, sys, actor, {
    action: actions[kind],
    targetId: instanceId,
    userId: instance.ownerId,
    details: {
      operationId,
      ...(kind === "rotate" && { revokesDevices }),
      ...(backupId && { backupId }),
    },
  });
  if (kind === "rotate")
    await notifyOwner(tx, sys, instance.ownerId, {
      actor,
      change: "gateway-token-rotated",
      name: instance.name,
    });
  if (hostId) await sys.jobs.enqueue(tx, "converge", { hostId, instanceId });
  await announceInstance(tx, instanceId);
  return hostId;
}

async function supersedeOpenOperations(tx: Transaction, sys: System, instanceId: string): Promise<void> {
  const open = await tx.operation.findMany({
    where: { instanceId, ...unfinished },
    select: { id: true },
  });
  const ids = open.map(({ id }) => id);
  await tx.operation.updateMany({
    where: { id: { in: ids } },
    data: { state: "superseded", finishedAt: sys.clock.now() },
  });
  await tx.deployment.updateMany({ where: { operationId: { in: ids } }, data: { sealed: null } });
}
