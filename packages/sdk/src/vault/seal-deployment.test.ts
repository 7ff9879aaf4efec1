import {
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  verify,
} from "node:crypto";
import { openDeployment } from "@openclaw-launch/core/provisioner/open-deployment";
import { describe, expect, test } from "vitest";
import { deriveVaultKeys, newMasterKey } from "./master-key.ts";
import { newId } from "./new-id.ts";
import { type Deployment, sealDeployment } from "./seal-deployment.ts";

const host = generateKeyPairSync("x25519");
const hostKey = host.publicKey.export({ format: "jwk" }).x ?? "";
const keys = await deriveVaultKeys(newMasterKey());
const configuration = {
  version: 1,
  name: "Ada",
  model: "openai/gpt-5-mini",
  personality: "Précise.",
  channels: {},
} as const;
const deployment: Deployment = {
  configuration,
  configId: newId(),
  revision: 2,
  userId: newId(),
  instanceId: newId(),
  deployId: newId(),
  exp: 1_800_000_000_000,
};
const { configuration: _, ...facts } = deployment;

describe("B6: a sealed deployment", () => {
  test("opens at the machine, signed by the vault", async () => {
    const sealed = Buffer.from(await sealDeployment(keys, hostKey, deployment), "base64");
    const pkcs8 = host.privateKey.export({ format: "der", type: "pkcs8" });
    expect(await openDeployment(pkcs8, sealed, facts)).toEqual({
      configuration,
      signingKey: keys.publicSigningKey,
    });
    await expect(openDeployment(pkcs8, sealed, { ...facts, instanceId: newId() })).rejects.toMatchObject({
      code: "deploy.not-readable",
    });
  });

  test("is HPKE as RFC 9180 writes it, with the facts as authenticated data", async () => {
    const sealed = Buffer.from(await sealDeployment(keys, hostKey, deployment), "base64");
    const { userId, instanceId, deployId, configId, revision, exp } = deployment;
    const aad = `${userId}|${instanceId}|${deployId}|${configId}|${revision}|${exp}`;
    const opened = JSON.parse(openHpke(sealed, "ocl/v1/deploy", aad));

    expect(Object.keys(opened).toSorted()).toEqual(["signature", "signingKey", "statement"]);
    expect(JSON.parse(opened.statement)).toEqual(deployment);
    const signer = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: opened.signingKey },
      format: "jwk",
    });
    const signature = Buffer.from(opened.signature, "base64url");
    expect(verify(null, Buffer.from(`ocl/v1/deploy\n${opened.statement}`), signer, signature)).toBe(true);
    expect(opened.signingKey).toBe(keys.publicSigningKey);
  });
});

/** RFC 9180 base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, from node:crypto alone. */
function openHpke(sealed: Buffer, info: string, aad: string): string {
  const enc = sealed.subarray(0, 32);
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "X25519", x: enc.toString("base64url") },
    format: "jwk",
  });
  const shared = diffieHellman({ privateKey: host.privateKey, publicKey });

  const kem = Buffer.from("4b454d0020", "hex");
  const eaePrk = labeledExtract(kem, Buffer.alloc(0), "eae_prk", shared);
  const secret = labeledExpand(
    kem,
    eaePrk,
    "shared_secret",
    Buffer.concat([enc, Buffer.from(hostKey, "base64url")]),
    32,
  );

  const suite = Buffer.from("48504b45002000010002", "hex");
  const context = Buffer.concat([
    Buffer.of(0),
    labeledExtract(suite, Buffer.alloc(0), "psk_id_hash", Buffer.alloc(0)),
    labeledExtract(suite, Buffer.alloc(0), "info_hash", Buffer.from(info)),
  ]);
  const prk = labeledExtract(suite, secret, "secret", Buffer.alloc(0));
  const decipher = createDecipheriv(
    "aes-256-gcm",
    labeledExpand(suite, prk, "key", context, 32),
    labeledExpand(suite, prk, "base_nonce", context, 12),
  );
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(-16));
  return decipher.update(sealed.subarray(32, -16), undefined, "utf8") + decipher.final("utf8");
}

function labeledExtract(suite: Buffer, salt: Buffer, label: string, secret: Buffer): Buffer {
  const hmac = createHmac("sha256", salt.length > 0 ? salt : Buffer.alloc(32));
  return hmac.update(Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), secret])).digest();
}

/** At most 32 bytes: one block. */
function labeledExpand(suite: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  const labeled = Buffer.concat([
    Buffer.of(0, length),
    Buffer.from("HPKE-v1"),
    suite,
    Buffer.from(label),
    info,
    Buffer.of(1),
  ]);
  return createHmac("sha256", prk).update(labeled).digest().subarray(0, length);
}
