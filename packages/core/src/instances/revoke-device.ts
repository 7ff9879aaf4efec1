import type { WebSystem } from "../api/context.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor } from "../system.ts";
import { runningHost } from "./locate-host.ts";
import type { PairedDeviceView } from "./schema.ts";

/** Ends the access of a device that was approved before; its connections close at once. Throws pairing.missing. */
export async function revokeDevice(
  sys: WebSystem,
  actor: OwnerActor,
  { instanceId, deviceId }: { instanceId: string; deviceId: string },
): Promise<PairedDeviceView> {
  const hostId = await runningHost(sys, actor, instanceId);
  const device = await sys.workers.removeDevice(hostId, instanceId, deviceId);
  await sys.db.$transaction((tx) =>
    recordEvent(tx, sys, actor, {
      action: "instance.device-revoked",
      targetId: instanceId,
      details: { name: device.name },
    }),
  );
  return device;
}
