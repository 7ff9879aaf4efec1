import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import type { Connection } from "./connect.ts";
import { LaunchError, rethrow } from "./errors.ts";
import { RunningOperation } from "./follow-operation.ts";
import type { SavedConfiguration } from "./vault/configurations.ts";
import { newId } from "./vault/new-id.ts";
import type { UnlockedVault } from "./vault/unlocked-vault.ts";

/** Less than the ten minutes that the server accepts: its clock is known to about a second. */
const lifetimeMs = 9 * 60_000;

export type DeployInput = {
  instanceId: string;
  configuration: AssistantConfiguration;
  /** A repeat with the same id is the same deploy. */
  operationId?: string;
};
export type Deployed = { saved: SavedConfiguration; operation: RunningOperation };

export async function deployInstance(
  { api, serverNow }: Connection,
  vault: UnlockedVault,
  { instanceId, configuration, operationId = newId() }: DeployInput,
): Promise<Deployed> {
  const instance = await api.instances.get.query({ instanceId }).catch(rethrow);
  const saved = await save(vault, configuration, instance.configId);
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

/** As the next revision of what the instance runs with, unless nothing changed. */
async function save(vault: UnlockedVault, configuration: AssistantConfiguration, configId: string | null) {
  const current = configId ? await vault.configs.get(configId).catch(nullIfMissing) : null;
  const isSame = current !== null && JSON.stringify(current.configuration) === JSON.stringify(configuration);
  return isSame ? current : vault.configs.save(configuration, current?.id);
}

/** Its owner may have removed it from the vault. */
function nullIfMissing(error: unknown): null {
  if (error instanceof LaunchError && error.code === "vault.config-missing") return null;
  throw error;
}
