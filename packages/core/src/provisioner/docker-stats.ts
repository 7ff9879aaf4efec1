import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import type { InstanceStats } from "../ports.ts";
import { findGroup, type GroupReader } from "./cgroup-files.ts";
import { unless } from "./docker-errors.ts";
import { instanceLabel, interfaceName, ownObjects } from "./docker-names.ts";

const kernel = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

/**
 * Counters of running containers, from the files of the kernel: asking the engine takes a second for each. What goes over an instance's
 * network goes over its bridge on the host, whose name we gave.
 */
export function createStatsReader({ docker, prefix }: { docker: Docker; prefix: string }) {
  /** By container: its group has the same path whenever it starts again. */
  const groups = new Map<string, GroupReader>();

  async function readAll(): Promise<InstanceStats[]> {
    const running = await docker.listContainers({
      filters: { ...ownObjects(prefix), status: ["running"] },
    });
    const ids = new Set(running.map(({ Id }) => Id));
    for (const id of groups.keys()) if (!ids.has(id)) groups.delete(id);
    const found = await Promise.all(running.map(readOne));
    return found.filter((stats) => stats !== null);
  }

  /** Null for one that ends while it is looked at, and on a host that shows us nothing of it. */
  async function readOne({ Id, Labels }: Docker.ContainerInfo): Promise<InstanceStats | null> {
    const instanceId = Labels[instanceLabel];
    if (!instanceId) return null;
    try {
      const group = groups.get(Id) ?? (await groupOf(Id));
      groups.set(Id, group);
      const [use, traffic] = await Promise.all([group(), readTraffic(interfaceName(prefix, instanceId))]);
      return { instanceId, ...use, ...traffic };
    } catch {
      groups.delete(Id);
      return null;
    }
  }

  async function groupOf(containerId: string): Promise<GroupReader> {
    const found = await unless([404], docker.getContainer(containerId).inspect());
    if (!found?.State.Pid) throw new Error("The container has ended.");
    return findGroup(kernel, found.State.Pid);
  }

  return readAll;
}

/** What the bridge receives, its only container has sent. */
async function readTraffic(name: string): Promise<{ receivedBytes: number; sentBytes: number }> {
  const [receivedBytes = 0, sentBytes = 0] = await Promise.all(
    ["tx_bytes", "rx_bytes"].map(async (counter) =>
      Number(await readFile(`/sys/class/net/${name}/statistics/${counter}`, "utf8")),
    ),
  );
  return { receivedBytes, sentBytes };
}
