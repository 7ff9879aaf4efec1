import { setImmediate } from "node:timers/promises";
import type Docker from "dockerode";
import type { Clock, InstanceStats } from "../ports.ts";
import { findGroup, type GroupReader, readCounter } from "./cgroup-files.ts";
import { instanceLabel, interfaceName, ownObjects } from "./docker-names.ts";

type Where = { docker: Docker; prefix: string; clock: Clock };

const kernel = { proc: "/proc", cgroup: "/sys/fs/cgroup" };

/**
 * Counters of running containers, from the files of the kernel: asking the engine takes a second for each. What goes over an instance's
 * network goes over its bridge on the host, whose name we gave.
 */
export function createStatsReader({ docker, prefix, clock }: Where): () => Promise<InstanceStats[]> {
  /** By container: its group has the same path whenever it starts again. */
  const groups = new Map<string, GroupReader>();

  async function readAll(): Promise<InstanceStats[]> {
    const running = await docker.listContainers({ filters: { ...ownObjects(prefix), status: ["running"] } });
    const ids = new Set(running.map(({ Id }) => Id));
    for (const id of groups.keys()) if (!ids.has(id)) groups.delete(id);
    const found: InstanceStats[] = [];
    for (const { Id, Labels } of running) {
      const stats = await readOne(Id, Labels[instanceLabel] ?? "");
      if (stats) found.push(stats);
      await setImmediate(); // others have their turn
    }
    return found;
  }

  /** Null for one that ends while it is looked at, and on a host that shows us nothing of it. */
  async function readOne(containerId: string, instanceId: string): Promise<InstanceStats | null> {
    try {
      const group = groups.get(containerId) ?? (await groupOf(containerId));
      groups.set(containerId, group);
      const bridge = `/sys/class/net/${interfaceName(prefix, instanceId)}/statistics`;
      return {
        instanceId,
        at: clock.now(),
        ...group(),
        // What the bridge receives, its only container has sent.
        receivedBytes: Number(readCounter(bridge, "tx_bytes")),
        sentBytes: Number(readCounter(bridge, "rx_bytes")),
      };
    } catch {
      groups.delete(containerId);
      return null;
    }
  }

  async function groupOf(containerId: string): Promise<GroupReader> {
    const { State } = await docker.getContainer(containerId).inspect();
    return findGroup(kernel, State.Pid);
  }

  return readAll;
}
