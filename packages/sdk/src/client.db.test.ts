// The client against the real API and the real convergence, with a container engine in memory.

import { hash as bcryptHash } from "@node-rs/bcrypt";
import { importAccount } from "@openclaw-launch/core/auth/import-account";
import { registerHost } from "@openclaw-launch/core/hosts/register-host";
import { rotateDeployKeys } from "@openclaw-launch/core/hosts/rotate-deploy-keys";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
import type { AssistantConfiguration } from "@openclaw-launch/core/instances/schema";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { createTestHost, startTestWorker } from "@openclaw-launch/core/testing/test-worker";
import { beforeAll, describe, expect, test } from "vitest";
import { createLaunch, type Launch } from "./client.ts";
import { rethrow, toLaunchError, WorkerIdentityChanged } from "./errors.ts";
import { shownCode } from "./testing/authenticator.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { startServer } from "./testing/start-server.ts";
import { newId } from "./vault/new-id.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
await registerHost(worker);
await rotateDeployKeys(worker);
const url = await startServer(sys);

const password = "correct horse battery staple";
const botToken = `123456789:${"S".repeat(35)}`;
const configuration: AssistantConfiguration = {
  version: 1,
  name: "Ada",
  model: "openai/gpt-5-mini",
  personality: "Precise.",
  channels: { telegram: { botToken } },
};
const refusal = (code: string) => expect.objectContaining({ code });

/** A client whose every request and answer is written down. */
function client(options: { clock?: ManualClock } = {}) {
  const traffic: string[] = [];
  const launch = createLaunch({
    ...options,
    url,
    fetch: async (input, init) => {
      traffic.push(`${String(input)}\n${String(init?.body ?? "")}`);
      const response = await fetch(input, init);
      if (!response.headers.get("content-type")?.startsWith("text/event-stream"))
        traffic.push(await response.clone().text());
      return response;
    },
  });
  return { launch, traffic };
}

/** A client that never gets the first answer of one procedure, though the server did what it was asked. */
function withLostAnswer(procedure: string) {
  let lost = false;
  const launch = createLaunch({
    url,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (lost || !new URL(String(input)).pathname.endsWith(`/${procedure}`)) return response;
      lost = true;
      throw new Error("connection lost");
    },
  });
  return launch;
}

const converge = (id: string) => convergeInstance(worker, id, new AbortController().signal);
const draft = (launch: Launch) =>
  launch.api.instances.create.mutate({
    id: newId(),
    name: "Ada",
    model: configuration.model,
    channels: ["telegram"],
  });

let account = 0;
const newEmail = () => `ada${++account}@example.org`;

