import { describe, expect, test } from "vitest";
import { limitsOf } from "../instances/plans.ts";
import { buildSpec } from "./spec.ts";

const instanceId = "7b0a1c52-6f0e-4a0b-9d53-0f6d2b1c9e11";
const size = { INSTANCE_MEMORY_MB: 2048, INSTANCE_MILLI_CPUS: 1500 };
const limits = limitsOf("lite", size);
const build = (path = "openclaw.json", generation = 1) =>
  buildSpec({
    instanceId,
    generation,
    image: "openclaw:1",
    limits,
    files: [{ path, mode: 0o600, content: "secret" }],
  });

describe("buildSpec", () => {
  test("I2: memory, CPU and processes are bounded by the plan", () => {
    expect(build()).toMatchObject({ memoryBytes: 2 * 1024 ** 3, milliCpus: 1500, pids: 256 });
    expect(limitsOf("pro", size)).toEqual({ memoryBytes: 4 * 1024 ** 3, milliCpus: 3000, pids: 512 });
  });

  test("the host name is the same for every generation", () => {
    expect(build("a", 1).hostname).toBe(build("a", 2).hostname);
  });

  test("the heap leaves room for everything else in the memory of the container", () => {
    expect(build().environment.NODE_OPTIONS).toContain("--max-old-space-size=768 ");
  });

  test("E4: no file content reaches the environment", () => {
    expect(JSON.stringify(build().environment)).not.toContain("secret");
  });

  test.each(["../openclaw.json", "/etc/passwd", "workspace/../../x", "a//b", "./a", ""])(
    "I1: a file at %j is refused",
    (path) => {
      expect(() => build(path)).toThrow("is not a path inside the state folder");
    },
  );
});
