// What of an error reaches the caller, over HTTP and as a stream.
import { tracked } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { expect, test } from "vitest";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createAppContext } from "./context.ts";
import { streamOf, trackedStreamOf } from "./stream-of.ts";
import { accountProcedure, appRouterOf, publicProcedure } from "./trpc.ts";

const sys = await createTestSystem();
const nothing = z.strictObject({});

const router = appRouterOf({
  refused: publicProcedure
    .input(nothing)
    .output(nothing)
    .query(() => {
      throw new DomainError("instance.limit-reached", { limit: 10 });
    }),
  broken: publicProcedure
    .input(nothing)
    .output(nothing)
    .mutation(() => {
      throw new Error("connection to postgres://user:hunter2@db failed");
    }),
  wrongAnswer: publicProcedure
    .input(nothing)
    .output(nothing)
    .query(() => JSON.parse('{"passwordHash":"hunter2"}')),
  brokenStream: publicProcedure
    .input(nothing)
    .output(streamOf(z.number()))
    .subscription(async function* () {
      yield 1;
      throw new Error("hunter2");
    }),
  wrongStream: publicProcedure
    .input(nothing)
    .output(streamOf(nothing))
    .subscription(async function* () {
      yield JSON.parse('{"passwordHash":"hunter2"}');
    }),
  wrongTrackedStream: publicProcedure
    .input(nothing)
    .output(trackedStreamOf(nothing))
    .subscription(async function* () {
      yield tracked("1", JSON.parse('{"passwordHash":"hunter2"}'));
    }),
  refusedStream: publicProcedure
    .input(nothing)
    .output(streamOf(z.number()))
    .subscription(async function* () {
      yield 1;
      throw new DomainError("chat.unavailable");
    }),
  own: accountProcedure
    .input(nothing)
    .output(nothing)
    .query(() => ({})),
});

async function ask(
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; accept?: string } = {},
) {
  const isQuery = options.body === undefined;
  const input = encodeURIComponent(JSON.stringify({ json: {} }));
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    router,
    req: new Request(`http://localhost:3000/api/trpc/${path}${isQuery ? `?input=${input}` : ""}`, {
      method: isQuery ? "GET" : "POST",
      headers: { "content-type": "application/json", ...options.headers },
      ...(!isQuery && { body: JSON.stringify({ json: options.body }) }),
    }),
    createContext: ({ req }) =>
      createAppContext(sys, { method: req.method, headers: req.headers, remoteAddress: "192.0.2.7" }),
  });
  return { status: response.status, text: await response.text() };
}

const dataOf = (text: string): unknown => JSON.parse(text).error.json.data;

test("an outcome of the catalogue arrives with its code, its details and its status", async () => {
  const { status, text } = await ask("refused");
  expect(status).toBe(409);
  expect(dataOf(text)).toMatchObject({
    code: "instance.limit-reached",
    details: { limit: 10 },
    reference: null,
  });
});

test.each(["broken", "wrongAnswer"])(
  "an unexpected error leaves as a reference to the log, and nothing else: %s",
  async (path) => {
    const { status, text } = await ask(path, path === "broken" ? { body: {} } : {});
    expect(status).toBe(500);
    expect(dataOf(text)).toEqual({
      code: "internal",
      details: {},
      fields: {},
      httpStatus: 500,
      path,
      reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(text).not.toMatch(/hunter2|stack|\.ts/);
    const { reference } = dataOf(text) as { reference: string };
    expect(sys.logged.filter((line) => line.includes(reference))).toHaveLength(1);
  },
);

test("a stream that breaks tells as little", async () => {
  const { text } = await ask("brokenStream");
  expect(text).toContain("data: ");
  expect(text).toContain('"code":"internal"');
  expect(text).not.toMatch(/hunter2|stack|\.ts/);
  const [, reference = "?"] = /"reference":"([0-9a-f-]{36})"/.exec(text) ?? [];
  expect(sys.logged.some((line) => line.includes(reference) && line.includes("hunter2"))).toBe(true);
});

test.each(["wrongStream", "wrongTrackedStream"])(
  "V1: what the schema of a stream doesn't know never leaves: %s",
  async (path) => {
    const { text } = await ask(path);
    expect(text).toContain('"code":"internal"');
    expect(text).not.toContain("hunter2");
  },
);

test("a stream that is refused says why", async () => {
  expect((await ask("refusedStream")).text).toContain('"code":"chat.unavailable"');
});

test("V1: an unknown field is named", async () => {
  const { status, text } = await ask("broken", { body: { surprise: 1 } });
  expect(status).toBe(400);
  expect(dataOf(text)).toMatchObject({ code: "input.invalid", fields: { surprise: [expect.any(String)] } });
});

test("who is not signed in is told so", async () => {
  const { status, text } = await ask("own");
  expect(status).toBe(401);
  expect(dataOf(text)).toMatchObject({ code: "auth.required" });
});

test.each([
  ["a page of another site", { origin: "https://evil.example" }],
  ["a page without an origin", { origin: "null" }],
  ["a page of another port", { origin: "http://localhost:3001" }],
  ["another site that hides its origin", { "sec-fetch-site": "cross-site" }],
])("a change that %s asks for is refused", async (_, headers) => {
  const { status, text } = await ask("broken", { body: {}, headers });
  expect(status).toBe(403);
  expect(dataOf(text)).toMatchObject({ code: "request.foreign-origin" });
});

test.each([
  ["our own page", { origin: "http://localhost:3000" }],
  ["a program", {}],
])("a change that %s asks for reaches its procedure", async (_, headers) => {
  expect((await ask("broken", { body: {}, headers })).status).toBe(500);
});
