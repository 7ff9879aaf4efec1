import type { WorkerSystem } from "../worker.ts";

/** Tells where this host is and that it lives. */
export async function registerHost(worker: WorkerSystem): Promise<void> {
  const { config, secrets } = worker;
  const now = worker.clock.now();
  const facts = {
    name: config.HOST_NAME,
    identityKey: secrets.identityKey,
    internalUrl: config.INTERNAL_URL,
    diskQuota: worker.engine.diskQuota,
    image: worker.image.reference,
    version: worker.image.version,
    seenAt: now,
  };
  await worker.db.host.upsert({
    where: { id: secrets.hostId },
    create: { id: secrets.hostId, createdAt: now, ...facts },
    update: facts,
  });
}
