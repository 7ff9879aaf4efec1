import WebAuthnEmulator, {
  AuthenticatorEmulator,
  PasskeysCredentialsMemoryRepository as Keys,
} from "nid-webauthn-emulator";
import { describe, expect, test } from "vitest";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import { limitCatalogue } from "../limits/rules.ts";
import { Browser, newKey, registeredOwner } from "../testing/browser.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { passkeysPerUser } from "./rules.ts";

const sys = await createTestSystem();
const origin = new URL(sys.config.WEB_URL).origin;
const refusal = (code: string) => ({ message: code });
const login = ({ email, authKey }: { email: string; authKey: string }) => ({ email, authKey });

type Emulator = InstanceType<typeof WebAuthnEmulator>;
type Creation = Parameters<Emulator["createJSON"]>[1];
type Request = Parameters<Emulator["getJSON"]>[1];
type Question = { challengeId: string; options: Record<string, unknown> };

const created = (device: Emulator, { options }: Question, from = origin) =>
  device.createJSON(from, options as unknown as Creation) as never;
const answered = (device: Emulator, { challengeId, options }: Question, from = origin) => ({
  challengeId,
  response: device.getJSON(from, options as unknown as Request) as never,
});

/** A device of its own. `recognises`: it knows its owner by face or finger. */
const newDevice = ({ recognises = true, keys = new Keys() } = {}) => {
  const interaction = <User>(user: User) => ({ user, options: { uv: recognises, up: true } });
  return new WebAuthnEmulator(
    new AuthenticatorEmulator({
      credentialsRepository: keys,
      userMakeCredentialInteraction: interaction,
      userGetAssertionInteraction: interaction,
    }),
  );
};

async function addPasskey(browser: Browser, device: Emulator, name = "Phone") {
  const question = await browser.call((api) => api.auth.passkeys.begin({}));
  const response = created(device, question);
  return browser.call((api) => api.auth.passkeys.add({ challengeId: question.challengeId, name, response }));
}

async function withPasskey() {
  const { account, browser } = await registeredOwner(sys);
  const device = newDevice();
  const added = await addPasskey(browser, device);
  return { account, browser, device, ...added };
}

async function signIn(device: Emulator, browser = new Browser(sys), from = origin) {
  const question = await browser.call((api) => api.auth.passkeys.beginSignIn({}));
  const answer = answered(device, question, from);
  const { me } = await browser.call((api) => api.auth.passkeys.signIn(answer));
  return { browser, me, answer };
}

