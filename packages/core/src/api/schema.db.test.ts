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

test.each([
  ["first", new Date(-8.64e15)],
  ["last before our era", new Date("0000-12-31")],
])("V1: the %s day of the calendar is refused as input", async (_, day) => {
  const { browser } = await registeredOwner(sys);
  for (const range of [{ from: day }, { to: day }])
    await expect(browser.call((api) => api.audit.list(range))).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("events are found between the first day of our era and the last of the calendar", async () => {
  const { browser } = await registeredOwner(sys);
  const range = { from: new Date("0001-01-01"), to: new Date(8.64e15) };
  expect((await browser.call((api) => api.audit.list(range))).items).not.toEqual([]);
});

test("V1: a revision that the database can't count to is refused as input", async () => {
  const { browser } = await registeredOwner(sys);
  const [id, sealed, revision] = [sys.random.uuid(), "AAAA", 2 ** 31];
  await browser.call((api) =>
    api.vault.configs.save({ id, revision: 1, wrappedKey: sealed, envelope: sealed }),
  );
  const ids = { operationId: id, instanceId: id, configId: id, deployKeyId: id };
  for (const ask of [
    () => browser.call((api) => api.vault.configs.get({ id, revision })),
    () => browser.call((api) => api.instances.deploy({ ...ids, revision, exp: 1, sealed })),
  ])
    await expect(ask()).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
