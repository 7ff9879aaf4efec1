import { expect, test } from "vitest";
import { registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";

const sys = await createTestSystem();

test.each([
  ["NUL", "a\0b"],
  ["the first half of a character", "a\ud800"],
  ["the second half of one", "\udc00b"],
])("V1: a name with %s is refused as input", async (_, name) => {
  const { browser } = await registeredOwner(sys);
  const [id, passkeyId] = [sys.random.uuid(), sys.random.uuid()];
  for (const ask of [
    () => browser.call((api) => api.apiTokens.create({ id, name, scope: "read", days: 1 })),
    () => browser.call((api) => api.auth.passkeys.rename({ passkeyId, name })),
    () => browser.call((api) => api.instances.create({ id, name, model: "openai/gpt-5-mini", channels: [] })),
    () => browser.call((api) => api.instances.rename({ instanceId: id, name })),
  ])
    await expect(ask()).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("names in every script, and with what takes two halves, are kept", async () => {
  const { browser } = await registeredOwner(sys);
  const name = "Ада 🦞 ノート";
  const id = sys.random.uuid();
  const { token } = await browser.call((api) => api.apiTokens.create({ id, name, scope: "read", days: 1 }));
  expect(token.name).toBe(name);
});
