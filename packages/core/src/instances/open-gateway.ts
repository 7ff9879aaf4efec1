import type { WebSystem } from "../api/context.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { UserActor } from "../system.ts";
import { runningHost } from "./locate-host.ts";

/** A link to the page that the assistant itself serves. It works once, within a minute, and access through it ends with this session. */
export async function openGateway(
  sys: WebSystem,
  actor: UserActor,
  { instanceId }: { instanceId: string },
): Promise<{ url: string }> {
  const hostId = await runningHost(sys, actor, instanceId);
  const url = await sys.workers.gatewayLink(hostId, instanceId, actor.sessionId);
  await sys.db.$transaction((tx) =>
    recordEvent(tx, sys, actor, { action: "instance.gateway-opened", targetId: instanceId }),
  );
  return { url };
}
