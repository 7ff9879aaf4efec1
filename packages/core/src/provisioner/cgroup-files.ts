import { readFile } from "node:fs/promises";
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
export type GroupReader = () => Promise<GroupUse>;

/** The control group that a process is in, whichever of the two layouts its host has. */
export async function findGroup({ proc, cgroup }: KernelFolders, pid: number): Promise<GroupReader> {
  const groups = pathsByController(await readFile(join(proc, String(pid), "cgroup"), "utf8"));
  const folder = (controller: string) => join(cgroup, controller, groups.get(controller) ?? "");
  if (groups.has("memory"))
    return () => readFirst({ time: folder("cpuacct"), quota: folder("cpu"), memory: folder("memory") });
  const unified = join(cgroup, groups.get("") ?? "");
  return () => readSecond(unified);
}

/** Lines such as `4:cpu,cpuacct:/docker/1f…`; the unified layout has the single line `0::/…`. */
function pathsByController(text: string): Map<string, string> {
  const lines = text.trim().split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = "", ...path] = line.split(":");
      return controllers.split(",").map((name): [string, string] => [name, path.join(":")]);
    }),
  );
}

type FirstFolders = { time: string; quota: string; memory: string };

/** Version 1: a folder for each controller. */
async function readFirst({ time, quota, memory }: FirstFolders): Promise<GroupUse> {
  const [used, share, period, taken, limit, details] = await Promise.all([
    read(time, "cpuacct.usage"),
    read(quota, "cpu.cfs_quota_us"),
    read(quota, "cpu.cfs_period_us"),
    read(memory, "memory.usage_in_bytes"),
    read(memory, "memory.limit_in_bytes"),
    read(memory, "memory.stat"),
  ]);
  return {
    cpuMicroseconds: Number(used) / 1000,
    memoryBytes: Number(taken) - field(details, "total_inactive_file"),
    milliCpus: (Number(share) / Number(period)) * 1000,
    memoryLimit: Number(limit),
  };
}

/** Version 2: one folder. */
async function readSecond(folder: string): Promise<GroupUse> {
  const [used, share, taken, limit, details] = await Promise.all([
    read(folder, "cpu.stat"),
    read(folder, "cpu.max"),
    read(folder, "memory.current"),
    read(folder, "memory.max"),
    read(folder, "memory.stat"),
  ]);
  const [quota, period] = share.split(" ");
  return {
    cpuMicroseconds: field(used, "usage_usec"),
    memoryBytes: Number(taken) - field(details, "inactive_file"),
    milliCpus: (Number(quota) / Number(period)) * 1000,
    memoryLimit: Number(limit),
  };
}

const read = async (folder: string, name: string) => (await readFile(join(folder, name), "utf8")).trim();

/** Of lines such as `inactive_file 4096`. */
const field = (text: string, name: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1),
  );
