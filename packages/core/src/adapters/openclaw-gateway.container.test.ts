import { once } from "node:events";
import { type OpenRouter, startOpenRouter } from "@openclaw-launch/sim/openrouter/server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { readWorkerConfig } from "../config.ts";
import { outOfCredits } from "../instances/await-first-answer.ts";
import { limitsOf } from "../instances/plans.ts";
import { assistantConfiguration } from "../instances/schema.ts";
import type { ChatEvent, GatewayConnection, GatewayTarget, InstanceFile } from "../ports.ts";
import { createDockerEngine } from "../provisioner/docker.ts";
import { startEgress } from "../provisioner/egress.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import type { SealedInstance } from "../provisioner/sealed-instance.ts";
import { buildSpec } from "../provisioner/spec.ts";
import { freePort } from "../testing/free-port.ts";
import { systemClock } from "./clock.ts";
import { createOpenClawGateway } from "./openclaw-gateway.ts";
import { systemRandom } from "./random.ts";

// The real OpenClaw in a container as the platform makes it, with the stand-in for its model behind the egress proxy.

const session = "agent:main:main";
const managementKey = "management-key";
const startMs = 400_000;
const subnets = "10.214.32.0/24";

const gateway = createOpenClawGateway();
const engine = createDockerEngine({
  socketPath: "/var/run/docker.sock",
  prefix: `g${systemRandom.uuid().slice(0, 1)}`,
  subnets,
  clock: systemClock,
});
const base64url = (length: number) => Buffer.from(systemRandom.bytes(length)).toString("base64url");
const instanceId = systemRandom.uuid();
const closing: (() => Promise<unknown>)[] = [];
let models: OpenRouter;
let address: string;
let target: GatewayTarget;
let filesWith: (token: string) => InstanceFile[];

const sealed: SealedInstance = {
  version: 1,
  deployId: systemRandom.uuid(),
  generation: 1,
  configId: systemRandom.uuid(),
  revision: 1,
  configuration: assistantConfiguration.parse({
    version: 1,
    name: "Ada",
    model: "openai/gpt-5-mini",
    channels: {},
  }),
  gatewayToken: systemRandom.uuid(),
  rotationId: null,
  deviceKey: base64url(32),
};

const image = "openclaw-launch/openclaw:2026.9.6";

beforeAll(async () => {
  models = await startOpenRouter({ managementKey });
  const egressPort = await freePort();
  const config = readWorkerConfig({
    DATABASE_URL: "postgres://unused",
    INTERNAL_SECRET: base64url(32),
    INTERNAL_URL: "http://127.0.0.1:3003",
    WORKER_DATA: "unused",
    INSTANCE_IMAGE: image,
    EGRESS_PORT: String(egressPort),
    OPENROUTER_MANAGEMENT_KEY: managementKey,
    OPENROUTER_BASE_URL: models.baseUrl,
    INSTANCE_OPENROUTER_BASE_URL: models.baseUrl.replace("127.0.0.1", "models.test"),
  });
  const port = Number(new URL(models.baseUrl).port);
  const egress = await startEgress({
    port: egressPort,
    subnets,
    instanceAt: async () => ({
      instanceId,
      allowed: [{ host: "models.test", port, tls: false, private: true, resolvesAs: "127.0.0.1" }],
    }),
    onRefused: () => undefined,
  });
  closing.push(egress.close, models.close);

  const network = await engine.network(instanceId);
  const modelKey = await createModelKey();
  filesWith = (token) =>
    instanceFiles({
      instance: { slug: "ada" },
      version: image.split(":")[1] ?? "",
      sealed: { ...sealed, gatewayToken: token },
      modelKey,
      network,
      config,
    });
  const files = filesWith(sealed.gatewayToken);
  closing.unshift(() => engine.remove(instanceId));
  await engine.apply(
    buildSpec({ instanceId, generation: 1, image, files, limits: limitsOf("lite", config) }),
  );
  await engine.start(instanceId);

  address = `${network.address}:18789`;
  target = {
    url: `ws://${address}`,
    origin: "https://ada.localhost",
    token: sealed.gatewayToken,
    deviceKey: sealed.deviceKey,
  };
  const isReady = () => gateway.probe(`http://${address}`, "ready");
  await vi.waitFor(async () => expect(await isReady()).toBe(true), {
    timeout: startMs,
    interval: 250,
  });
}, startMs + 20_000);

