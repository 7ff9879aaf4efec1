import type { OwnerActor, System } from "../system.ts";
import { instanceView, ownInstance } from "./queries.ts";
import type { InstanceView } from "./schema.ts";

export async function getInstance(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string },
): Promise<InstanceView> {
  return instanceView(await ownInstance(sys.db, actor, input.instanceId));
}