describe("an account", () => {
  test("A2: signs up, out and in again, and its vault is there, while password and secrets never travel", async () => {
    const email = newEmail();
    const first = client();
    const me = await first.launch.signUp({ email, password });
    expect(me).toMatchObject({ email, role: "user" });
    const { id } = await first.launch.vault.configs.save(configuration);
    await first.launch.signOut();
    expect(first.launch.unlocked).toBe(false);
    await expect(first.launch.api.auth.me.query({}).catch(toLaunchError)).resolves.toEqual(
      refusal("auth.required"),
    );

    const second = client();
    expect((await second.launch.signIn({ email, password })).id).toBe(me.id);
    expect(await second.launch.vault.configs.list()).toMatchObject([{ id, revision: 1, configuration }]);
    const wire = decodeURIComponent([...first.traffic, ...second.traffic].join("\n"));
    for (const text of [email, me.id, id]) expect(wire).toContain(text);
    for (const text of [password, botToken, "Precise."]) expect(wire).not.toContain(text);
  });

  test.each(["auth.register", "auth.login"])(
    "that was signed up for without an answer of %s is the same one at the next try, and nobody gets a mail about another",
    async (procedure) => {
      const email = newEmail();
      const launch = withLostAnswer(procedure);
      await expect(launch.signUp({ email, password })).rejects.toEqual(refusal("client.unreachable"));
      const me = await launch.signUp({ email, password });
      expect(await launch.vault.configs.list()).toEqual([]);
      expect((await client().launch.signIn({ email, password })).id).toBe(me.id);
      const refused = { userId: me.id, action: "auth.registration-refused" };
      expect(await sys.db.auditEvent.count({ where: refused })).toBe(0); // the mail goes together with it
    },
  );

  test("that was signed up for without an answer is no other password's", async () => {
    const email = newEmail();
    const launch = withLostAnswer("auth.register");
    await expect(launch.signUp({ email, password })).rejects.toEqual(refusal("client.unreachable"));
    await expect(launch.signUp({ email, password: "another one" })).rejects.toEqual(
      refusal("auth.email-taken"),
    );
  });

  test("that gets its first password without an answer has it at the next try, and no other one", async () => {
    const email = newEmail();
    const launch = withLostAnswer("auth.password.set");
    const { id } = await launch.signUp({ email, password });
    // As a provider opens it.
    await sys.db.vaultSlot.deleteMany({ where: { userId: id } });
    await sys.db.user.update({ where: { id }, data: { passwordHash: null } });
    launch.vault.lock();

    await expect(launch.setPassword({ password })).rejects.toEqual(refusal("client.unreachable"));
    await expect(launch.setPassword({ password: "another one" })).rejects.toEqual(
      refusal("auth.password-exists"),
    );
    expect(launch.unlocked).toBe(false);
    await launch.setPassword({ password });
    expect(await launch.vault.configs.list()).toEqual([]);
  });

  test("is refused with the wrong password, and stays locked", async () => {
    const { launch } = client();
    const email = newEmail();
    await launch.signUp({ email, password });
    await launch.signOut();
    await expect(launch.signIn({ email, password: "wrong" })).rejects.toEqual(
      refusal("auth.wrong-credentials"),
    );
    await expect(launch.signIn({ email: "nobody@example.org", password })).rejects.toEqual(
      refusal("auth.wrong-credentials"),
    );
    expect(launch.unlocked).toBe(false);
    expect(() => launch.vault).toThrow(refusal("vault.locked"));
  });

  test("E2: locks after 15 idle minutes, tells it, and unlocks with the password alone", async () => {
    const clock = new ManualClock();
    const { launch } = client({ clock });
    const changes: boolean[] = [];
    const unsubscribe = launch.onLockChange((unlocked) => changes.push(unlocked));
    await launch.signUp({ email: newEmail(), password });
    clock.advance(15 * 60_000);
    expect(launch.unlocked).toBe(false);
    await expect(launch.unlock({ password: "wrong" })).rejects.toEqual(refusal("auth.wrong-credentials"));
    await launch.unlock({ password });
    expect(await launch.vault.configs.list()).toEqual([]);
    unsubscribe();
    launch.vault.lock();
    expect(changes).toEqual([true, false, true]);
  });

  test("V1: errors name their code and the fields that are wrong", async () => {
    const { launch } = client();
    await expect(launch.signUp({ email: "no address", password })).rejects.toMatchObject({
      code: "input.invalid",
      fields: { email: [expect.any(String)] },
    });
    const email = newEmail();
    await launch.signUp({ email, password });
    await expect(client().launch.signUp({ email, password })).rejects.toEqual(refusal("auth.email-taken"));
    const nowhere = createLaunch({ url: "http://127.0.0.1:1" });
    await expect(nowhere.signIn({ email, password })).rejects.toEqual(refusal("client.unreachable"));
  });
});

