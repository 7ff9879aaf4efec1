import type { ErrorCode } from "../errors.ts";
import type {
  Instance,
  InstanceDesired,
  InstanceStatus,
  Operation,
  Prisma,
} from "../generated/prisma/client.ts";
import { notifyOfFailure } from "../notifications/notify-of-failure.ts";
import type { Transaction } from "../system.ts";
import type { WorkerSystem } from "../worker.ts";
import { announceInstance } from "./announce-instance.ts";
import { lockInstance, openOperation } from "./queries.ts";
import type { PhaseName } from "./schema.ts";

/** An instance on its way to its desired state, and the command that asked for it; null when it heals by itself. */
export type Work = { instance: Instance; operation: Operation | null };

/** Runs one phase of the command and records when it began and ended; one that is repeated, after a crash, began the first time. */
export async function runPhase<T>(
  worker: WorkerSystem,
  work: Work,
  name: PhaseName,
  act: (startedAt: Date) => Promise<T>,
): Promise<T> {
  const now = worker.clock.now();
  if (!work.operation) return act(now);
  const operationId = work.operation.id;
  const { startedAt } = await worker.db.$transaction(async (tx) => {
    await tx.operation.updateMany({
      where: { id: operationId, state: "queued" },
      data: { state: "running" },
    });
    const phase = await tx.operationPhase.upsert({
      where: { operationId_name: { operationId, name } },
      create: { operationId, name, startedAt: now },
      update: { finishedAt: null },
    });
    await announceInstance(tx, work.instance.id);
    return phase;
  });
  const result = await act(startedAt);
  await worker.db.$transaction(async (tx) => {
    await tx.operationPhase.update({
      where: { operationId_name: { operationId, name } },
      data: { finishedAt: worker.clock.now() },
    });
    await announceInstance(tx, work.instance.id);
  });
  return result;
}

export async function isPhaseDone(worker: WorkerSystem, work: Work, name: PhaseName): Promise<boolean> {
  if (!work.operation) return false;
  const phase = await worker.db.operationPhase.findUnique({
    where: { operationId_name: { operationId: work.operation.id, name } },
  });
  return phase?.finishedAt != null;
}

type Outcome = {
  status: InstanceStatus;
  /** Of the status. */
  reason: string | null;
  /** With which the command failed. */
  error?: ErrorCode;
  desired?: InstanceDesired;
};

export const succeed = (
  worker: WorkerSystem,
  work: Work,
  status: InstanceStatus,
  reason: string | null = null,
) => conclude(worker, work, { status, reason });

/** The instance stays down until its owner decides otherwise; where nobody watches a command, they are told by mail. */
export const fail = (worker: WorkerSystem, work: Work, reason: ErrorCode) =>
  conclude(worker, work, { status: "failed", reason, error: reason, desired: "stopped" });

/** The command came to nothing, and the instance is as it was before. */
export const giveUp = (
  worker: WorkerSystem,
  work: Work,
  error: ErrorCode,
  { status, reason, desired }: Pick<Instance, "status" | "reason" | "desired">,
) => conclude(worker, work, { status, reason, desired, error });

/** Closes the command and says how it ended. What was sealed for it is gone with it. */
async function conclude(
  worker: WorkerSystem,
  work: Work,
  { status, reason, error, desired }: Outcome,
): Promise<void> {
  const { operation } = work;
  await whileCurrent(worker, work, async (tx, now) => {
    if (operation) {
      await tx.operation.update({
        where: { id: operation.id },
        data: error
          ? { state: "failed", error, finishedAt: now }
          : { state: "succeeded", error: null, finishedAt: now },
      });
      await tx.deployment.updateMany({ where: { operationId: operation.id }, data: { sealed: null } });
    }
    // Of an upgrade an owner may not even know that it was begun.
    if (error && operation?.kind === "upgrade" && status !== "failed")
      await notifyOfFailure(tx, worker, work.instance, error, "upgrade-undone");
    else if (error && (!operation || operation.kind === "upgrade"))
      await notifyOfFailure(tx, worker, work.instance, error);
    return { status, reason, ...(desired && { desired }) };
  });
}

/** Changes the instance in one transaction, unless a newer command has taken over meanwhile: what was seen before counts no more. */
export async function whileCurrent(
  worker: WorkerSystem,
  work: Work,
  change: (tx: Transaction, now: Date) => Promise<Prisma.InstanceUpdateInput>,
): Promise<void> {
  const { id } = work.instance;
  await worker.db.$transaction(async (tx) => {
    await lockInstance(tx, id);
    const current = await openOperation(tx, id);
    if (current?.id !== work.operation?.id) return;
    const now = worker.clock.now();
    const data = await change(tx, now);
    work.instance = await tx.instance.update({ where: { id }, data: { ...data, updatedAt: now } });
    await announceInstance(tx, id);
  });
}

/** Changes what is known of the instance, and tells those who watch. */
export async function updateInstance(
  worker: WorkerSystem,
  work: Work,
  data: Prisma.InstanceUpdateInput,
): Promise<void> {
  work.instance = await worker.db.$transaction(async (tx) => {
    const updated = await tx.instance.update({
      where: { id: work.instance.id },
      data: { ...data, updatedAt: worker.clock.now() },
    });
    await announceInstance(tx, work.instance.id);
    return updated;
  });
}
