import { DomainError } from "../errors.ts";
import { ProviderRefused } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { updateInstance, type Work } from "./track-progress.ts";

/** OpenRouter has no idempotent creation: the name says whose key it is. */
export const providerKeyName = (instanceId: string) => `openclaw-launch/${instanceId}`;

const createAttempts = 3;
const context = (instanceId: string) => `Instance|providerKey|${instanceId}`;

/** The instance's own key with its monthly limit; in clear only here, in the worker's memory. */
export async function provideModelKey(worker: WorkerSystem, work: Work): Promise<string> {
  const { id, providerKey } = work.instance;
  if (providerKey) return worker.secrets.openFromDatabase(context(id), providerKey);

  const name = providerKeyName(id);
  const created = await reachProvider(() => createOnlyKey(worker, name));
  await updateInstance(worker, work, {
    providerKeyHash: created.hash,
    providerKey: worker.secrets.sealForDatabase(context(id), created.secret),
  });
  return created.secret;
}

async function createOnlyKey({ provider, config }: WorkerSystem, name: string) {
  for (let attempt = 1; ; attempt++) {
    // A key without a stored secret is left over from a crash, or from an attempt: nobody can use it any more.
    for (const orphan of await provider.findKeys(name)) await provider.deleteKey(orphan.hash);
    try {
      return await provider.createKey({ name, limit: config.INSTANCE_ALLOWANCE, reset: "monthly" });
    } catch (error) {
      const isPassing = error instanceof ProviderRefused && error.reason === "unreachable";
      if (!isPassing || attempt === createAttempts) throw error;
    }
  }
}

async function reachProvider<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new DomainError("deploy.provider-unavailable", {}, { cause });
  }
}