describe("a deploy", () => {
  // Half an hour off the server's, as personal computers are.
  const clock = new ManualClock();
  clock.advance(30 * 60_000);
  const { launch, traffic } = client({ clock });
  beforeAll(async () => {
    await launch.signUp({ email: newEmail(), password });
  });

  test("B6: seals the configuration to its machine, shows each phase, and ends running", async () => {
    const { id } = await draft(launch);
    const { saved, operation } = await launch.instances.deploy({ instanceId: id, configuration });
    const converging = converge(id);
    const phases = new Set<string>();
    for await (const view of operation.progress()) for (const phase of view.phases) phases.add(phase.name);
    await converging;

    expect(await operation.finished()).toMatchObject({ id: operation.id, state: "succeeded" });
    expect([...phases]).toEqual(
      expect.arrayContaining(["open-configuration", "start-container", "first-answer"]),
    );
    expect(await launch.api.instances.get.query({ instanceId: id })).toMatchObject({
      status: "running",
      configId: saved.id,
      configRevision: 1,
      channels: ["telegram"],
    });
    expect(host.engine.file(id, "openclaw.json")?.content).toContain(botToken);
    const wire = decodeURIComponent(traffic.join("\n"));
    expect(wire).toContain(operation.id);
    expect(wire).not.toContain(botToken);
  });

  test("saves a revision only when something changed", async () => {
    const { id } = await draft(launch);
    const deploy = async (name: string) => {
      const { saved, operation } = await launch.instances.deploy({
        instanceId: id,
        configuration: { ...configuration, name },
      });
      await converge(id);
      await operation.finished();
      return saved;
    };
    const first = await deploy("Ada");
    expect(await deploy("Ada")).toMatchObject({ id: first.id, revision: 1 });
    expect(await deploy("Ida")).toMatchObject({ id: first.id, revision: 2 });
    await launch.vault.configs.remove(first.id);
    expect((await deploy("Ida")).id).not.toBe(first.id);
  });

  test("overwrites nothing that was saved since what it changes was read, and tells what it saved though the launch fails", async () => {
    const { id } = await draft(launch);
    const { saved } = await launch.instances.deploy({ instanceId: id, configuration });
    const { revision } = await launch.vault.configs.save({ ...configuration, name: "Ida" }, saved.id);
    const change = { instanceId: id, configuration: { ...configuration, personality: "Brief." } };
    const refused = { ...change, baseRevision: saved.revision };
    await expect(launch.instances.deploy(refused)).rejects.toEqual(refusal("vault.revision-conflict"));
    expect(await launch.vault.configs.get(saved.id)).toMatchObject({
      revision,
      configuration: { name: "Ida" },
    });

    const told: number[] = [];
    const onSaved = async (latest: { revision: number }) => void told.push(latest.revision);
    const unlaunched = { ...change, baseRevision: revision, onSaved, operationId: "none" };
    await expect(launch.instances.deploy(unlaunched)).rejects.toEqual(refusal("input.invalid"));
    expect(told).toEqual([revision + 1]);
  });

  test("that is tried again after the question about its machine, or after a lost answer, saves nothing twice", async () => {
    const email = newEmail();
    const { launch: owner } = client();
    await owner.signUp({ email, password });
    await owner.vault.trustWorker(newId(), "another machine");
    const { id } = await draft(owner);
    const ask = await owner.instances.deploy({ instanceId: id, configuration }).catch(toLaunchError);
    if (!(ask instanceof WorkerIdentityChanged)) throw new Error("was not asked");
    await owner.vault.trustWorker(ask.hostId, ask.offered);

    // The page was reloaded in between.
    const reloaded = withLostAnswer("instances.deploy");
    await reloaded.signIn({ email, password });
    const command = { instanceId: id, configuration, operationId: newId() };
    await expect(reloaded.instances.deploy(command)).rejects.toEqual(refusal("client.unreachable"));
    const { saved, operation } = await reloaded.instances.deploy(command);
    expect(operation.id).toBe(command.operationId);
    expect(await owner.vault.configs.list()).toMatchObject([{ id: saved.id, revision: 1, configuration }]);

    await converge(id);
    expect((await operation.finished()).state).toBe("succeeded");
    await owner.vault.configs.remove(saved.id);
    const next = await owner.instances.deploy({ instanceId: id, configuration });
    expect(next.saved.id).not.toBe(saved.id);
    const again = await owner.instances.deploy({ instanceId: id, configuration });
    expect(again.saved).toEqual(next.saved);
    expect(await owner.vault.configs.list()).toHaveLength(1);
  });

  test("that fails says why", async () => {
    const { id } = await draft(launch);
    const invalid = { ...configuration, model: "not a model" };
    const { operation } = await launch.instances.deploy({ instanceId: id, configuration: invalid });
    await converge(id);
    await expect(operation.finished()).rejects.toEqual(refusal("deploy.invalid-configuration"));
  });

  test("is over for who follows it when a newer command takes its place", async () => {
    const { id } = await draft(launch);
    const { operation } = await launch.instances.deploy({ instanceId: id, configuration });
    const finished = operation.finished();
    await launch.api.instances.remove.mutate({ instanceId: id, operationId: newId() });
    await converge(id);
    expect((await finished).state).toBe("superseded");
  });

  test("needs an unlocked vault", async () => {
    const other = client().launch;
    await other.signUp({ email: newEmail(), password });
    const { id } = await draft(other);
    other.vault.lock();
    await expect(other.instances.deploy({ instanceId: id, configuration })).rejects.toEqual(
      refusal("vault.locked"),
    );
  });
});

// These move the clock of the server, after which the machine above counts as lost.

/** Signed up, with an app that is `key`. The code that confirmed it is used up, and the clock has gone on. */
async function withAuthenticator() {
  const email = newEmail();
  const { launch } = client();
  await launch.signUp({ email, password });
  const { secret: key } = await launch.api.auth.totp.begin.mutate({});
  const { codes } = await launch.api.auth.totp.confirm.mutate({ code: code(key) });
  sys.clock.advance(60_000);
  return { email, launch, key, codes };
}
const code = (key: string) => shownCode(key, sys.clock.now().getTime());

