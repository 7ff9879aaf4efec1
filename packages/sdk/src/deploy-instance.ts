import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import type { Connection } from "./connect.ts";
import { LaunchError, rethrow } from "./errors.ts";
import { RunningOperation } from "./follow-operation.ts";
import type { SavedConfiguration } from "./vault/configurations.ts";
import { firstConfigId } from "./vault/first-config-id.ts";
import { newId } from "./vault/new-id.ts";
import type { UnlockedVault } from "./vault/unlocked-vault.ts";

/** Less than the ten minutes that the server accepts: its clock is known to about a second. */
const lifetimeMs = 9 * 60_000;

export type DeployInput = {
  instanceId: string;
  configuration: AssistantConfiguration;
  /** The saved revision that it was changed from: throws vault.revision-conflict when another one was saved since. */
  baseRevision?: number;
  /** Called when the vault holds it, also if the launch fails then. */
  onSaved?: (saved: SavedConfiguration) => Promise<void>;
  /** A repeat with the same id is the same deploy. */
  operationId?: string;
};
export type Deployed = { saved: SavedConfiguration; operation: RunningOperation };

export async function deployInstance(
  { api, serverNow }: Connection,
  vault: UnlockedVault,
  { instanceId, configuration, baseRevision, onSaved, operationId = newId() }: DeployInput,
): Promise<Deployed> {
  const instance = await api.instances.get.query({ instanceId }).catch(rethrow);
  const saved = await vault.configs.save(configuration, await configIdOf(vault, instance), baseRevision);
  await onSaved?.(saved);
  const keys = await api.deploy.keys.query({ instanceId }).catch(rethrow);

  const exp = serverNow() + lifetimeMs;
  const facts = { instanceId, configId: saved.id, revision: saved.revision, exp };
  const sealed = await vault.sealDeployment(
    { ...facts, configuration, deployId: operationId },
    keys,
    serverNow(),
  );
  const { operation } = await api.instances.deploy
    .mutate({ ...facts, ...sealed, operationId })
    .catch(rethrow);
  if (!operation) throw new LaunchError("internal");
  return { saved, operation: new RunningOperation(api, operation) };
}

/** What the instance runs with, unless its owner removed that from the vault. */
async function configIdOf(
  vault: UnlockedVault,
  { id, configId }: { id: string; configId: string | null },
): Promise<string> {
  return configId !== null && (await isKept(vault, configId)) ? configId : firstConfigId(id, configId);
}

async function isKept(vault: UnlockedVault, configId: string): Promise<boolean> {
  try {
    await vault.configs.get(configId);
    return true;
  } catch (error) {
    if (error instanceof LaunchError && error.code === "vault.config-missing") return false;
    throw error;
  }
}
