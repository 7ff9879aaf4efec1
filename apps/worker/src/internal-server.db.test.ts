import type { AddressInfo } from "node:net";
import { connectWorkers } from "@openclaw-launch/core/api/internal-client";
import { registerHost } from "@openclaw-launch/core/hosts/register-host";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
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
  const next = events.next();
  const messageId = sys.random.uuid();
  await expect
    .poll(async () => {
      await workers.chatSend(hostId, id, messageId, "Hello?");
      return (await workers.chatHistory(hostId, id)).filter(
        ({ role, text }) => role === "user" && text === "Hello?",
      ).length;
    })
    .toBe(1);
  host.gateway.answer = "Second answer.";
  await workers.chatSend(hostId, id, sys.random.uuid(), "And again?");
  expect((await next).value).toMatchObject({ kind: "final" });
  stop.abort();
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