describe("a second factor", () => {
  test("A6: is asked after the password, and then completes the sign-in and unlocks the vault", async () => {
    const { email, launch: first, key } = await withAuthenticator();
    const { id } = await first.vault.configs.save(configuration);
    const { launch } = client();
    await expect(launch.signIn({ email, password })).rejects.toMatchObject({
      code: "auth.second-factor-required",
      details: { factors: "totp,recovery-code" },
    });
    expect(launch.unlocked).toBe(false);
    await expect(launch.verifySecondFactor({ code: "000000" })).rejects.toEqual(refusal("auth.wrong-code"));
    const typed = code(key).replace(/^.../, "$& ");
    expect((await launch.verifySecondFactor({ code: typed })).email).toBe(email);
    expect(await launch.vault.configs.list()).toMatchObject([{ id }]);
  });

  test("A6: may be a recovery code, however it is typed", async () => {
    const { email, codes } = await withAuthenticator();
    const { launch } = client();
    await expect(launch.signIn({ email, password })).rejects.toEqual(refusal("auth.second-factor-required"));
    await launch.verifySecondFactor({ code: codes[0]?.toUpperCase().replaceAll("-", " ") ?? "" });
    expect(launch.unlocked).toBe(true);
  });

  test("is of no use without the password before it, or once somebody signed out", async () => {
    const { email, key } = await withAuthenticator();
    const { launch } = client();
    await expect(launch.verifySecondFactor({ code: code(key) })).rejects.toEqual(refusal("auth.required"));
    await expect(launch.signIn({ email, password })).rejects.toEqual(refusal("auth.second-factor-required"));
    await launch.signOut();
    await expect(launch.verifySecondFactor({ code: code(key) })).rejects.toEqual(refusal("auth.required"));
  });
});

describe("A10: what is dangerous", () => {
  test("takes the password or a code after ten minutes", async () => {
    const { launch, key } = await withAuthenticator();
    const replaceCodes = () => launch.api.auth.recoveryCodes.regenerate.mutate({}).catch(rethrow);
    for (const proof of [() => ({ password }), () => ({ code: code(key) })]) {
      sys.clock.advance(10 * 60_000);
      await expect(replaceCodes()).rejects.toEqual(refusal("auth.step-up-required"));
      await launch.stepUp(proof());
      expect((await replaceCodes()).codes).toHaveLength(10);
    }
    await expect(launch.stepUp({ password: "wrong" })).rejects.toEqual(refusal("auth.wrong-credentials"));
    await expect(launch.stepUp({ code: "000000" })).rejects.toEqual(refusal("auth.wrong-code"));
  });
});

test("A10, D4: removing a configuration takes a proof after ten minutes, and until then the vault is whole", async () => {
  const { launch } = client();
  await launch.signUp({ email: newEmail(), password });
  const { id } = await launch.vault.configs.save(configuration);
  sys.clock.advance(10 * 60_000);
  await expect(launch.vault.configs.remove(id)).rejects.toEqual(refusal("auth.step-up-required"));
  expect(await launch.vault.configs.list()).toMatchObject([{ id, configuration }]);
  await launch.stepUp({ password });
  await launch.vault.configs.remove(id);
  expect(await launch.vault.configs.list()).toEqual([]);
});

describe("A2: a new password", () => {
  const newPassword = "seven green kettles sing";

  test("opens the same vault, whose configurations are byte for byte the same, and ends other sessions", async () => {
    const email = newEmail();
    const { launch, traffic } = client();
    await launch.signUp({ email, password });
    const { id } = await launch.vault.configs.save(configuration);
    const sealed = () => launch.api.vault.configs.get.query({ id });
    const before = await sealed();
    const { launch: other } = client();
    await other.signIn({ email, password });
    sys.clock.advance(10 * 60_000); // the password that is typed proves who it is

    await launch.changePassword({ currentPassword: password, newPassword });
    expect(await sealed()).toEqual(before);
    expect(await launch.vault.configs.list()).toMatchObject([{ id, configuration }]);
    await expect(other.api.auth.me.query({}).catch(rethrow)).rejects.toEqual(refusal("auth.required"));
    await expect(other.signIn({ email, password })).rejects.toEqual(refusal("auth.wrong-credentials"));
    await other.signIn({ email, password: newPassword });
    expect(await other.vault.configs.list()).toMatchObject([{ id, configuration }]);
    for (const secret of [password, newPassword])
      expect(decodeURIComponent(traffic.join("\n"))).not.toContain(secret);
  });

  test("needs the old one", async () => {
    const email = newEmail();
    const { launch } = client();
    await launch.signUp({ email, password });
    await expect(launch.changePassword({ currentPassword: "wrong", newPassword })).rejects.toEqual(
      refusal("auth.wrong-credentials"),
    );
    await launch.unlock({ password });
  });
});

