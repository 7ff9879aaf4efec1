import WebAuthnEmulator from "nid-webauthn-emulator";
import { expect, test } from "vitest";
import { codeOf, readSecret, stepOf } from "../auth/totp.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { convergeInstance } from "../instances/converge-instance.ts";
import { Browser, newAccount, registeredOwner } from "../testing/browser.ts";
import { createUser } from "../testing/create-user.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { FakeMailer } from "../testing/fake-mailer.ts";
import { runJobs } from "../testing/run-jobs.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import { notificationJobs } from "./jobs.ts";
import { changeWords } from "./rules.ts";

const sys = { ...(await createTestSystem()), mailer: new FakeMailer() };
const subjects = new Map(Object.entries(changeWords).map(([change, { subject }]) => [subject, change]));

/** Which notices came to the address since the last call. */
async function noticesTo(address: string): Promise<string[]> {
  sys.mailer.sent.length = 0;
  await runJobs(sys, notificationJobs);
  return sys.mailer.sent
    .filter(({ to }) => to === address)
    .flatMap(({ subject }) => subjects.get(subject) ?? []);
}

const login = ({ email, authKey }: ReturnType<typeof newAccount>) => ({ email, authKey });
const shown = (secret: string) => codeOf(readSecret(secret), stepOf(sys.clock.now()));

async function owner() {
  const { account, browser } = await registeredOwner(sys);
  expect(await noticesTo(account.email)).toEqual([]); // whoever opens an account knows of it
  return { account, browser };
}

async function withTotp() {
  const { account, browser } = await owner();
  const { secret } = await browser.call((api) => api.auth.totp.begin({}));
  const code = await shown(secret);
  const { codes } = await browser.call((api) => api.auth.totp.confirm({ code }));
  return { account, browser, codes };
}

test("A10: a sign-in from a new browser is told of, with when, where and what; one from a known browser isn't", async () => {
  const { account } = await owner();
  const visitor = new Browser(sys, "203.0.113.9");
  await visitor.call((api) => api.auth.login(login(account)));
  expect(await noticesTo(account.email)).toEqual(["new-device"]);
  expect(sys.mailer.sent[0]?.text).toContain(
    "When: 1 March 2026, 12:00 UTC\nFrom: 203.0.113.9\nWith: Firefox on Linux\n",
  );
  await visitor.call((api) => api.auth.login(login(account)));
  expect(await noticesTo(account.email)).toEqual([]);
  // Known from somebody else's sign-ins, it is new to this account.
  const { browser: neighbour } = await owner();
  await neighbour.call((api) => api.auth.login(login(account)));
  expect(await noticesTo(account.email)).toEqual(["new-device"]);
});

test("A6: two-step sign-in going on and off, and new recovery codes", async () => {
  const { account, browser } = await withTotp();
  expect(await noticesTo(account.email)).toEqual(["totp-enabled"]);
  await browser.call((api) => api.auth.recoveryCodes.regenerate({}));
  expect(await noticesTo(account.email)).toEqual(["recovery-codes-replaced"]);
  await browser.call((api) => api.auth.totp.disable({}));
  expect(await noticesTo(account.email)).toEqual(["totp-disabled"]);
});

test("A6: a recovery code that is used", async () => {
  const { account, browser, codes } = await withTotp();
  await noticesTo(account.email);
  const again = browser.copy();
  await again.call((api) => api.auth.login(login(account)));
  const proof = { kind: "recovery-code" as const, code: codes[0] ?? "" };
  await again.call((api) => api.auth.verifyTotp({ proof }));
  expect(await noticesTo(account.email)).toEqual(["recovery-code-used"]);
});

test("A2: a new password", async () => {
  const { account, browser } = await owner();
  const { kdf, authKey, slot } = newAccount(sys);
  const change = { currentAuthKey: account.authKey, kdf, authKey, slot };
  await browser.call((api) => api.auth.password.change(change));
  expect(await noticesTo(account.email)).toEqual(["password-changed"]);
});

