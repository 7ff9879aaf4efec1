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

async function revokeDevices(worker: WorkerSystem, instanceId: string): Promise<void> {
  const gateway = await worker.chats.open(instanceId);
  const { devices } = await gateway.pairing();
  for (const { deviceId } of devices) await gateway.removeDevice(deviceId);
}