describe("A2: an account of an older installation", () => {
  async function importedAccount() {
    const email = newEmail();
    const passwordHash = await bcryptHash(password, { cost: 12 });
    await importAccount(sys, { kind: "operator" }, { email, passwordHash, emailVerified: true });
    return email;
  }

  test("is let in with its password, once its owner said that it is one, and has a vault from then on", async () => {
    const email = await importedAccount();
    const { launch, traffic } = client();
    await expect(launch.signIn({ email, password })).rejects.toEqual(refusal("account.imported"));
    await expect(launch.signIn({ email, password: "wrong", imported: true })).rejects.toEqual(
      refusal("auth.wrong-credentials"),
    );
    expect((await launch.signIn({ email, password, imported: true })).email).toBe(email);
    const { id } = await launch.vault.configs.save(configuration);
    await launch.signOut();

    const { launch: later } = client();
    await later.signIn({ email, password });
    expect(await later.vault.configs.list()).toMatchObject([{ id, configuration }]);
    // Whoever still says so gets the stronger derivation all the same.
    await client().launch.signIn({ email, password, imported: true });
    expect(decodeURIComponent(traffic.join("\n"))).not.toContain(password);
  });

  test("A6: whose first sign-in broke off gets its vault at the next one, after the second factor that it has by then", async () => {
    const email = await importedAccount();
    const first = createLaunch({
      url,
      fetch: (input, init) =>
        String(input).includes("auth.password.change")
          ? Promise.reject(new Error("connection lost"))
          : fetch(input, init),
    });
    await expect(first.signIn({ email, password, imported: true })).rejects.toEqual(
      refusal("client.unreachable"),
    );
    await expect(first.unlock({ password })).rejects.toEqual(refusal("account.imported"));
    const { secret: key } = await first.api.auth.totp.begin.mutate({});
    await first.api.auth.totp.confirm.mutate({ code: code(key) });
    sys.clock.advance(60_000);

    const { launch } = client();
    await expect(launch.signIn({ email, password, imported: true })).rejects.toEqual(
      refusal("auth.second-factor-required"),
    );
    await launch.verifySecondFactor({ code: code(key) });
    expect(await launch.vault.configs.list()).toEqual([]);
    await launch.unlock({ password });
  });
});

describe("A7: an API token", () => {
  test("lets a program do what its scope says, and never what is the person's own", async () => {
    const { launch } = client();
    await launch.signUp({ email: newEmail(), password });
    const tokenOf = (scope: "read" | "manage") =>
      launch.api.apiTokens.create.mutate({ id: newId(), name: "nightly", scope, days: 7 });
    const { api } = createLaunch({ url, token: (await tokenOf("read")).secret });
    expect((await api.instances.list.query({})).items).toEqual([]);
    const create = { id: newId(), name: "Ada", model: configuration.model, channels: [] };
    await expect(api.instances.create.mutate(create).catch(rethrow)).rejects.toMatchObject({
      code: "auth.token-scope",
      details: { needed: "manage" },
    });
    await expect(api.auth.sessions.list.query({}).catch(rethrow)).rejects.toEqual(
      refusal("auth.token-scope"),
    );

    const program = createLaunch({ url, token: (await tokenOf("manage")).secret });
    expect(() => program.vault).toThrow(refusal("vault.locked"));
    await program.unlock({ password });
    const { id } = await program.vault.configs.save(configuration);
    expect(await launch.vault.configs.list()).toMatchObject([{ id }]);
    sys.clock.advance(10 * 60_000); // no person is there to show who it is
    await program.vault.configs.remove(id);
    expect(await launch.vault.configs.list()).toEqual([]);
  });
});

test("V1: more questions at once than the server takes in one request are all answered", async () => {
  const { launch, traffic } = client();
  const asked = Array.from({ length: 50 }, () => launch.api.auth.providers.list.query({}));
  expect(await Promise.all(asked)).toHaveLength(50);
  expect(traffic.length).toBeLessThan(50);
});
