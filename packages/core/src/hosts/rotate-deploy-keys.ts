import type { WorkerSystem } from "../worker.ts";

const dayMs = 24 * 60 * 60_000;

/** What the host's identity signs of a deploy key; clients check it before they seal anything. */
export const deployKeyStatement = (key: { id: string; publicKey: string; expiresAt: Date }) =>
  `ocl/v1/deploy-key\n${key.id}|${key.publicKey}|${key.expiresAt.getTime()}`;

/** A fresh key a day, valid for two; the private half is destroyed a day after it expired. */
export async function rotateDeployKeys(worker: WorkerSystem): Promise<void> {
  const { db, secrets } = worker;
  const now = worker.clock.now();
  // First: a disk that has no room for another keeps none that is spent.
  const spent = await db.hostDeployKey.findMany({
    where: { hostId: secrets.hostId, expiresAt: { lt: new Date(now.getTime() - dayMs) } },
  });
  for (const { id } of spent) {
    await secrets.destroyDeployKey(id);
    await db.hostDeployKey.delete({ where: { id } });
  }

  const recent = await db.hostDeployKey.findFirst({
    where: { hostId: secrets.hostId, createdAt: { gt: new Date(now.getTime() - dayMs) } },
    orderBy: { createdAt: "desc" },
  });
  if (!recent || !(await secrets.readDeployKey(recent.id))) await publishDeployKey(worker, now);
}

async function publishDeployKey({ db, secrets }: WorkerSystem, now: Date): Promise<void> {
  const key = { ...(await secrets.createDeployKey()), expiresAt: new Date(now.getTime() + 2 * dayMs) };
  const signature = Buffer.from(secrets.sign(Buffer.from(deployKeyStatement(key)))).toString("base64url");
  await db.hostDeployKey.create({ data: { ...key, hostId: secrets.hostId, signature, createdAt: now } });
}
