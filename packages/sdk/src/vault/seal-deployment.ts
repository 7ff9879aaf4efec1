import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import type { DeployKeys } from "../api.ts";
import { LaunchError } from "../errors.ts";
import { concat, fromBase64Url, toBase64, toBase64Url, toUtf8 } from "./bytes.ts";
import type { VaultKeys } from "./master-key.ts";

type DeployKey = DeployKeys["keys"][number];

/** What is deployed, by whom, where, and until when (Unix milliseconds). */
export type Deployment = {
  configuration: AssistantConfiguration;
  configId: string;
  revision: number;
  userId: string;
  instanceId: string;
  deployId: string;
  exp: number;
};

/** The key to seal to: signed by the machine's identity, and valid longest. Throws vault.untrusted-worker. */
export async function chooseDeployKey({ identityKey, keys }: DeployKeys, now: number): Promise<DeployKey> {
  const newestFirst = keys
    .filter(({ expiresAt }) => expiresAt.getTime() > now)
    .toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime());
  for (const key of newestFirst) if (await isSigned(identityKey, key)) return key;
  throw new LaunchError("vault.untrusted-worker");
}

async function isSigned(
  identityKey: string,
  { id, publicKey, expiresAt, signature }: DeployKey,
): Promise<boolean> {
  try {
    const identity = await crypto.subtle.importKey("raw", fromBase64Url(identityKey), "Ed25519", false, [
      "verify",
    ]);
    const statement = toUtf8(`ocl/v1/deploy-key\n${id}|${publicKey}|${expiresAt.getTime()}`);
    return await crypto.subtle.verify("Ed25519", identity, fromBase64Url(signature), statement);
  } catch {
    return false;
  }
}

/** Signs the deployment and seals it to a worker's X25519 key (HPKE, RFC 9180). Returns base64: encapsulated key, ciphertext. */
export async function sealDeployment(
  keys: VaultKeys,
  publicKey: string,
  deployment: Deployment,
): Promise<string> {
  const statement = JSON.stringify(deployment);
  const signature = await crypto.subtle.sign(
    "Ed25519",
    keys.signingKey,
    toUtf8(`ocl/v1/deploy\n${statement}`),
  );
  const plaintext = JSON.stringify({
    statement,
    signature: toBase64Url(new Uint8Array(signature)),
    signingKey: keys.publicSigningKey,
  });

  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64Url(publicKey).buffer);
  const { userId, instanceId, deployId, configId, revision, exp } = deployment;
  const { enc, ct } = await suite.seal(
    { recipientPublicKey, info: toUtf8("ocl/v1/deploy") },
    toUtf8(plaintext),
    toUtf8([userId, instanceId, deployId, configId, revision, exp].join("|")),
  );
  return toBase64(concat(new Uint8Array(enc), new Uint8Array(ct)));
}
