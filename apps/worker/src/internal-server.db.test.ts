import type { AddressInfo } from "node:net";
import { connectWorkers } from "@openclaw-launch/core/api/internal-client";
import { registerHost } from "@openclaw-launch/core/hosts/register-host";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
import { decidePairing } from "@openclaw-launch/core/instances/decide-pairing";
import { exportConfig } from "@openclaw-launch/core/instances/export-config";
import { revokeDevice } from "@openclaw-launch/core/instances/revoke-device";
import { GatewayRefused } from "@openclaw-launch/core/ports";
import { deployTestInstance, draftOf } from "@openclaw-launch/core/testing/deploy-test-instance";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { createTestHost, startTestWorker } from "@openclaw-launch/core/testing/test-worker";
import { afterAll, expect, test } from "vitest";
import { serveInternalApi } from "./internal-server.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const worker = startTestWorker(sys, host);
const server = await serveInternalApi({ ...worker, config: { ...worker.config, INTERNAL_PORT: 0 } });
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const internalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await registerHost({ ...worker, config: { ...worker.config, INTERNAL_URL: internalUrl } });

const { hostId } = host.secrets;
const workers = connectWorkers(sys);
const strangers = connectWorkers({ db: sys.db, config: { INTERNAL_SECRET: "x".repeat(43) } });

const { owner, id } = await draftOf(sys);
await deployTestInstance(
  sys,
  { ...worker, config: { ...worker.config, INTERNAL_URL: internalUrl } },
  owner,
  id,
);
await convergeInstance(worker, id, new AbortController().signal);

test("B2: lines of the log arrive as they are printed, until nobody reads any more", async () => {
  const stop = new AbortController();
  const lines = workers.logs(hostId, id, { tail: 10, signal: stop.signal })[Symbol.asyncIterator]();
  const first = lines.next();
  host.engine.print(id, "gateway ready");
  expect((await first).value).toMatchObject({ stream: "stdout", text: "gateway ready" });
  const second = lines.next();
  host.engine.print(id, "trouble", "stderr");
  expect((await second).value).toMatchObject({ stream: "stderr", text: "trouble" });
  const last = lines.next();
  stop.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});

test("B2: a message is answered on the stream, and stands in the history", async () => {
  const stop = new AbortController();
  const events = workers.chatEvents(hostId, id, stop.signal)[Symbol.asyncIterator]();
  let heard = false;
  const next = events.next().finally(() => {
    heard = true;
  });
  await expect
    .poll(async () => {
      // What is answered before the stream is open comes on none.
      await workers.chatSend(hostId, id, sys.random.uuid(), "Hello?");
      return heard;
    })
    .toBe(true);
  expect((await next).value).toMatchObject({ kind: "final" });
  expect(await workers.chatHistory(hostId, id)).toContainEqual(
    expect.objectContaining({ role: "user", text: "Hello?" }),
  );
  stop.abort();
});

test("B2: who follows a log learns that its worker broke off, and goes on after the last line", async () => {
  const stop = new AbortController();
  const texts: string[] = [];
  const follow = async (since?: Date) => {
    const options = { tail: 2000, ...(since && { since }), signal: stop.signal };
    for await (const { text } of workers.logs(hostId, id, options)) texts.push(text);
  };
  const printed = (text: string) => {
    sys.clock.advance(1);
    host.engine.print(id, text);
    return sys.clock.now();
  };
  const before = printed("before");
  const broken = expect(follow(before)).rejects.toMatchObject({ code: "worker.unreachable" });
  await expect.poll(() => texts).toEqual(["before"]);
  server.closeAllConnections();
  await broken;
  printed("after");
  const again = follow(new Date(before.getTime() + 1));
  await expect.poll(() => texts).toEqual(["before", "after"]);
  stop.abort();
  await again;
});

test("B2: who follows a conversation is told that the assistant can't be reached", async () => {
  const { open } = worker.chats;
  worker.chats.open = () => Promise.reject(new GatewayRefused("unreachable", "away"));
  const { signal } = new AbortController();
  const next = workers.chatEvents(hostId, id, signal)[Symbol.asyncIterator]().next();
  await expect(next).rejects.toMatchObject({ code: "chat.unavailable" });
  worker.chats.open = open;
});

