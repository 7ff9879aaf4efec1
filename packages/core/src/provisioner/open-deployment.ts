import { z } from "zod";
import { key256 } from "../auth/schema.ts";
import { DomainError } from "../errors.ts";
import { type AssistantConfiguration, assistantConfiguration } from "../instances/schema.ts";
import { isSignedBy, openWith } from "./sealing.ts";

const purpose = "ocl/v1/deploy";

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
  if (!isSignedBy(signingKey, `${purpose}\n${statement}`, signature))
    throw new DomainError("deploy.untrusted-signature");

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
  try {
    const opened = await openWith(privateKey, sealed, {
      info: purpose,
      facts: [userId, instanceId, deployId, configId, revision, exp],
    });
    return new TextDecoder().decode(opened);
  } catch {
    throw new DomainError("deploy.not-readable");
  }
}

function parse<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DomainError("deploy.not-readable");
  }
}
