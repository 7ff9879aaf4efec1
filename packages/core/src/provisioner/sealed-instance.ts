import { z } from "zod";
import { assistantConfiguration } from "../instances/schema.ts";
import type { HostSecrets } from "../ports.ts";

/** All that an instance needs to start while its owner sleeps. On the host only, sealed under the host's key. */
const sealedInstance = z.strictObject({
  version: z.literal(1),
  /** The deploy that it came from. */
  deployId: z.uuid(),
  generation: z.int(),
  configId: z.uuid(),
  revision: z.int(),
  configuration: assistantConfiguration,
  gatewayToken: z.uuid(),
  /** The owner's command that this token was made for; null: it is the first one. */
  rotationId: z.uuid().nullable().default(null),
  /** Ed25519 seed of the platform's own device at the instance's gateway, base64url. */
  deviceKey: z.string(),
});
export type SealedInstance = z.infer<typeof sealedInstance>;

export async function readSealedInstance(
  secrets: HostSecrets,
  instanceId: string,
): Promise<SealedInstance | null> {
  const text = await secrets.readInstance(instanceId);
  return text === null ? null : sealedInstance.parse(JSON.parse(text));
}

export async function writeSealedInstance(
  secrets: HostSecrets,
  instanceId: string,
  sealed: SealedInstance,
): Promise<void> {
  await secrets.writeInstance(instanceId, JSON.stringify(sealed));
}
