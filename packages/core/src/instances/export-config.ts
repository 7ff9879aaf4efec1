import type { WebSystem } from "../api/context.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { OwnerActor } from "../system.ts";
import { hostOf } from "./locate-host.ts";

/** The configuration that the caller's instance runs with, without its secrets. */
export async function exportConfig(
  sys: WebSystem,
  actor: OwnerActor,
  { instanceId }: { instanceId: string },
): Promise<string> {
  const content = await sys.workers.exportConfig(await hostOf(sys, actor, instanceId), instanceId);
  await recordEvent(sys.db, sys, actor, { action: "instance.config-exported", targetId: instanceId });
  return content;
}
