import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type OpenRouter, startOpenRouter } from "@openclaw-launch/sim/openrouter/server";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../ports.ts";
import { FakeModelProvider } from "../testing/fake-model-provider.ts";
import { systemClock } from "./clock.ts";
import { modelProviderContract } from "./model-provider-contract.ts";
import { createOpenRouter } from "./openrouter.ts";

const managementKey = "sk-or-v1-management-0123456789abcdef0123456789";
const open = (standIn: OpenRouter) =>
  createOpenRouter({ OPENROUTER_BASE_URL: standIn.baseUrl, OPENROUTER_MANAGEMENT_KEY: managementKey });

modelProviderContract("in memory", async () => ({
  provider: new FakeModelProvider(),
  close: async () => undefined,
}));

modelProviderContract("OpenRouter's API", async () => {
  const standIn = await startOpenRouter({ managementKey });
  return { provider: open(standIn), close: () => standIn.close() };
});

describe("when OpenRouter is in trouble", () => {
  const started: OpenRouter[] = [];
  afterEach(() => Promise.all(started.splice(0).map((standIn) => standIn.close())));

  /** Waits are noted instead of waited. */
  async function start(timeoutMs = 10_000) {
    const standIn = await startOpenRouter({ managementKey });
    started.push(standIn);
    const waits: number[] = [];
    const clock: Clock = {
      now: systemClock.now,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    };
    const provider = createOpenRouter(
      { OPENROUTER_BASE_URL: standIn.baseUrl, OPENROUTER_MANAGEMENT_KEY: managementKey },
      { clock, timeoutMs },
    );
    return { standIn, provider, waits };
  }

  const wanted = { name: "openclaw-launch/one", limit: 1, reset: "monthly" } as const;

  test("too many requests are repeated after the time that it asks for, creation too", async () => {
    const { standIn, provider, waits } = await start();
    standIn.fail({ kind: "429", times: 2, seconds: 7 });
    expect(await provider.createKey(wanted)).toMatchObject({ name: wanted.name });
    expect(waits).toEqual([7_000, 7_000]);
    expect(await provider.findKeys(wanted.name)).toHaveLength(1);
  });

  test("a rest that is too long is reported at once", async () => {
    const { standIn, provider, waits } = await start();
    standIn.fail({ kind: "429", seconds: 3_600 });
    await expect(provider.findKeys("one")).rejects.toMatchObject({ reason: "busy" });
    expect(waits).toEqual([]);
  });

  test("reading is repeated a few times after an error, then given up", async () => {
    const { standIn, provider, waits } = await start();
    standIn.fail({ kind: "500", times: 2 });
    expect(await provider.findKeys("one")).toEqual([]);
    standIn.fail({ kind: "500" });
    await expect(provider.findKeys("one")).rejects.toMatchObject({ reason: "unreachable" });
    expect(waits).toEqual([500, 1_000, 500, 1_000]);
  });

  test("creation whose answer is lost is not repeated, and the key is found by its name", async () => {
    const { standIn, provider } = await start();
    standIn.fail({ kind: "lost", method: "POST", times: 1 });
    await expect(provider.createKey(wanted)).rejects.toMatchObject({ reason: "unreachable" });
    expect(await provider.findKeys(wanted.name)).toHaveLength(1);
  });

  test("a deletion whose answer is lost still succeeds", async () => {
    const { standIn, provider } = await start();
    const { hash } = await provider.createKey(wanted);
    standIn.fail({ kind: "lost", method: "DELETE", times: 1 });
    await provider.deleteKey(hash);
    expect(await provider.findKeys(wanted.name)).toEqual([]);
  });

  test("a silent provider is given up after the time limit", async () => {
    const { standIn, provider } = await start(200);
    standIn.fail({ kind: "hang" });
    await expect(provider.createKey(wanted)).rejects.toMatchObject({ reason: "unreachable" });
  });

  test("a provider that isn't there is unreachable", async () => {
    const { standIn, provider } = await start();
    await standIn.close();
    started.pop();
    await expect(provider.findKeys("one")).rejects.toMatchObject({ reason: "unreachable" });
  });
});

describe("the management key", () => {
  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  }
  const providerAt = (url: string, key = managementKey) =>
    createOpenRouter({ OPENROUTER_BASE_URL: url, OPENROUTER_MANAGEMENT_KEY: key });

  test("a wrong one is reported as wrong credentials, without showing it", async () => {
    const standIn = await startOpenRouter({ managementKey: `${managementKey}-other` });
    onTestFinished(() => standIn.close());
    const refusal = await open(standIn)
      .findKeys("one")
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ reason: "credentials", message: expect.stringContaining("401") });
    expect(String(refusal)).not.toContain(managementKey);
  });

  test("E3: no error shows it, even when the provider repeats it or it can't be sent", async () => {
    const echo = await listen((request, response) => {
      response.writeHead(400, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ error: { code: 400, message: `bad ${request.headers.authorization}` } }));
    });
    const errors = await Promise.all([
      providerAt(echo)
        .findKeys("one")
        .catch((error: unknown) => error),
      providerAt(echo, "secret\nkey")
        .createKey({ name: "one", limit: 1, reset: null })
        .catch((error: unknown) => error),
    ]);
    expect(errors[0]).toMatchObject({
      reason: "protocol",
      message: "GET /keys?include_disabled=true&offset=0: 400, bad Bearer [key]",
    });
    expect(errors[1]).toMatchObject({ name: "ProviderRefused" });
    for (const error of errors) {
      expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toMatch(
        /secret|management-/,
      );
    }
  });

  test("it isn't sent to another address that the provider points to", async () => {
    const seen: (string | undefined)[] = [];
    const other = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end("{}");
    });
    const first = await listen((_, response) => response.writeHead(307, { Location: other }).end());
    await expect(providerAt(first).createKey({ name: "one", limit: 1, reset: null })).rejects.toMatchObject({
      reason: "unreachable",
    });
    expect(seen).toEqual([]);
  });

  test("fields that OpenRouter adds or leaves out don't lose a new key", async () => {
    const url = await listen((_, response) => {
      response.writeHead(201, { "Content-Type": "application/json" });
      const data = {
        hash: "h",
        name: "one",
        created_at: "2026-01-01T00:00:00Z",
        something_new: { deep: true },
      };
      response.end(JSON.stringify({ data, key: "sk-or-v1-x", more: 1 }));
    });
    expect(await providerAt(url).createKey({ name: "one", limit: 1, reset: null })).toMatchObject({
      hash: "h",
      secret: "sk-or-v1-x",
      limit: null,
    });
  });
});
