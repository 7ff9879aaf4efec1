import type { WorkerSystem } from "../worker.ts";
import { providerKeyName } from "./provide-model-key.ts";
import { runPhase, succeed, updateInstance, type Work } from "./track-progress.ts";

/** Leaves nothing of the instance but an empty row, so that its host name is never given to another. */
export async function eraseInstance(worker: WorkerSystem, work: Work): Promise<void> {
  const { id } = work.instance;
  worker.chats.close(id);
  await runPhase(worker, work, "remove-container", async () => {
    await worker.engine.remove(id);
    await worker.secrets.removeInstance(id);
    await worker.db.instanceBackup.deleteMany({ where: { instanceId: id } });
    await worker.backups.removeAll(id);
  });
  await runPhase(worker, work, "revoke-model-key", async () => {
    for (const key of await worker.provider.findKeys(providerKeyName(id)))
      await worker.provider.deleteKey(key.hash);
  });
  await worker.db.instanceStats.deleteMany({ where: { instanceId: id } });
  await worker.db.refusedConnection.deleteMany({ where: { instanceId: id } });
  await updateInstance(worker, work, {
    name: "",
    channels: [],
    laysBackupId: null,
    configId: null,
    configRevision: null,
    gatewayTokenHash: null,
    providerKeyHash: null,
    providerKey: null,
  });
  await succeed(worker, work, "removed");
}
