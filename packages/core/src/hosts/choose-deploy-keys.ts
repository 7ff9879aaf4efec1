import type { z } from "zod";
import { DomainError } from "../errors.ts";
import { ownInstance } from "../instances/queries.ts";
import type { deployKeys } from "../instances/schema.ts";
import type { OwnerActor, System } from "../system.ts";
import { silenceMs } from "./rules.ts";

/** The keys to which the owner's browser may seal: of the host that runs the instance, else of the least busy one. */
export async function chooseDeployKeys(
  sys: System,
  actor: OwnerActor,
  input: { instanceId: string },
): Promise<z.infer<typeof deployKeys>> {
  const instance = await ownInstance(sys.db, actor, input.instanceId);
  const now = sys.clock.now();
  const hosts = await sys.db.host.findMany({
    where: instance.hostId
      ? { id: instance.hostId }
      : { seenAt: { gt: new Date(now.getTime() - silenceMs) } },
    include: {
      deployKeys: { where: { expiresAt: { gt: now } }, orderBy: { createdAt: "desc" }, take: 1 },
      _count: { select: { instances: { where: { status: { not: "removed" } } } } },
    },
  });
  const [host] = hosts
    .filter(({ deployKeys }) => deployKeys.length > 0)
    .sort((a, b) => a._count.instances - b._count.instances);
  if (!host) throw new DomainError("deploy.no-host");
  return {
    hostId: host.id,
    identityKey: host.identityKey,
    keys: host.deployKeys.map(({ id, publicKey, expiresAt, signature }) => ({
      id,
      publicKey,
      expiresAt,
      signature,
    })),
  };
}