test("A5: the owner sees who asks as it happens, and every word about it is obeyed and recorded", async () => {
  const web = { ...sys, workers };
  const [askedAt, expiresAt] = [sys.clock.now(), new Date(sys.clock.now().getTime() + 300_000)];
  const device = (requestId: string) =>
    ({ kind: "device", requestId, name: `Browser ${requestId}`, address: null, askedAt, expiresAt }) as const;
  const stop = new AbortController();
  const changes = workers.pairingChanges(hostId, id, stop.signal)[Symbol.asyncIterator]();
  expect((await changes.next()).value).toEqual({ requests: [], devices: [] });

  const next = changes.next();
  host.gateway.requests.push(device("r1"), device("r2"));
  host.gateway.tellOfPairing();
  expect((await next).value).toEqual({ requests: [device("r1"), device("r2")], devices: [] });
  stop.abort();

  await decidePairing(web, owner, "approve", { instanceId: id, requestId: "r1" });
  await decidePairing(web, owner, "reject", { instanceId: id, requestId: "r2" });
  expect(await workers.pairing(hostId, id)).toMatchObject({
    requests: [],
    devices: [{ name: "Browser r1" }],
  });
  await revokeDevice(web, owner, { instanceId: id, deviceId: "r1" });
  expect(await workers.pairing(hostId, id)).toEqual({ requests: [], devices: [] });

  for (const late of [
    () => decidePairing(web, owner, "approve", { instanceId: id, requestId: "r1" }),
    () => revokeDevice(web, owner, { instanceId: id, deviceId: "r1" }),
  ])
    await expect(late()).rejects.toMatchObject({ code: "pairing.missing" });
  const events = await sys.db.auditEvent.findMany({
    where: {
      targetId: id,
      action: {
        in: ["pairing-approved", "pairing-rejected", "device-revoked"].map((name) => `instance.${name}`),
      },
    },
    orderBy: { id: "asc" },
    select: { action: true, details: true },
  });
  expect(events).toEqual([
    { action: "instance.pairing-approved", details: { kind: "device", name: "Browser r1" } },
    { action: "instance.pairing-rejected", details: { kind: "device", name: "Browser r2" } },
    { action: "instance.device-revoked", details: { name: "Browser r1" } },
  ]);
});

test("A5: nobody decides about another's assistant", async () => {
  const web = { ...sys, workers };
  const { owner: stranger } = await draftOf(sys);
  for (const word of [
    () => decidePairing(web, stranger, "approve", { instanceId: id, requestId: "r1" }),
    () => revokeDevice(web, stranger, { instanceId: id, deviceId: "r1" }),
  ])
    await expect(word()).rejects.toMatchObject({ code: "instance.missing" });
});

test("D3: the configuration that an instance runs with is exported without any of its secrets", async () => {
  const content = await exportConfig({ ...sys, workers }, owner, { instanceId: id });
  const runs = JSON.parse(host.engine.file(id, "openclaw.json")?.content ?? "{}");
  const secrets = [
    runs.gateway.auth.token,
    runs.models.providers.openrouter.apiKey,
    runs.channels.telegram.botToken,
  ];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(content).not.toContain(secret);
  }
  const redacted = "[redacted]";
  runs.gateway.auth.token = redacted;
  runs.models.providers.openrouter.apiKey = redacted;
  runs.channels.telegram.botToken = redacted;
  expect(JSON.parse(content)).toEqual(runs);
  expect(await sys.db.auditEvent.count({ where: { action: "instance.config-exported", targetId: id } })).toBe(
    1,
  );

  const { owner: stranger } = await draftOf(sys);
  await expect(exportConfig({ ...sys, workers }, stranger, { instanceId: id })).rejects.toMatchObject({
    code: "instance.missing",
  });
});

test("I2: what takes up the disk of an instance is told", async () => {
  host.engine.folders = [{ path: "workspace/film.mp4", bytes: 2 ** 30 }];
  expect(await workers.diskUsage(hostId, id)).toEqual(host.engine.folders);
});

test("A4: nobody without the internal secret gets anything", async () => {
  await expect(strangers.chatHistory(hostId, id)).rejects.toMatchObject({ code: "auth.required" });
  await expect(strangers.chatSend(hostId, id, sys.random.uuid(), "Hello?")).rejects.toMatchObject({
    code: "auth.required",
  });
  const lines = strangers
    .logs(hostId, id, { tail: 10, signal: AbortSignal.timeout(5000) })
    [Symbol.asyncIterator]();
  await expect(lines.next()).rejects.toMatchObject({ code: "auth.required" });
});

test("an instance that doesn't run can't be talked to, and a worker that is gone is said to be so", async () => {
  const { id: draft } = await draftOf(sys);
  await expect(workers.chatHistory(hostId, draft)).rejects.toMatchObject({ code: "instance.missing" });
  await expect(workers.chatHistory(sys.random.uuid(), id)).rejects.toMatchObject({
    code: "worker.unreachable",
  });
});
