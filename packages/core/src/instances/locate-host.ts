import { DomainError } from "../errors.ts";
import type { OwnerActor, System } from "../system.ts";
import { ownInstance } from "./queries.ts";

/** Where the caller's instance runs. Throws instance.not-running: nobody would answer. */
export async function runningHost(sys: System, actor: OwnerActor, instanceId: string): Promise<string> {
  const { hostId, status } = await ownInstance(sys.db, actor, instanceId);
  if (!hostId || (status !== "running" && status !== "starting"))
    throw new DomainError("instance.not-running");
  return hostId;
}

/** Where logs of the caller's instance are kept, running or not. */
export async function hostOf(sys: System, actor: OwnerActor, instanceId: string): Promise<string> {
  const { hostId } = await ownInstance(sys.db, actor, instanceId);
  if (!hostId) throw new DomainError("instance.not-deployed");
  return hostId;
}
