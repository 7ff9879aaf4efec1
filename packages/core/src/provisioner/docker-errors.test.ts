import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { systemRandom } from "../adapters/random.ts";
import { TransientFailure } from "../ports.ts";
import { createDockerEngine } from "./docker.ts";
import { answered, requestTimeoutMs } from "./docker-errors.ts";

const id = "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11";
const newSocket = () => join(tmpdir(), `engine-${systemRandom.uuid()}.sock`);
const engineAt = (socketPath: string) =>
  createDockerEngine({ socketPath, prefix: "tt", subnets: "10.214.0.0/20", clock: systemClock });

afterEach(() => vi.restoreAllMocks());

/** An engine that answers every request so, or breaks the connection where it is null. */
async function engineThatAnswers(status: number | null) {
  const server = createServer((_, response) => {
    if (status === null) return response.destroy();
    response.writeHead(status, { "content-type": "application/json" });
    return response.end(JSON.stringify({ message: "no space left on device" }));
  });
  const socketPath = newSocket();
  server.listen(socketPath);
  await once(server, "listening");
  return { engine: engineAt(socketPath), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test("R2: an engine that isn't there, or breaks off, is no failure of what it was asked", async () => {
  await expect(engineAt(newSocket()).start(id)).rejects.toThrow(TransientFailure);
  await using broken = await engineThatAnswers(null);
  await expect(broken.engine.stop(id, 0)).rejects.toThrow(TransientFailure);
  const state = broken.engine.readState(id)[Symbol.asyncIterator]();
  await expect(state.next()).rejects.toThrow(TransientFailure);
});

test("R2: an engine that refuses is one", async () => {
  await using refusing = await engineThatAnswers(500);
  const refusal = await refusing.engine.start(id).catch((error: unknown) => error);
  expect(refusal).not.toBeInstanceOf(TransientFailure);
  expect(String(refusal)).toContain("no space left on device");
});

test("R2: a request that took too long and was broken off by us is one", async () => {
  const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  const ask = answered(() => Promise.reject(reset));
  await expect(ask()).rejects.toThrow(TransientFailure);
  vi.spyOn(performance, "now").mockReturnValueOnce(0).mockReturnValue(requestTimeoutMs);
  await expect(ask()).rejects.toBe(reset);
});
