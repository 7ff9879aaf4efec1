import { DomainError } from "../errors.ts";
import type { Operation } from "../generated/prisma/client.ts";
import { openDeployment } from "../provisioner/open-deployment.ts";
import {
  readSealedInstance,
  type SealedInstance,
  writeSealedInstance,
} from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { deploymentMs } from "./rules.ts";
import { updateInstance, type Work } from "./track-progress.ts";

/** The clocks of web and worker may differ by so much. */
const clocksDifferMs = 60_000;

/** Opens the sealed deployment once and keeps it, sealed under the host's key, for every later start. */
export async function acceptDeployment(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
): Promise<SealedInstance> {
  const { secrets } = worker;
  const current = await readSealedInstance(secrets, work.instance.id);
  const sealed =
    current?.deployId === operation.id ? current : await openSealed(worker, work, operation, current);
  await updateInstance(worker, work, {
    model: sealed.configuration.model,
    channels: channelsOf(sealed),
    configId: sealed.configId,
    configRevision: sealed.revision,
  });
  return sealed;
}

async function openSealed(
  worker: WorkerSystem,
  work: Work,
  operation: Operation,
  current: SealedInstance | null,
): Promise<SealedInstance> {
  const deployment = await worker.db.deployment.findUniqueOrThrow({ where: { operationId: operation.id } });
  const remainingMs = deployment.expiresAt.getTime() - worker.clock.now().getTime();
  // Neither signed in advance, nor brought back after its owner deployed a later one: web is not believed in this.
  const isTimely = remainingMs > 0 && remainingMs <= deploymentMs + clocksDifferMs;
  const isOvertaken = current?.configId === deployment.configId && deployment.revision < current.revision;
  if (!deployment.sealed || !isTimely || isOvertaken) throw new DomainError("deploy.expired");
  const privateKey = await worker.secrets.readDeployKey(deployment.deployKeyId);
  if (!privateKey) throw new DomainError("deploy.not-readable");

  const { configuration, signingKey } = await openDeployment(privateKey, deployment.sealed, {
    userId: work.instance.ownerId,
    instanceId: work.instance.id,
    deployId: operation.id,
    configId: deployment.configId,
    revision: deployment.revision,
    exp: deployment.expiresAt.getTime(),
  });
  await pinSigningKey(worker, work.instance.ownerId, signingKey);

  const sealed: SealedInstance = {
    version: 1,
    deployId: operation.id,
    generation: operation.generation,
    configId: deployment.configId,
    revision: deployment.revision,
    configuration,
    gatewayToken: current?.gatewayToken ?? worker.random.uuid(),
    rotationId: current?.rotationId ?? null,
    deviceKey: current?.deviceKey ?? Buffer.from(worker.random.bytes(32)).toString("base64url"),
  };
  await writeSealedInstance(worker.secrets, work.instance.id, sealed);
  return sealed;
}

/** The owner's first deploy decides which key signs all later ones. */
async function pinSigningKey(worker: WorkerSystem, userId: string, signingKey: string): Promise<void> {
  await worker.db.user.updateMany({ where: { id: userId, signingKey: null }, data: { signingKey } });
  const owner = await worker.db.user.findUniqueOrThrow({
    where: { id: userId },
    select: { signingKey: true },
  });
  if (owner.signingKey !== signingKey) throw new DomainError("deploy.untrusted-signature");
}

function channelsOf({ configuration }: SealedInstance) {
  const { telegram, discord } = configuration.channels;
  return [...(telegram ? (["telegram"] as const) : []), ...(discord ? (["discord"] as const) : [])];
}
