import { expect, test } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { FakeEngine } from "../testing/fake-engine.ts";
import { engineContract } from "./engine-contract.ts";

engineContract("in memory", async () => {
  const engine = new FakeEngine(systemClock);
  engine.images.set("fake", "2026.9.6");
  return {
    engine,
    image: "fake",
    exit: async (instanceId, exitCode) => engine.exit(instanceId, exitCode),
    exhaustMemory: async (instanceId) => engine.exhaustMemory(instanceId),
    print: async (instanceId, text) => engine.print(instanceId, text),
    readFile: async (instanceId, path) => {
      const file = engine.file(instanceId, path);
      return file ? { content: file.content, mode: file.mode } : null;
    },
    close: async () => undefined,
  };
});

test("the engine in memory fails where a test says so: before the work, or after it", async () => {
  const engine = new FakeEngine(systemClock);
  const instanceId = "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11";
  engine.failAt("network");
  await expect(engine.network(instanceId)).rejects.toThrow("network failed");
  expect(await engine.list()).toEqual([]);
  engine.crashAfter("network");
  await expect(engine.network(instanceId)).rejects.toThrow("crashed after network");
  expect(await engine.list()).toHaveLength(1);
  expect(engine.calls).toEqual([`network ${instanceId}`, "list", `network ${instanceId}`, "list"]);
});
