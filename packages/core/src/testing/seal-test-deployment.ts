import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { DeploymentFacts } from "../provisioner/open-deployment.ts";

export const rawKey = (publicKey: KeyObject): string => publicKey.export({ format: "jwk" }).x ?? "";
export const newSigner = () => generateKeyPairSync("ed25519");

type Sealing = {
  /** X25519 public key of the host, base64url. */
  hostKey: string;
  signer: { publicKey: KeyObject; privateKey: KeyObject };
  /** What the owner signs. */
  signed: DeploymentFacts;
  configuration: object;
  /** What the sealing is bound to, when that differs. */
  bound?: DeploymentFacts;
};

/** What an owner's browser does at a deploy, written independently of the client. */
export async function sealTestDeployment({
  hostKey,
  signer,
  signed,
  configuration,
  bound = signed,
}: Sealing): Promise<Buffer> {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const statement = JSON.stringify({ configuration, ...signed });
  const signature = sign(null, Buffer.from(`ocl/v1/deploy\n${statement}`), signer.privateKey).toString(
    "base64url",
  );
  const { enc, ct } = await suite.seal(
    {
      recipientPublicKey: await suite.kem.deserializePublicKey(
        Uint8Array.from(Buffer.from(hostKey, "base64url")),
      ),
      info: new TextEncoder().encode("ocl/v1/deploy"),
    },
    new TextEncoder().encode(JSON.stringify({ statement, signature, signingKey: rawKey(signer.publicKey) })),
    new TextEncoder().encode(
      [bound.userId, bound.instanceId, bound.deployId, bound.configId, bound.revision, bound.exp].join("|"),
    ),
  );
  return Buffer.concat([Buffer.from(enc), Buffer.from(ct)]);
}
