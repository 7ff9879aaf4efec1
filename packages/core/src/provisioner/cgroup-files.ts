import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the kernel counts of the processes of one control group, and what it lets them take. */
export type GroupUse = {
  /** Processor time since the group was made. */
  cpuMicroseconds: number;
  /** Without files that it could forget at any moment. */
  memoryBytes: number;
  /** Thousandths of a CPU. */
  milliCpus: number;
  memoryLimit: number;
};

/** Where the kernel shows them; tests have places of their own. */
export type KernelFolders = { proc: string; cgroup: string };

/** Reads the group again and again. Throws when it is gone. */
export type GroupReader = () => GroupUse;

/** The control group that a process is in, whichever of the two layouts its host has. */
export function findGroup({ proc, cgroup }: KernelFolders, pid: number): GroupReader {
  const groups = pathsByController(readCounter(join(proc, String(pid)), "cgroup"));
  const folder = (controller: string) => join(cgroup, controller, groups.get(controller) ?? "");
  if (groups.has("memory"))
    return () => readFirst({ time: folder("cpuacct"), quota: folder("cpu"), memory: folder("memory") });
  const unified = join(cgroup, groups.get("") ?? "");
  return () => readSecond(unified);
}

/** Lines such as `4:cpu,cpuacct:/docker/1f…`; the unified layout has the single line `0::/…`. */
function pathsByController(text: string): Map<string, string> {
  const lines = text.split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = "", ...path] = line.split(":");
      return controllers.split(",").map((name): [string, string] => [name, path.join(":")]);
    }),
  );
}

type FirstFolders = { time: string; quota: string; memory: string };

/** Version 1: a folder for each controller. */
function readFirst({ time, quota, memory }: FirstFolders): GroupUse {
  const [share, period] = [readCounter(quota, "cpu.cfs_quota_us"), readCounter(quota, "cpu.cfs_period_us")];
  const forgettable = field(readCounter(memory, "memory.stat"), "total_inactive_file");
  return {
    cpuMicroseconds: Number(readCounter(time, "cpuacct.usage")) / 1000,
    memoryBytes: Number(readCounter(memory, "memory.usage_in_bytes")) - forgettable,
    milliCpus: (Number(share) / Number(period)) * 1000,
    memoryLimit: Number(readCounter(memory, "memory.limit_in_bytes")),
  };
}

/** Version 2: one folder. */
function readSecond(folder: string): GroupUse {
  const [share, period] = readCounter(folder, "cpu.max").split(" ");
  const forgettable = field(readCounter(folder, "memory.stat"), "inactive_file");
  return {
    cpuMicroseconds: field(readCounter(folder, "cpu.stat"), "usage_usec"),
    memoryBytes: Number(readCounter(folder, "memory.current")) - forgettable,
    milliCpus: (Number(share) / Number(period)) * 1000,
    memoryLimit: Number(readCounter(folder, "memory.max")),
  };
}

/** At once: files of the kernel wait for no disk, and a promise for each costs eight times as much. */
export const readCounter = (folder: string, name: string) => readFileSync(join(folder, name), "utf8").trim();

/** Of lines such as `inactive_file 4096`. */
const field = (text: string, name: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  );
