import type { z } from "zod";
import { DomainError } from "../errors.ts";
import type { OwnerActor, System } from "../system.ts";
import { commandInstance } from "./command-instance.ts";
import { deploymentMs } from "./rules.ts";
import type { deployInput, InstanceView } from "./schema.ts";

/** Hands a configuration that the owner's browser sealed to the host that will run it. This side can't read it. */
export async function deployInstance(
  sys: System,
  actor: OwnerActor,
  input: z.infer<typeof deployInput>,
): Promise<InstanceView> {
  const now = sys.clock.now();
  if (input.exp <= now.getTime() || input.exp > now.getTime() + deploymentMs)
    throw new DomainError("deploy.expired");
  const key = await sys.db.hostDeployKey.findFirst({
    where: { id: input.deployKeyId, expiresAt: { gt: now } },
  });
  if (!key) throw new DomainError("deploy.expired");
  const config = await sys.db.vaultConfigRevision.findFirst({
    where: { configId: input.configId, revision: input.revision, config: { userId: actor.userId } },
    select: { revision: true },
  });
  if (!config) throw new DomainError("vault.config-missing");

  const deployment = {
    deployKeyId: key.id,
    configId: input.configId,
    revision: input.revision,
    sealed: Uint8Array.from(Buffer.from(input.sealed, "base64")),
    expiresAt: new Date(input.exp),
  };
  return commandInstance(sys, actor, "deploy", input, { deploy: { hostId: key.hostId, deployment } });
}
