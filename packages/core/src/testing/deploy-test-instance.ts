import { chooseDeployKeys } from "../hosts/choose-deploy-keys.ts";
import { registerHost } from "../hosts/register-host.ts";
import { rotateDeployKeys } from "../hosts/rotate-deploy-keys.ts";
import { createInstance } from "../instances/create-instance.ts";
import { deployInstance } from "../instances/deploy-instance.ts";
import type { OwnerActor } from "../system.ts";
import type { WorkerSystem } from "../worker.ts";
import { createUser } from "./create-user.ts";
import { newSigner, sealTestDeployment } from "./seal-test-deployment.ts";
import type { TestSystem } from "./test-system.ts";

const signer = newSigner();

export const testConfiguration = {
  version: 1,
  name: "Ada",
  model: "openai/gpt-5-mini",
  personality: "Precise.",
  channels: { telegram: { botToken: `123456789:${"S".repeat(35)}` } },
};

export async function draftOf(sys: TestSystem, by?: OwnerActor): Promise<{ owner: OwnerActor; id: string }> {
  const owner = by ?? (await createUser(sys));
  const { id } = await createInstance(sys, owner, {
    id: sys.random.uuid(),
    name: testConfiguration.name,
    model: testConfiguration.model,
    channels: [],
  });
  return { owner, id };
}

/** `by`: another key than the one that signs everything else. */
export type DeployChanges = { content?: object; by?: typeof signer };

/** Asks for a deploy to the worker's host, as the owner's browser does. */
export async function deployTestInstance(
  sys: TestSystem,
  worker: WorkerSystem,
  owner: OwnerActor,
  instanceId: string,
  { content = testConfiguration, by = signer }: DeployChanges = {},
) {
  await registerHost(worker);
  await rotateDeployKeys(worker);
  const now = sys.clock.now();
  const { keys } = await chooseDeployKeys(sys, owner, { instanceId });
  const [key] = keys;
  if (!key) throw new Error("no deploy key");
  const [operationId, configId] = [sys.random.uuid(), sys.random.uuid()];
  const revision = {
    revision: 1,
    wrappedKey: new Uint8Array(8),
    envelope: new Uint8Array(8),
    createdAt: now,
  };
  await sys.db.vaultConfig.create({
    data: {
      id: configId,
      userId: owner.userId,
      revision: 1,
      createdAt: now,
      updatedAt: now,
      revisions: { create: revision },
    },
  });
  const exp = now.getTime() + 300_000;
  const sealed = await sealTestDeployment({
    hostKey: key.publicKey,
    signer: by,
    signed: { userId: owner.userId, instanceId, deployId: operationId, configId, revision: 1, exp },
    configuration: content,
  });
  const input = {
    operationId,
    instanceId,
    configId,
    revision: 1,
    deployKeyId: key.id,
    exp,
    sealed: sealed.toString("base64"),
  };
  await deployInstance(sys, owner, input);
  return input;
}
