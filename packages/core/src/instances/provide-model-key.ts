import { DomainError } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";
import { updateInstance, type Work } from "./track-progress.ts";

/** OpenRouter has no idempotent creation: the name says whose key it is. */
export const providerKeyName = (instanceId: string) => `openclaw-launch/${instanceId}`;

const context = (instanceId: string) => `Instance|providerKey|${instanceId}`;

/** The instance's own key with its monthly limit; in clear only here, in the worker's memory. */
export async function provideModelKey(worker: WorkerSystem, work: Work): Promise<string> {
  const { id, providerKey } = work.instance;
  if (providerKey) return worker.secrets.openFromDatabase(context(id), providerKey);

  const name = providerKeyName(id);
  const created = await reachProvider(async () => {
    // A key without a stored secret is left over from a crash: nobody can use it any more.
    for (const orphan of await worker.provider.findKeys(name)) await worker.provider.deleteKey(orphan.hash);
    return worker.provider.createKey({ name, limit: worker.config.INSTANCE_ALLOWANCE, reset: "monthly" });
  });
  await updateInstance(worker, work, {
    providerKeyHash: created.hash,
    providerKey: worker.secrets.sealForDatabase(context(id), created.secret),
  });
  return created.secret;
}

async function reachProvider<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new DomainError("deploy.provider-unavailable", {}, { cause });
  }
}