afterAll(async () => {
  for (const close of closing) await close();
});

async function createModelKey(): Promise<string> {
  const response = await fetch(`${models.baseUrl}/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${managementKey}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "gateway test", limit: 1 }),
  });
  return z.object({ key: z.string() }).parse(await response.json()).key;
}

/** Everything that is said about a message, up to its end. The message's key is its run's id. */
async function ask(
  connection: GatewayConnection,
  text: string,
  key = systemRandom.uuid(),
): Promise<ChatEvent[]> {
  const said: ChatEvent[] = [];
  const answered = (async () => {
    for await (const event of connection.events(AbortSignal.timeout(60_000))) {
      if (event.runId !== key) continue;
      said.push(event);
      if (event.kind !== "delta") return;
    }
  })();
  expect(await connection.send(session, text, key)).toEqual({ runId: key });
  await answered;
  return said;
}

describe("A4: the gateway of an instance", () => {
  test("refuses whoever shows no token", async () => {
    const socket = new WebSocket(target.url, { headers: { "x-forwarded-for": "192.0.2.7" } });
    socket.on("message", () => {
      const client = { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" };
      const params = {
        minProtocol: 4,
        maxProtocol: 4,
        client,
        role: "operator",
        scopes: ["operator.read"],
        caps: [],
      };
      socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
    });
    const [code, reason] = await once(socket, "close");
    expect({ code, reason: String(reason) }).toEqual({
      code: 1008,
      reason: expect.stringMatching(/unauthorized|device identity/i),
    });

    const forwarded = { "x-forwarded-for": "192.0.2.7" };
    const invoked = await fetch(`http://${address}/tools/invoke`, {
      method: "POST",
      headers: forwarded,
      body: "{}",
    });
    expect(invoked.status).toBe(401);
  });

  test("refuses another token", async () => {
    await expect(gateway.connect({ ...target, token: systemRandom.uuid() })).rejects.toMatchObject({
      reason: "token",
    });
  });

  test("refuses the right token of a device that nobody approved", async () => {
    await expect(gateway.connect(target)).rejects.toMatchObject({ reason: "pairing" });
  });

  test("lets the platform in once its device was approved from inside, and no other device", async () => {
    const { exitCode, output } = await engine.exec(instanceId, [
      "openclaw-launch-pair",
      gateway.deviceId(target.deviceKey),
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: "" });
    const connection = await gateway.connect(target);
    expect(connection.closed).toBe(false);
    connection.close();
    await expect(gateway.connect({ ...target, deviceKey: base64url(32) })).rejects.toMatchObject({
      reason: "pairing",
    });
  });

  test("a device that never asked can't be approved", async () => {
    const { exitCode, output } = await engine.exec(instanceId, [
      "openclaw-launch-pair",
      gateway.deviceId(base64url(32)),
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.stringContaining("no such request") });
  });
});

test("A5: a device asks, gets in once it is approved, and is out again once it is revoked", async () => {
  const owner = await gateway.connect(target);
  const deviceKey = base64url(32);
  const deviceId = gateway.deviceId(deviceKey);
  const asks = () => gateway.connect({ ...target, deviceKey });
  const idsNow = async () => (await owner.pairing()).requests.map(({ requestId }) => requestId);
  const requestOf = async () => {
    const before = await idsNow();
    const asked = owner.pairingChanges(AbortSignal.timeout(20_000))[Symbol.asyncIterator]().next();
    await expect(asks()).rejects.toMatchObject({ reason: "pairing" });
    expect(await asked).toMatchObject({ done: false });
    const { requests } = await owner.pairing();
    const [request] = requests.filter(({ requestId }) => !before.includes(requestId));
    expect(request).toMatchObject({ kind: "device", address: null });
    return request?.requestId ?? "";
  };

  const rejected = await requestOf();
  await owner.reject(rejected);
  expect(await idsNow()).not.toContain(rejected);
  await owner.approve(await requestOf());
  const device = await asks();
  expect((await owner.pairing()).devices).toEqual([expect.objectContaining({ deviceId, connected: true })]);

  await expect(owner.removeDevice(gateway.deviceId(target.deviceKey))).rejects.toMatchObject({
    reason: "missing",
  });
  await owner.removeDevice(deviceId);
  await expect.poll(() => device.closed).toBe(true);
  await requestOf();
  owner.close();
});

