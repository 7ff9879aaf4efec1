import type { WebSystem } from "../api/context.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor } from "../system.ts";
import { runningHost } from "./locate-host.ts";
import type { PairingRequestView } from "./schema.ts";

/** The owner's word about somebody who asks for access. Throws pairing.missing: it ran out, or was decided elsewhere. */
export async function decidePairing(
  sys: WebSystem,
  actor: OwnerActor,
  decision: "approve" | "reject",
  { instanceId, requestId }: { instanceId: string; requestId: string },
): Promise<PairingRequestView> {
  const hostId = await runningHost(sys, actor, instanceId);
  const request = await sys.workers[decision](hostId, instanceId, requestId);
  await sys.db.$transaction((tx) =>
    recordEvent(tx, sys, actor, {
      action: decision === "approve" ? "instance.pairing-approved" : "instance.pairing-rejected",
      targetId: instanceId,
      details: {
        kind: request.kind,
        name: request.name,
        ...(request.kind === "person" && { channel: request.channel, senderId: request.senderId }),
      },
    }),
  );
  return request;
}
