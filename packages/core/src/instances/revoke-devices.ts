import { DomainError } from "../errors.ts";
import { GatewayRefused } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { runPhase, type Work, whileCurrent } from "./track-progress.ts";

const limitMs = 120_000;
const pauseMs = 1000;

/**
 * Tokens of paired devices survive a new gateway token, and come back with the state of a backup: where that is not to be, every device
 * has to ask again. Owed until it is done, whichever command comes in between.
 */
export async function revokeOwedDevices(
  worker: WorkerSystem,
  work: Work,
  signal: AbortSignal,
): Promise<void> {
  if (!work.instance.revokesDevices) return;
  await runPhase(worker, work, "revoke-devices", () => revokeDevices(worker, work.instance.id, signal));
  await whileCurrent(worker, work, async () => ({ revokesDevices: false }));
}

/** However many devices a gateway lists, and however long it takes for each. */
async function revokeDevices(worker: WorkerSystem, instanceId: string, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const waiting = AbortSignal.any([signal, done.signal]);
  const late = worker.clock.sleep(limitMs, waiting).then(() => {
    throw new DomainError("deploy.no-answer");
  });
  try {
    await Promise.race([late, removeDevices(worker, instanceId, waiting)]);
  } finally {
    done.abort();
  }
}

/** A gateway that refuses fails the command; one that is away is asked again. */
async function removeDevices(worker: WorkerSystem, instanceId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const gateway = await worker.chats.open(instanceId);
      const { devices } = await gateway.pairing();
      for (const { deviceId } of devices) {
        signal.throwIfAborted();
        await gateway.removeDevice(deviceId).catch(unlessMissing);
      }
      return;
    } catch (cause) {
      if (!(cause instanceof GatewayRefused)) throw cause;
      if (cause.reason !== "unreachable")
        throw new DomainError("deploy.no-answer", { reason: cause.reason }, { cause });
    }
    await worker.clock.sleep(pauseMs, signal);
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof GatewayRefused) || error.reason !== "missing") throw error;
}