describe("B2: a conversation", () => {
  let connection: GatewayConnection;
  beforeAll(async () => {
    connection = await gateway.connect(target);
  });
  afterAll(() => connection.close());

  test("a message is answered, and the answer grows as it is written", async () => {
    const said = await ask(
      connection,
      "Say exactly: the quick brown fox jumps over the lazy dog and runs away into the wide dark forest",
    );
    const answer = "the quick brown fox jumps over the lazy dog and runs away into the wide dark forest";
    expect(said.at(-1)).toMatchObject({ kind: "final", text: answer, sessionKey: session });
    const grown = said.flatMap((event) => (event.kind === "delta" ? [event.text] : []));
    for (const text of grown) expect(answer.startsWith(text)).toBe(true);
    expect(grown.length).toBeGreaterThan(0);
  });

  test("the same message sent twice is one, and the history tells what was said", async () => {
    const key = systemRandom.uuid();
    const asked = systemClock.now();
    const said = await ask(connection, "Say exactly: once", key);
    expect(said.at(-1)).toMatchObject({ kind: "final", text: "once" });
    await connection.send(session, "Say exactly: once", key);
    const history = await connection.history(session, 50);
    const once = history.filter(({ role, text }) => role === "user" && text.includes("Say exactly: once"));
    expect(once).toHaveLength(1);
    expect(once[0]?.at.getTime()).toBeGreaterThanOrEqual(asked.getTime());
    expect(history.at(-1)).toMatchObject({ role: "assistant", text: "once" });
  });

  test("a turn that hangs can be aborted, and the next one is answered", async () => {
    models.fail({ kind: "hang", path: "/chat/completions" });
    const hanging = ask(connection, "Say exactly: never");
    await expect.poll(async () => (await connection.history(session, 5)).at(-1)?.role).toBe("user");
    await connection.abort(session);
    expect((await hanging).at(-1)).toMatchObject({ kind: "aborted" });
    models.heal();
    expect((await ask(connection, "Say exactly: again")).at(-1)).toMatchObject({
      kind: "final",
      text: "again",
    });
  });

  test.each([
    { why: "account has no credits left", kind: "402" },
    { why: "key has used up its limit", kind: "403" },
  ] as const)("S1: when the provider's $why, the assistant says so and stays", async ({ kind }) => {
    models.fail({ kind, path: "/chat/completions", times: 1 });
    const last = (await ask(connection, "Hello")).at(-1);
    expect(JSON.stringify(last)).toMatch(outOfCredits);
    models.heal();
    expect((await ask(connection, "Say exactly: still here")).at(-1)).toMatchObject({
      kind: "final",
      text: "still here",
    });
  });
});

test("A9: a new token in its configuration is taken without a restart, and ends what the old one opened", async () => {
  const startedAt = async () => (await engine.inspect(instanceId)).container?.startedAt;
  const old = await gateway.connect(target);
  const token = systemRandom.uuid();
  const started = await startedAt();
  await engine.writeFiles(
    instanceId,
    filesWith(token).filter(({ path }) => path === "openclaw.json"),
  );
  await expect.poll(() => old.closed, { timeout: 60_000 }).toBe(true);
  await expect(gateway.connect(target)).rejects.toMatchObject({ reason: "token" });
  expect(await startedAt()).toEqual(started);
  const connection = await gateway.connect({ ...target, token });
  connection.close();
  target = { ...target, token };
});
