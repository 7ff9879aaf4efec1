import { createPublicKey, verify } from "node:crypto";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { z } from "zod";
import { key256 } from "../auth/schema.ts";
import { DomainError } from "../errors.ts";
import { type AssistantConfiguration, assistantConfiguration } from "../instances/schema.ts";

const encapsulatedKeyLength = 32;
const info = new TextEncoder().encode("ocl/v1/deploy");

const envelope = z.strictObject({ statement: z.string(), signature: z.string(), signingKey: key256 });
const facts = z.strictObject({
  configuration: z.unknown(),
  configId: z.string(),
  revision: z.number(),
  userId: z.string(),
  instanceId: z.string(),
  deployId: z.string(),
  exp: z.number(),
});

/** What the deployment must be about: anything else was sealed for another purpose. */
export type DeploymentFacts = Omit<z.infer<typeof facts>, "configuration">;

/**
 * Opens what a browser sealed to this host (HPKE, RFC 9180) and checks that its owner signed exactly these facts.
 * Throws deploy.not-readable, deploy.untrusted-signature or deploy.invalid-configuration.
 */
export async function openDeployment(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  expected: DeploymentFacts,
): Promise<{ configuration: AssistantConfiguration; signingKey: string }> {
  const { statement, signature, signingKey } = parse(envelope, await decrypt(privateKey, sealed, expected));
  if (!isSignedBy(signingKey, statement, signature)) throw new DomainError("deploy.untrusted-signature");

  const { configuration, ...signed } = parse(facts, statement);
  for (const [name, value] of Object.entries(expected)) {
    if (signed[name as keyof DeploymentFacts] !== value) throw new DomainError("deploy.untrusted-signature");
  }
  const checked = assistantConfiguration.safeParse(configuration);
  if (!checked.success) throw new DomainError("deploy.invalid-configuration");
  return { configuration: checked.data, signingKey };
}

async function decrypt(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  expected: DeploymentFacts,
): Promise<string> {
  const { userId, instanceId, deployId, configId, revision, exp } = expected;
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  try {
    const recipientKey = await crypto.subtle.importKey("pkcs8", Uint8Array.from(privateKey), "X25519", true, [
      "deriveBits",
    ]);
    const opened = await suite.open(
      { recipientKey, info, enc: Uint8Array.from(sealed.subarray(0, encapsulatedKeyLength)) },
      Uint8Array.from(sealed.subarray(encapsulatedKeyLength)),
      new TextEncoder().encode([userId, instanceId, deployId, configId, revision, exp].join("|")),
    );
    return new TextDecoder().decode(opened);
  } catch {
    throw new DomainError("deploy.not-readable");
  }
}

function isSignedBy(signingKey: string, statement: string, signature: string): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: signingKey }, format: "jwk" });
  return verify(null, Buffer.from(`ocl/v1/deploy\n${statement}`), key, Buffer.from(signature, "base64url"));
}

function parse<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DomainError("deploy.not-readable");
  }
}
