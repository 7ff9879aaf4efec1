import { imageOf } from "../instances/image-of.ts";
import type { Work } from "../instances/track-progress.ts";
import { type SealedInstance, writeSealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { fingerprintOf, mayClaim } from "./rules.ts";

/**
 * Gives a deploy a member of the pool that fits, if there is one: from then on that is the instance's container. Decided once, and
 * for ever; where none fits, or something of the instance is on the engine already, the deploy goes on without.
 */
export async function claimMember(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
): Promise<SealedInstance> {
  const { id, laysBackupId } = work.instance;
  const fits = () => laysBackupId === null && mayClaim(sealed.configuration);
  const member =
    (await worker.db.poolMember.findUnique({ where: { instanceId: id } })) ??
    (fits() && (await isNew(worker, id)) ? await claim(worker, work) : null);
  if (!member) return sealed;

  // The platform's device that the member knows.
  const deviceKey = worker.secrets.openFromDatabase(deviceKeyContext(member.id), member.deviceKey);
  if (deviceKey === sealed.deviceKey) return sealed;
  const current = { ...sealed, deviceKey };
  await writeSealedInstance(worker.secrets, id, current);
  return current;
}

export const deviceKeyContext = (memberId: string) => `PoolMember|deviceKey|${memberId}`;

async function isNew(worker: WorkerSystem, instanceId: string): Promise<boolean> {
  const { container, network, volume } = await worker.engine.inspect(instanceId);
  return !container && !network && !volume;
}

/** Deploys that ask at the same moment each get another one. */
async function claim(worker: WorkerSystem, { instance }: Work) {
  const { hostId } = worker.secrets;
  const { config } = worker;
  const madeFrom = fingerprintOf({ config, image: imageOf(worker, instance), plan: instance.plan });
  return worker.db.$transaction(async (tx) => {
    const [free] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM "PoolMember"
      WHERE "hostId" = ${hostId}::uuid AND state = 'ready' AND "madeFrom" = ${madeFrom}
      ORDER BY "createdAt" LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (!free) return null;
    worker.log.info({ instanceId: instance.id, memberId: free.id }, "deploy takes a member of the pool");
    return tx.poolMember.update({
      where: { id: free.id },
      data: { state: "claimed", instanceId: instance.id, claimedAt: worker.clock.now() },
    });
  });
}
