import WebAuthnEmulator from "nid-webauthn-emulator";
import { expect, test } from "vitest";
import { codeOf, readSecret, stepOf } from "../auth/totp.ts";
import { Browser, newAccount, newKey, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";

const sys = await createTestSystem();

/** Signed in. `added` tells what the account's log got since the last call. */
async function owner() {
  const { account, browser } = await registeredOwner(sys);
  let last = 0n;
  const added = async () => {
    const rows = await sys.db.auditEvent.findMany({
      where: { userId: account.userId, id: { gt: last } },
      orderBy: { id: "asc" },
    });
    last = rows.at(-1)?.id ?? last;
    return rows.map(({ action, outcome }) => `${action} ${outcome}`);
  };
  expect(await added()).toEqual(["auth.registered ok", "auth.login ok"]);
  return { account, browser, added };
}

test("R1: a new password, and one that was refused, are in the account's log", async () => {
  const { account, browser, added } = await owner();
  const { kdf, authKey, slot } = newAccount(sys);
  const change = (currentAuthKey: string) =>
    browser.call((api) => api.auth.password.change({ currentAuthKey, kdf, authKey, slot }));
  await expect(change(newKey(sys))).rejects.toThrow();
  await change(account.authKey);
  expect(await added()).toEqual(["auth.password-change-failed refused", "auth.password-changed ok"]);
});

test("R1: so are two-step sign-in and its codes, and wrong ones", async () => {
  const { account, browser, added } = await owner();
  const { secret } = await browser.call((api) => api.auth.totp.begin({}));
  const code = await codeOf(readSecret(secret), stepOf(sys.clock.now()));
  await browser.call((api) => api.auth.totp.confirm({ code }));
  await browser.call((api) => api.auth.recoveryCodes.regenerate({}));
  const visitor = new Browser(sys);
  await visitor.call((api) => api.auth.login({ email: account.email, authKey: account.authKey }));
  const proof = { kind: "totp" as const, code: "000000" };
  await expect(visitor.call((api) => api.auth.verifyTotp({ proof }))).rejects.toThrow();
  await expect(browser.call((api) => api.auth.stepUp({ proof }))).rejects.toThrow();
  await browser.call((api) => api.auth.totp.disable({}));
  expect(await added()).toEqual([
    "auth.totp-enabled ok",
    "auth.recovery-codes-replaced ok",
    "auth.login-begun ok",
    "auth.second-factor-failed refused",
    "auth.step-up-failed refused",
    "auth.totp-disabled ok",
  ]);
});

test("R1: so are passkeys and API tokens, from their making to their end", async () => {
  const { browser, added } = await owner();
  const { challengeId, options } = await browser.call((api) => api.auth.passkeys.begin({}));
  const response = new WebAuthnEmulator().createJSON(sys.config.WEB_URL, options as never) as never;
  const { passkey } = await browser.call((api) =>
    api.auth.passkeys.add({ challengeId, name: "Phone", response }),
  );
  await browser.call((api) => api.auth.passkeys.rename({ passkeyId: passkey.id, name: "Key" }));
  await browser.call((api) => api.auth.passkeys.remove({ passkeyId: passkey.id }));
  const token = { id: sys.random.uuid(), name: "laptop", scope: "read" as const, days: 1 };
  await browser.call((api) => api.apiTokens.create(token));
  await browser.call((api) => api.apiTokens.revoke({ tokenId: token.id }));
  expect(await added()).toEqual([
    "auth.passkey-added ok",
    "auth.passkey-renamed ok",
    "auth.passkey-removed ok",
    "token.created ok",
    "token.revoked ok",
  ]);
});

test("R1: so are proofs, and sessions that are ended", async () => {
  const { account, browser, added } = await owner();
  const { email, authKey } = account;
  const visitors = [new Browser(sys), new Browser(sys)];
  for (const visitor of visitors) await visitor.call((api) => api.auth.login({ email, authKey }));
  await added();
  const prove = (key: string) =>
    browser.call((api) => api.auth.stepUp({ proof: { kind: "password", authKey: key } }));
  await expect(prove(newKey(sys))).rejects.toThrow();
  await prove(authKey);
  const { items } = await browser.call((api) => api.auth.sessions.list({}));
  const sessionId = items.find(({ current }) => !current)?.id ?? "";
  await browser.call((api) => api.auth.sessions.revoke({ sessionId }));
  await browser.call((api) => api.auth.sessions.revoke({ sessionId: null }));
  await browser.call((api) => api.auth.logout({}));
  expect(await added()).toEqual([
    "auth.step-up-failed refused",
    "auth.step-up ok",
    "auth.session-revoked ok",
    "auth.sessions-revoked ok",
    "auth.logout ok",
  ]);
});
