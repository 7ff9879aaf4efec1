import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { HostSecrets } from "../ports.ts";
import { openBytes, sealBytes, subkey } from "./aes-gcm.ts";

const stored = z.strictObject({
  version: z.literal(1),
  hostId: z.uuid(),
  /** Ed25519, PKCS #8, base64. */
  identity: z.base64(),
  /** 32 bytes, base64. */
  key: z.base64(),
});

/**
 * Keys of this host in `<folder>/host.json` and sealed files below it, mode 0600.
 * They are in no database and no backup of one: a copy of either opens nothing.
 */
export async function loadHostSecrets(folder: string): Promise<HostSecrets> {
  await mkdir(join(folder, "deploy-keys"), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, "instances"), { recursive: true, mode: 0o700 });
  const host = await readOrCreateHost(join(folder, "host.json"));
  const identity = createPrivateKey({
    key: Buffer.from(host.identity, "base64"),
    format: "der",
    type: "pkcs8",
  });
  const hostKey = Buffer.from(host.key, "base64");

  const sealedFile = (kind: "deploy-keys" | "instances", id: string) => {
    const path = join(folder, kind, `${id}.sealed`);
    const key = subkey(hostKey, `ocl/v1/${kind}`);
    return {
      read: async () => {
        const sealed = await readOrNull(path);
        return sealed && openBytes(key, id, sealed);
      },
      write: (content: Uint8Array) => writeAtomically(path, sealBytes(key, id, content)),
      remove: () => rm(path, { force: true }),
    };
  };

  return {
    hostId: host.hostId,
    identityKey: rawPublicKey(identity),
    sign: (message) => sign(null, message, identity),
    createDeployKey: async () => {
      const id = randomUUID();
      const { privateKey } = generateKeyPairSync("x25519");
      await sealedFile("deploy-keys", id).write(privateKey.export({ format: "der", type: "pkcs8" }));
      return { id, publicKey: rawPublicKey(privateKey) };
    },
    readDeployKey: (id) => sealedFile("deploy-keys", id).read(),
    destroyDeployKey: (id) => sealedFile("deploy-keys", id).remove(),
    readInstance: async (id) => (await sealedFile("instances", id).read())?.toString() ?? null,
    writeInstance: (id, content) => sealedFile("instances", id).write(Buffer.from(content)),
    removeInstance: (id) => sealedFile("instances", id).remove(),
    sealForDatabase: (context, plaintext) =>
      sealBytes(subkey(hostKey, "ocl/v1/database"), context, Buffer.from(plaintext)),
    openFromDatabase: (context, sealed) =>
      openBytes(subkey(hostKey, "ocl/v1/database"), context, sealed).toString(),
  };
}

async function readOrCreateHost(path: string): Promise<z.infer<typeof stored>> {
  const existing = await readOrNull(path);
  if (existing) return stored.parse(JSON.parse(existing.toString()));
  const { privateKey } = generateKeyPairSync("ed25519");
  const created = {
    version: 1 as const,
    hostId: randomUUID(),
    identity: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    key: randomBytes(32).toString("base64"),
  };
  await writeAtomically(path, Buffer.from(JSON.stringify(created)));
  return created;
}

/** The 32 bytes of the public key, base64url. */
function rawPublicKey(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ format: "jwk" }).x ?? "";
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A crash leaves the old file or the new one, never a part. */
async function writeAtomically(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
