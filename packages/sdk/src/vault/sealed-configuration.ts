import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import type { ConfigRevision } from "@openclaw-launch/core/vault/schema";
import { concat, fromBase64, fromUtf8, randomBytes, toBase64Url, toUtf8 } from "./bytes.ts";
import { open, type Subject, seal } from "./envelope.ts";
import { importHkdfKey } from "./hkdf.ts";

/** Each revision gets a data key of its own. */
export async function sealConfiguration(
  configurationKey: CryptoKey,
  about: { userId: string; id: string; revision: number },
  configuration: AssistantConfiguration,
): Promise<ConfigRevision> {
  const secret = randomBytes(32);
  const dataKey = await importHkdfKey(secret);
  const wrappedKey = await seal(configurationKey, subjectOf("config-key", about), secret);
  secret.fill(0);
  const envelope = await seal(
    dataKey,
    subjectOf("config-body", about),
    toUtf8(JSON.stringify(configuration)),
  );
  return { id: about.id, revision: about.revision, wrappedKey, envelope };
}

/** Throws vault.refused. */
export async function openConfiguration(
  configurationKey: CryptoKey,
  userId: string,
  { id, revision, wrappedKey, envelope }: ConfigRevision,
): Promise<AssistantConfiguration> {
  const about = { userId, id, revision };
  const secret = await open(configurationKey, subjectOf("config-key", about), wrappedKey);
  const dataKey = await importHkdfKey(secret);
  secret.fill(0);
  const body = await open(dataKey, subjectOf("config-body", about), envelope);
  // Only this vault's owner can have sealed it.
  return JSON.parse(fromUtf8(body)) as AssistantConfiguration;
}

/** SHA-256 over both envelopes, base64url. */
export async function hashOf({ wrappedKey, envelope }: ConfigRevision): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", concat(fromBase64(wrappedKey), fromBase64(envelope)));
  return toBase64Url(new Uint8Array(digest));
}

const subjectOf = (
  purpose: "config-key" | "config-body",
  { userId, id, revision }: { userId: string; id: string; revision: number },
): Subject => ({ purpose, userId, objectType: "config", objectId: id, revision });
