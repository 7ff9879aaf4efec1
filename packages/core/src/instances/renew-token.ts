import { type SealedInstance, writeSealedInstance } from "../provisioner/sealed-instance.ts";
import { hashOf } from "../secrets.ts";
import type { WorkerSystem } from "../worker.ts";
import { updateInstance, type Work } from "./track-progress.ts";

/**
 * Makes the gateway token that the owner asked for last, once, however often this is repeated. The sealed file is the one truth
 * about the token; the database knows its hash.
 */
export async function renewToken(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
): Promise<SealedInstance> {
  const { id, rotationId } = work.instance;
  const current =
    sealed.rotationId === rotationId ? sealed : { ...sealed, rotationId, gatewayToken: worker.random.uuid() };
  if (current !== sealed) await writeSealedInstance(worker.secrets, id, current);
  const gatewayTokenHash = hashOf(current.gatewayToken);
  if (work.instance.gatewayTokenHash !== gatewayTokenHash)
    await updateInstance(worker, work, { gatewayTokenHash });
  return current;
}