describe("A8: a passkey", () => {
  test("signs in by itself, and is listed with its name and last use", async () => {
    const { account, device, browser } = await withPasskey();
    expect((await signIn(device)).me?.id).toBe(account.userId);
    const { items } = await browser.call((api) => api.auth.passkeys.list({}));
    expect(items).toMatchObject([{ name: "Phone", usedAt: sys.clock.now() }]);
  });

  test("is asked for after the password, or a recovery code that came with the first one", async () => {
    const { account, device, codes } = await withPasskey();
    expect(codes).toHaveLength(10);
    const half = new Browser(sys);
    const { me, factors } = await half.call((api) => api.auth.login(login(account)));
    expect([me, factors]).toEqual([null, ["passkey", "recovery-code"]]);
    const question = await half.call((api) => api.auth.passkeys.beginSecondFactor({}));
    const proof = { kind: "passkey" as const, ...answered(device, question) };
    expect((await half.call((api) => api.auth.verifyTotp({ proof }))).me?.id).toBe(account.userId);
    const lost = new Browser(sys);
    await lost.call((api) => api.auth.login(login(account)));
    const code = { kind: "recovery-code" as const, code: codes?.[0] ?? "" };
    expect((await lost.call((api) => api.auth.verifyTotp({ proof: code }))).me?.id).toBe(account.userId);
  });

  test("proves once more who it is", async () => {
    const { browser, device } = await withPasskey();
    sys.clock.advance(10 * 60_000);
    await expect(browser.call((api) => api.auth.passkeys.begin({}))).rejects.toMatchObject(
      refusal("auth.step-up-required"),
    );
    const question = await browser.call((api) => api.auth.passkeys.beginStepUp({}));
    const proof = { kind: "passkey" as const, ...answered(device, question) };
    await browser.call((api) => api.auth.stepUp({ proof }));
    await expect(browser.call((api) => api.auth.passkeys.begin({}))).resolves.toBeDefined();
  });

  test("several of one account have names, are renamed and removed", async () => {
    const { browser, passkey } = await withPasskey();
    const { passkey: second, codes } = await addPasskey(browser, newDevice(), "Key ring");
    expect(codes).toBeNull();
    await browser.call((api) => api.auth.passkeys.rename({ passkeyId: passkey.id, name: "Old phone" }));
    await browser.call((api) => api.auth.passkeys.remove({ passkeyId: second.id }));
    const { items } = await browser.call((api) => api.auth.passkeys.list({}));
    expect(items.map(({ name }) => name)).toEqual(["Old phone"]);
  });

  test("is one of twenty at most, also when several come at once, and one of them brings the recovery codes", async () => {
    const { account, browser } = await registeredOwner(sys);
    const begin = () => browser.call((api) => api.auth.passkeys.begin({}));
    const questions = await Promise.all(Array.from({ length: passkeysPerUser + 2 }, begin));
    const outcomes = await Promise.allSettled(
      questions.map((question) => {
        const response = created(newDevice(), question);
        const { challengeId } = question;
        return browser.call((api) => api.auth.passkeys.add({ challengeId, name: "Key", response }));
      }),
    );
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [(outcome.reason as Error).message] : [],
    );
    expect(refusals).toEqual(["auth.limit-reached", "auth.limit-reached"]);
    const added = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(added.filter(({ codes }) => codes !== null)).toHaveLength(1);
    expect(await sys.db.recoveryCode.count({ where: { userId: account.userId } })).toBe(10);
  });

  test("that was removed signs in no more; with the last second factor the recovery codes go", async () => {
    const { account, browser, device, passkey } = await withPasskey();
    await browser.call((api) => api.auth.passkeys.remove({ passkeyId: passkey.id }));
    await expect(signIn(device)).rejects.toMatchObject(refusal("passkey.refused"));
    const { me } = await new Browser(sys).call((api) => api.auth.login(login(account)));
    expect(me?.id).toBe(account.userId);
    expect(await sys.db.recoveryCode.count({ where: { userId: account.userId } })).toBe(0);
  });

  test("that is the last way to sign in can't be removed", async () => {
    const { account, browser, passkey } = await withPasskey();
    await sys.db.user.update({ where: { id: account.userId }, data: { passwordHash: null } });
    await expect(
      browser.call((api) => api.auth.passkeys.remove({ passkeyId: passkey.id })),
    ).rejects.toMatchObject(refusal("auth.last-method"));
    expect(await sys.db.passkey.count({ where: { userId: account.userId } })).toBe(1);
  });

  test("A7: still signs in while somebody's guesses block the password", async () => {
    const { account, device } = await withPasskey();
    const guarded = { ...sys, limiter: rateLimiterOn(sys.db, 1) };
    const attacked = () =>
      new Browser(guarded, "203.0.113.77").call((api) =>
        api.auth.login({ email: account.email, authKey: newKey(sys) }),
      );
    for (let n = 0; n < limitCatalogue["login.account"].points; n++) await attacked().catch(() => {});
    await expect(attacked()).rejects.toMatchObject(refusal("request.too-many"));
    await expect(new Browser(guarded).call((api) => api.auth.login(login(account)))).rejects.toMatchObject(
      refusal("request.too-many"),
    );
    expect((await signIn(device, new Browser(guarded))).me?.id).toBe(account.userId);
  });
});

