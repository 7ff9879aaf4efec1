import { DomainError } from "../errors.ts";
import { GatewayRefused } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { runPhase, type Work, whileCurrent } from "./track-progress.ts";

/**
 * Tokens of paired devices survive a new gateway token, and come back with the state of a backup: where that is not to be, every device
 * has to ask again. Owed until it is done, whichever command comes in between.
 */
export async function revokeOwedDevices(worker: WorkerSystem, work: Work): Promise<void> {
  if (!work.instance.revokesDevices) return;
  await runPhase(worker, work, "revoke-devices", () => revokeDevices(worker, work.instance.id));
  await whileCurrent(worker, work, async () => ({ revokesDevices: false }));
}

/** A gateway that refuses fails the command; one that is away is asked again. */
async function revokeDevices(worker: WorkerSystem, instanceId: string): Promise<void> {
  try {
    const gateway = await worker.chats.open(instanceId);
    const { devices } = await gateway.pairing();
    for (const { deviceId } of devices) await gateway.removeDevice(deviceId).catch(unlessMissing);
  } catch (cause) {
    if (!(cause instanceof GatewayRefused) || cause.reason === "unreachable") throw cause;
    throw new DomainError("deploy.no-answer", { reason: cause.reason }, { cause });
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof GatewayRefused) || error.reason !== "missing") throw error;
}
