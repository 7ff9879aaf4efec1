import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { newSigner, rawKey, sealTestDeployment } from "../testing/seal-test-deployment.ts";
import { type DeploymentFacts, openDeployment } from "./open-deployment.ts";

const host = generateKeyPairSync("x25519");
const owner = newSigner();
const hostKey = host.privateKey.export({ format: "der", type: "pkcs8" });
const configuration = { version: 1, name: "Ada", model: "openai/gpt-5-mini", personality: "", channels: {} };
const facts: DeploymentFacts = {
  userId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a01",
  instanceId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a02",
  deployId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a03",
  configId: "3e0a3e26-9c6f-4f6c-8f0e-2d3b8a0f7a04",
  revision: 1,
  exp: 1_800_000_000_000,
};

/** The owner's browser, or somebody who claims to be it. */
const seal = ({ bound = facts, content = configuration as object, signer = owner } = {}) =>
  sealTestDeployment({
    hostKey: rawKey(host.publicKey),
    signer,
    signed: facts,
    configuration: content,
    bound,
  });

const refusal = (code: string) => expect.objectContaining({ code });

describe("B6: a sealed deployment", () => {
  test("opens on its host, and names the key that signed it", async () => {
    expect(await openDeployment(hostKey, await seal(), facts)).toEqual({
      configuration,
      signingKey: rawKey(owner.publicKey),
    });
  });

  test("opens for nobody else", async () => {
    const other = generateKeyPairSync("x25519").privateKey.export({ format: "der", type: "pkcs8" });
    await expect(openDeployment(other, await seal(), facts)).rejects.toEqual(refusal("deploy.not-readable"));
  });

  test.each(Object.keys(facts) as (keyof DeploymentFacts)[])(
    "is worth nothing for another %s",
    async (name) => {
      const changed = {
        ...facts,
        [name]: typeof facts[name] === "number" ? Number(facts[name]) + 1 : "another",
      };
      await expect(openDeployment(hostKey, await seal(), changed)).rejects.toEqual(
        refusal("deploy.not-readable"),
      );
      // Even when the sealing says so, the owner's signature does not.
      await expect(openDeployment(hostKey, await seal({ bound: changed }), changed)).rejects.toEqual(
        refusal("deploy.untrusted-signature"),
      );
    },
  );

  test("is refused when someone else signed it, or a byte of it changed", async () => {
    const stranger = { ...owner, privateKey: newSigner().privateKey };
    await expect(openDeployment(hostKey, await seal({ signer: stranger }), facts)).rejects.toEqual(
      refusal("deploy.untrusted-signature"),
    );
    const sealed = await seal();
    for (const at of [0, 31, 32, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(openDeployment(hostKey, changed, facts)).rejects.toEqual(refusal("deploy.not-readable"));
    }
    await expect(openDeployment(hostKey, Buffer.alloc(5), facts)).rejects.toEqual(
      refusal("deploy.not-readable"),
    );
  });

  test("V1: is refused when the configuration inside is not one", async () => {
    await expect(
      openDeployment(hostKey, await seal({ content: { ...configuration, extra: 1 } }), facts),
    ).rejects.toEqual(refusal("deploy.invalid-configuration"));
  });
});
