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
export type DeployChanges = { content?: object; by?: typeof signer; configId?: string; revision?: number };

/** Asks for a deploy to the worker's host, as the owner's browser does. */
export async function deployTestInstance(
  sys: TestSystem,
  worker: WorkerSystem,
  owner: OwnerActor,
  instanceId: string,
  {
    content = testConfiguration,
    by = signer,
    configId = sys.random.uuid(),
    revision = 1,
  }: DeployChanges = {},
) {
  await registerHost(worker);
  await rotateDeployKeys(worker);
  const now = sys.clock.now();
  const { keys } = await chooseDeployKeys(sys, owner, { instanceId });
  const [key] = keys;
  if (!key) throw new Error("no deploy key");
  const operationId = sys.random.uuid();
  const saved = {
    revision,
    wrappedKey: new Uint8Array(8),
    envelope: new Uint8Array(8),
    createdAt: now,
  };
  const isSaved = { configId_revision: { configId, revision } };
  const revisions = { connectOrCreate: { where: isSaved, create: saved } };
  await sys.db.vaultConfig.upsert({
    where: { id: configId },
    create: { id: configId, userId: owner.userId, revision, createdAt: now, updatedAt: now, revisions },
    update: { revisions },
  });
  const exp = now.getTime() + 300_000;
  const sealed = await sealTestDeployment({
    hostKey: key.publicKey,
    signer: by,
    signed: { userId: owner.userId, instanceId, deployId: operationId, configId, revision, exp },
    configuration: content,
  });
  const input = {
    operationId,
    instanceId,
    configId,
    revision,
    deployKeyId: key.id,
    exp,
    sealed: sealed.toString("base64"),
  };
  await deployInstance(sys, owner, input);
  return input;
}
