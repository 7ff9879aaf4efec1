import type { WorkerSystem } from "../worker.ts";

/** Tokens of paired devices survive a new gateway token: every device has to ask again. */
export async function revokeDevices(worker: WorkerSystem, instanceId: string): Promise<void> {
  const gateway = await worker.chats.open(instanceId);
  const { devices } = await gateway.pairing();
  for (const { deviceId } of devices) await gateway.removeDevice(deviceId);
}
