import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { appRouter } from "@openclaw-launch/core/api/app";
import { createAppContext } from "@openclaw-launch/core/api/context";
import { registeredOwner } from "@openclaw-launch/core/testing/browser";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import express from "express";
import { afterAll, expect, test } from "vitest";
import { trpcHandler } from "./trpc-handler.ts";

const sys = await createTestSystem();
let contexts = 0;
let isDatabaseAway = false;
const api = trpcHandler(sys, appRouter, async (incoming) => {
  contexts += 1;
  if (isDatabaseAway) throw new Error("connection to postgres://user:hunter2@db failed");
  return createAppContext(sys, incoming);
});
const server = createServer(express().use("/api/trpc", api)).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Answer = { status: number | undefined; body: string };

const askWithoutBody = () =>
  fetch(`http://127.0.0.1:${port}/api/trpc/auth.me?input=${encodeURIComponent('{"json":{}}')}`);

/** A request whose body comes in two parts; the second when it is told to. */
async function begin(session: string, path: string, body: string) {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path: `/api/trpc/${path}`,
    method: "POST",
    headers: {
      cookie: `__Host-session=${session}`,
      origin: sys.config.WEB_URL,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  const arrived = once(server, "request");
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  outgoing.write(body.slice(0, 10));
  await arrived;
  // Whoever came later was looked at, so this one would have been too.
  await askWithoutBody();
  return async (): Promise<Answer> => {
    outgoing.end(body.slice(10));
    const [response] = await answered;
    return { status: response.statusCode, body: await text(response) };
  };
}

const newToken = () =>
  JSON.stringify({ json: { id: sys.random.uuid(), name: "late", scope: "manage", days: 365 } });

test("A7: a body that comes after the revocation does nothing", async () => {
  const { account, browser } = await registeredOwner(sys);
  const finish = await begin(browser.session ?? "", "apiTokens.create", newToken());
  await sys.db.session.deleteMany({ where: { userId: account.userId } });
  const { status, body } = await finish();
  expect(status).toBe(401);
  expect(body).toContain("auth.required");
  expect(await sys.db.apiToken.count({ where: { userId: account.userId } })).toBe(0);
});

test("A10: a body that comes after the proof ran out needs another proof", async () => {
  const { account, browser } = await registeredOwner(sys);
  const finish = await begin(browser.session ?? "", "apiTokens.create", newToken());
  // Whoever came later got all the way, so this one would have got past the proof.
  const id = sys.random.uuid();
  await browser.call((api) => api.apiTokens.create({ id, name: "in time", scope: "read", days: 1 }));
  sys.clock.advance(11 * 60_000);
  expect((await finish()).body).toContain("auth.step-up-required");
  expect(await sys.db.apiToken.findMany({ where: { userId: account.userId } })).toMatchObject([{ id }]);
});

test("nobody is looked at before the body is whole, and then it is answered", async () => {
  const { browser } = await registeredOwner(sys);
  const before = contexts;
  const finish = await begin(browser.session ?? "", "apiTokens.create", newToken());
  expect(contexts).toBe(before + 1); // of who asked without a body
  expect((await finish()).status).toBe(200);
  expect(contexts).toBe(before + 2);
});

test("a body that is too large is refused in the API's words", async () => {
  const response = await fetch(`http://127.0.0.1:${port}/api/trpc/auth.login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ json: { filler: "x".repeat(600_000) } }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { json: { data: { httpStatus: 413 } } } });
});

function askTogether(calls: number): Promise<Response> {
  const paths = Array.from({ length: calls }, () => "auth.me").join(",");
  const inputs = Object.fromEntries(Array.from({ length: calls }, (_, call) => [call, { json: {} }]));
  const input = encodeURIComponent(JSON.stringify(inputs));
  return fetch(`http://127.0.0.1:${port}/api/trpc/${paths}?batch=1&input=${input}`);
}

test("V1: more calls in one request than the client puts there are refused in the API's words", async () => {
  expect((await askTogether(20)).status).toBe(401);
  const before = contexts;
  const response = await askTogether(21);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { json: { message: "input.invalid", data: { code: "input.invalid", httpStatus: 400 } } },
  });
  expect(contexts).toBe(before);
});

test("when nobody can be looked at, the answer is a reference to the log, and nothing else", async () => {
  isDatabaseAway = true;
  const response = await askWithoutBody();
  isDatabaseAway = false;
  expect(response.status).toBe(500);
  const { error } = (await response.json()) as { error: { json: { data: { reference: string } } } };
  expect(error.json).toMatchObject({ message: "internal", data: { code: "internal" } });
  expect(JSON.stringify(error)).not.toMatch(/hunter2|stack/);
  const { reference } = error.json.data;
  expect(reference).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
  expect(sys.logged.filter((line) => line.includes(reference) && line.includes("hunter2"))).toHaveLength(1);
});

test("a question without a body is answered", async () => {
  expect((await askWithoutBody()).status).toBe(401);
});
