import { recordEvent } from "../audit/record-event.ts";
import type { AuditAction } from "../audit/schema.ts";
import { DomainError } from "../errors.ts";
import type { Deployment, Instance, OperationKind } from "../generated/prisma/client.ts";
import { requireNoSwitch } from "../kill-switch/queries.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { AdminActor, OwnerActor, System, Transaction } from "../system.ts";
import { announceInstance } from "./announce-instance.ts";
import { instanceView, lockOwnInstance, ownInstance } from "./queries.ts";
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
};

type Command = { operationId: string; instanceId: string };
type Addition = {
  /** To a deploy: the host that shall run it, and what the browser sealed to it. */
  deploy?: { hostId: string; deployment: Omit<Deployment, "operationId"> };
  /** To a rotation. */
  revokesDevices?: boolean;
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
  { deploy, revokesDevices = false }: Addition = {},
): Promise<InstanceView> {
  return sys.db.$transaction(async (tx) => {
    const instance = await lockOwnInstance(tx, actor, instanceId);
    const repeated = await tx.operation.findUnique({ where: { id: operationId } });
    if (repeated) {
      if (repeated.instanceId !== instanceId || repeated.kind !== kind)
        throw new DomainError("operation.id-taken");
      return instanceView(instance);
    }

    const refusal = refusalOf(kind, { ...instance, deployed: instance.configRevision !== null });
    if (refusal) throw new DomainError(refusal);
    if (deploy && instance.hostId && instance.hostId !== deploy.hostId)
      throw new DomainError("deploy.no-host");

    if (wishOf(kind).desired === "running") await requireNoSwitch(tx, instance.ownerId);

    const hostId = await writeCommand(tx, sys, actor, kind, {
      instance,
      operationId,
      deploy,
      revokesDevices,
    });
    return instanceView(
      hostId ? await ownInstance(tx, actor, instanceId) : { ...instance, status: "removed" },
    );
  });
}

type Written = {
  /** Locked by the caller, who has made sure that the command may be given. */
  instance: Instance;
  operationId: string;
  deploy?: Addition["deploy"] | undefined;
  revokesDevices?: boolean;
};

/** Returns the host that is to obey; null for a draft, which has nothing to take down. */
export async function writeCommand(
  tx: Transaction,
  sys: System,
  actor: OwnerActor | AdminActor,
  kind: OperationKind,
  { instance, operationId, deploy, revokesDevices = false }: Written,
): Promise<string | null> {
  const { id: instanceId } = instance;
  await supersedeOpenOperations(tx, sys, instanceId);
  const now = sys.clock.now();
  const generation = instance.generation + (kind === "deploy" ? 1 : 0);
  await tx.operation.create({
    data: {
      id: operationId,
      instanceId,
      kind,
      state: "queued",
      generation,
      createdAt: now,
      revokesDevices,
      ...(deploy && { deployment: { create: deploy.deployment } }),
    },
  });
  const hostId = deploy?.hostId ?? instance.hostId;
  await tx.instance.update({
    where: { id: instanceId },
    data: {
      ...(hostId ? wishOf(kind) : { desired: "removed", status: "removed" }),
      ...(kind === "rotate" && { rotationId: operationId }),
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
    details: kind === "rotate" ? { operationId, revokesDevices } : { operationId },
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
    where: { instanceId, state: { in: ["queued", "running"] } },
    select: { id: true },
  });
  const ids = open.map(({ id }) => id);
  await tx.operation.updateMany({
    where: { id: { in: ids } },
    data: { state: "superseded", finishedAt: sys.clock.now() },
  });
  await tx.deployment.updateMany({ where: { operationId: { in: ids } }, data: { sealed: null } });
}
