import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunCommand } from "../adapters/run-command.ts";
import { chooseDiskQuota } from "./choose-disk-quota.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "worker-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A host on which these calls fail, counted per program and first flag: "losetup --nooverlap 2". */
function hostWhere(...failing: string[]): { run: RunCommand; calls: string[] } {
  const calls: string[] = [];
  const run: RunCommand = async (file, [flag = ""]) => {
    const nth = calls.filter((call) => call.startsWith(`${file} ${flag} `)).length + 1;
    const call = `${file} ${flag} ${nth}`;
    calls.push(call);
    return { exitCode: failing.includes(call) ? 1 : 0, stdout: "/dev/loop7\n", stderr: "" };
  };
  return { run, calls };
}

const choose = (run: RunCommand, quota: "auto" | "loop" | "measured" | "xfs") =>
  chooseDiskQuota({
    config: { DISK_QUOTA: quota, INSTANCE_DISK_MB: 100, INSTANCE_PREFIX: "oc", WORKER_DATA: folder },
    run,
    log: pino({ level: "silent" }),
  });

test("I2: a host that lets us attach devices gives every instance a disk of its own", async () => {
  const { run, calls } = hostWhere();
  expect(await choose(run, "auto")).toMatchObject({ kind: "loop" });
  expect(calls).toContain("losetup -d 1");
});

test.each([
  ["attaches nothing", "losetup --nooverlap 1"],
  ["does not find again what it attached", "losetup --nooverlap 2"],
  ["detaches nothing", "losetup -d 1"],
  ["makes no file system", "mkfs.ext4 -V 1"],
  ["can't look into one", "debugfs -V 1"],
])("I2: where the host %s, assistants are measured, unless the operator demands more", async (_, failing) => {
  expect(await choose(hostWhere(failing).run, "auto")).toBeNull();
  await expect(choose(hostWhere(failing).run, "loop")).rejects.toThrow("DISK_QUOTA is loop");
});

test("I2: what the operator chose is not tried first", async () => {
  const { run, calls } = hostWhere();
  expect(await choose(run, "measured")).toBeNull();
  expect(await choose(run, "xfs")).toEqual({ kind: "xfs", megabytes: 100 });
  expect(calls).toEqual([]);
});