test("A8: a passkey that is added, and one that is removed, by its name", async () => {
  const { account, browser } = await owner();
  const { challengeId, options } = await browser.call((api) => api.auth.passkeys.begin({}));
  const response = new WebAuthnEmulator().createJSON(sys.config.WEB_URL, options as never) as never;
  const passkey = { challengeId, name: "Phone", response };
  const added = await browser.call((api) => api.auth.passkeys.add(passkey));
  expect(await noticesTo(account.email)).toEqual(["passkey-added"]);
  expect(sys.mailer.sent[0]?.text).toContain("Name: Phone\n");
  await browser.call((api) => api.auth.passkeys.remove({ passkeyId: added.passkey.id }));
  expect(await noticesTo(account.email)).toEqual(["passkey-removed"]);
});

test("A10: every other session that is ended at once, if there was one", async () => {
  const { account, browser } = await owner();
  const endOthers = () => browser.call((api) => api.auth.sessions.revoke({ sessionId: null }));
  await endOthers();
  expect(await noticesTo(account.email)).toEqual([]);
  const other = new Browser(sys);
  other.jar.set("__Host-device", browser.jar.get("__Host-device") ?? "");
  await other.call((api) => api.auth.login(login(account)));
  await endOthers();
  expect(await noticesTo(account.email)).toEqual(["sessions-revoked"]);
});

test("a new API token, by its name", async () => {
  const { account, browser } = await owner();
  const token = { id: sys.random.uuid(), name: "<b>laptop</b>", scope: "read" as const, days: 1 };
  await browser.call((api) => api.apiTokens.create(token));
  expect(await noticesTo(account.email)).toEqual(["api-token-created"]);
  expect(sys.mailer.sent[0]?.text).toContain("Name: <b>laptop</b>\n");
  expect(sys.mailer.sent[0]?.html).toContain("&lt;b&gt;laptop&lt;/b&gt;");
});

test("A1: a provider that no longer signs in, and a first password", async () => {
  const { account, browser } = await owner();
  const identityId = sys.random.uuid();
  const provider = { provider: "google", issuer: "https://accounts.example", subject: "7" } as const;
  const createdAt = sys.clock.now();
  await sys.db.identity.create({ data: { id: identityId, userId: account.userId, ...provider, createdAt } });
  await browser.call((api) => api.auth.identities.unlink({ identityId }));
  expect(await noticesTo(account.email)).toEqual(["provider-unlinked"]);
  // As who came by a provider: without a password, or a slot that it opens.
  await sys.db.user.update({ where: { id: account.userId }, data: { passwordHash: null } });
  const { kdf, authKey, slot } = newAccount(sys);
  await browser.call((api) => api.auth.password.set({ kdf, authKey, slot }));
  expect(await noticesTo(account.email)).toEqual(["password-set"]);
});

test("A9: an assistant's new gateway token", async () => {
  const email = `${sys.random.uuid()}@example.org`;
  const { owner, id: instanceId } = await draftOf(sys, await createUser(sys, email));
  const worker = startTestWorker(sys, await createTestHost(sys));
  await deployTestInstance(sys, worker, owner, instanceId);
  await convergeInstance(worker, instanceId, new AbortController().signal);
  expect(await noticesTo(email)).toEqual([]);
  const rotation = { instanceId, operationId: sys.random.uuid() };
  await commandInstance(sys, owner, "rotate", rotation, { revokesDevices: false });
  expect(await noticesTo(email)).toEqual(["gateway-token-rotated"]);
});

test("a change that is refused is not told of", async () => {
  const { account, browser } = await owner();
  const { kdf, authKey, slot } = newAccount(sys);
  const change = { currentAuthKey: authKey, kdf, authKey, slot };
  await expect(browser.call((api) => api.auth.password.change(change))).rejects.toThrow();
  await expect(browser.call((api) => api.auth.totp.disable({}))).rejects.toThrow();
  expect(await noticesTo(account.email)).toEqual([]);
});
