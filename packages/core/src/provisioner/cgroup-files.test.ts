import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findGroup } from "./cgroup-files.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kernel-"));
});
afterEach(() => rm(root, { recursive: true }));

async function lay(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${content}\n`);
  }
}
const find = () => findGroup({ proc: join(root, "proc"), cgroup: join(root, "cgroup") }, 42);

const half = {
  cpuMicroseconds: 1_500_000,
  memoryBytes: 3_000_000,
  milliCpus: 500,
  memoryLimit: 268_435_456,
};

describe("R2: what the kernel counts of a container", () => {
  test("is read from one folder where control groups are of version 2", async () => {
    await lay({
      "proc/42/cgroup": "0::/system.slice/docker-1f.scope",
      "cgroup/system.slice/docker-1f.scope/cpu.stat": "usage_usec 1500000\nuser_usec 1000000",
      "cgroup/system.slice/docker-1f.scope/cpu.max": "50000 100000",
      "cgroup/system.slice/docker-1f.scope/memory.current": "4000000",
      "cgroup/system.slice/docker-1f.scope/memory.max": "268435456",
      "cgroup/system.slice/docker-1f.scope/memory.stat": "anon 2000000\nactive_file 5\ninactive_file 1000000",
    });
    expect(find()()).toEqual(half);
  });

  test("is read from a folder for each controller where they are of version 1, whatever the path holds", async () => {
    await lay({
      "proc/42/cgroup": "5:cpu,cpuacct:/docker/a:b\n4:memory:/docker/1f\n0::/",
      "cgroup/cpuacct/docker/a:b/cpuacct.usage": "1500000000",
      "cgroup/cpu/docker/a:b/cpu.cfs_quota_us": "50000",
      "cgroup/cpu/docker/a:b/cpu.cfs_period_us": "100000",
      "cgroup/memory/docker/1f/memory.usage_in_bytes": "4000000",
      "cgroup/memory/docker/1f/memory.limit_in_bytes": "268435456",
      "cgroup/memory/docker/1f/memory.stat": "inactive_file 7\ntotal_inactive_file 1000000",
    });
    expect(find()()).toEqual(half);
  });

  test("is unknown once the container is gone", async () => {
    await lay({ "proc/42/cgroup": "0::/docker/1f" });
    expect(find()).toThrow("ENOENT");
  });
});
