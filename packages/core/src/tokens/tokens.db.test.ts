import { describe, expect, test } from "vitest";
import { Browser, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";

const sys = await createTestSystem();
const day = 86_400_000;
const required = { message: "auth.required" };

/** A token of a new account, and what it answers whoever shows it. */
async function newToken(days: number) {
  const { account, browser } = await registeredOwner(sys);
  const id = sys.random.uuid();
  const { secret } = await browser.call((api) =>
    api.apiTokens.create({ id, name: "laptop", scope: "read", days }),
  );
  const show = (text = secret) =>
    new Browser(sys).call((api) => api.auth.me({}), { authorization: `Bearer ${text}` });
  return { account, browser, id, show };
}

describe("A3: an API token", () => {
  test("lasts as many days as it was made for", async () => {
    const { account, show } = await newToken(2);
    sys.clock.advance(2 * day - 1);
    expect((await show()).id).toBe(account.userId);
    sys.clock.advance(1);
    await expect(show()).rejects.toMatchObject(required);
  });

  test("that was revoked is refused from then on", async () => {
    const { browser, id, show } = await newToken(1);
    await show();
    await browser.call((api) => api.apiTokens.revoke({ tokenId: id }));
    await expect(show()).rejects.toMatchObject(required);
  });

  test("can't be made from its row", async () => {
    const { id, show } = await newToken(1);
    const row = await sys.db.apiToken.findUniqueOrThrow({ where: { id } });
    for (const stolen of [row.tokenHash, `ocl_${row.tokenHash.slice(0, 43)}`])
      await expect(show(stolen)).rejects.toMatchObject(required);
  });
});