describe("A8: refused is an answer", () => {
  test("for another site", async () => {
    const { device } = await withPasskey();
    await expect(signIn(device, new Browser(sys), "http://localhost:3001")).rejects.toMatchObject(
      refusal("passkey.refused"),
    );
  });

  test("that was given before, also when two come at once", async () => {
    const { device } = await withPasskey();
    const { answer } = await signIn(device);
    const again = () => new Browser(sys).call((api) => api.auth.passkeys.signIn(answer));
    await expect(again()).rejects.toMatchObject(refusal("passkey.refused"));
    const question = await new Browser(sys).call((api) => api.auth.passkeys.beginSignIn({}));
    const both = answered(device, question);
    const outcomes = await Promise.allSettled(
      [both, both].map((answer) => new Browser(sys).call((api) => api.auth.passkeys.signIn(answer))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("of a copy of the authenticator, which has counted less than the one that was used", async () => {
    const { browser } = await registeredOwner(sys);
    const [original, copied] = [new Keys(), new Keys()];
    await addPasskey(browser, newDevice({ keys: original }));
    for (const credential of original.loadCredentials()) copied.saveCredential(credential);
    await signIn(newDevice({ keys: original }));
    await expect(signIn(newDevice({ keys: copied }))).rejects.toMatchObject(refusal("passkey.refused"));
    // By now it has counted as far as the other one: of the two at once, one signs in.
    const both = [original, copied].map((keys) => newDevice({ keys }));
    const outcomes = await Promise.allSettled(both.map((device) => signIn(device)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("to a question that was asked for something else", async () => {
    const { browser, device } = await withPasskey();
    const toAdd = await browser.call((api) => api.auth.passkeys.begin({}));
    const toProve = await browser.call((api) => api.auth.passkeys.beginStepUp({}));
    const options = { ...toProve.options, challenge: toAdd.options["challenge"] };
    const { challengeId } = toAdd;
    const proof = { kind: "passkey" as const, ...answered(device, { challengeId, options }) };
    await expect(browser.call((api) => api.auth.stepUp({ proof }))).rejects.toMatchObject(
      refusal("passkey.refused"),
    );
  });

  test("after five minutes", async () => {
    const { device } = await withPasskey();
    const visitor = new Browser(sys);
    const question = await visitor.call((api) => api.auth.passkeys.beginSignIn({}));
    sys.clock.advance(5 * 60_000);
    const answer = answered(device, question);
    await expect(visitor.call((api) => api.auth.passkeys.signIn(answer))).rejects.toMatchObject(
      refusal("passkey.refused"),
    );
  });

  test("of an authenticator that did not recognise its owner", async () => {
    const { browser } = await registeredOwner(sys);
    const keys = new Keys();
    const careless = newDevice({ keys, recognises: false });
    await expect(addPasskey(browser, careless)).rejects.toMatchObject(refusal("passkey.refused"));
    expect((await browser.call((api) => api.auth.passkeys.list({}))).items).toEqual([]);
    await addPasskey(browser, newDevice({ keys }));
    await expect(signIn(careless)).rejects.toMatchObject(refusal("passkey.refused"));
  });

  test("of somebody else's passkey as second factor or step-up", async () => {
    const [mine, theirs] = [await withPasskey(), await withPasskey()];
    const question = await mine.browser.call((api) => api.auth.passkeys.beginStepUp({}));
    const foreign = { ...question, options: { ...question.options, allowCredentials: [] } };
    const proof = { kind: "passkey" as const, ...answered(theirs.device, foreign) };
    await expect(mine.browser.call((api) => api.auth.stepUp({ proof }))).rejects.toMatchObject(
      refusal("passkey.refused"),
    );
  });

  test("to a question that another session was asked", async () => {
    const { browser, device, account } = await withPasskey();
    const { browser: other } = await signIn(device);
    const question = await browser.call((api) => api.auth.passkeys.beginStepUp({}));
    const proof = { kind: "passkey" as const, ...answered(device, question) };
    await expect(other.call((api) => api.auth.stepUp({ proof }))).rejects.toMatchObject(
      refusal("passkey.refused"),
    );
    const refused = await sys.db.auditEvent.count({
      where: { userId: account.userId, action: "auth.step-up-failed", outcome: "refused" },
    });
    expect(refused).toBe(1);
  });
});
