import { isDeepStrictEqual } from "node:util";
import Docker from "dockerode";
import { graceSeconds } from "../instances/rules.ts";
import {
  type Clock,
  type ContainerState,
  type DiskUse,
  type Engine,
  type FolderSize,
  type InstanceLimits,
  type InstanceNetwork,
  type InstanceSpec,
  type ObservedInstance,
  TransientFailure,
} from "../ports.ts";
import { measureFolders, readRoom } from "./disk-room.ts";
import { placeArchive, readArchive } from "./docker-archive.ts";
import { containerOptions, isMadeFrom, limitsIn, resourcesOf } from "./docker-container.ts";
import {
  answered,
  engineStatus,
  isHalfStarted,
  orTransient,
  requestTimeoutMs,
  unless,
} from "./docker-errors.ts";
import { followEvents } from "./docker-events.ts";
import { execute } from "./docker-exec.ts";
import { placeFiles, replaceFiles } from "./docker-files.ts";
import { followLogs } from "./docker-logs.ts";
import {
  generationLabel,
  instanceLabel,
  labelsOf,
  objectName,
  ownObjects,
  versionLabel,
} from "./docker-names.ts";
import {
  type DockerNetwork,
  describeNetwork,
  ensureNetwork,
  findNetwork,
  removeNetwork,
} from "./docker-network.ts";
import { createSightings } from "./docker-sightings.ts";
import { createStatsReader } from "./docker-stats.ts";
import { missingProtections } from "./docker-verify.ts";
import type { LoopDisks } from "./loop-disks.ts";

export type DockerEngineOptions = {
  /** Path of the engine's socket. */
  socketPath: string;
  /** Two characters before every name on the engine and every interface on the host; others on the same engine have others. */
  prefix: string;
  /** Range in CIDR notation that networks of instances are cut from. */
  subnets: string;
  clock: Clock;
  /** How the room of an instance is bounded; without it, it isn't. */
  disk?: DiskQuota;
  /** What runs the containers; without it, what the engine runs others with. */
  runtime?: string;
};

/** `loop`: a disk of its own. `xfs`: a project quota, on a data root that is xfs with pquota. */
export type DiskQuota = { kind: "loop"; disks: LoopDisks } | { kind: "xfs"; megabytes: number };

const createAttempts = 50;
const createPauseMs = 100;
const freezeAttempts = 20;

/** Instances as hardened containers on a Docker Engine of this host, API 1.41 or newer. */
export function createDockerEngine({
  socketPath,
  prefix,
  subnets,
  clock,
  disk,
  runtime,
}: DockerEngineOptions): Engine {
  const loop = disk?.kind === "loop" ? disk.disks : null;
  const docker = new Docker({ socketPath, host: undefined, timeout: requestTimeoutMs });
  const streams = new Docker({ socketPath, host: undefined });
  const where = { docker, prefix, subnets, clock };
  const sightings = createSightings(clock);

  const nameOf = (instanceId: string) => objectName(prefix, instanceId);
  const containerOf = (instanceId: string) => docker.getContainer(nameOf(instanceId));
  const findContainer = (instanceId: string) => unless([404], containerOf(instanceId).inspect());

  async function apply(spec: InstanceSpec): Promise<void> {
    const network = await ensureNetwork(where, spec.instanceId);
    await ensureVolume(spec.instanceId);
    const options = containerOptions(prefix, spec, network, runtime);
    const existing = await findContainer(spec.instanceId);
    if (existing && !isMadeFrom(options, existing)) {
      await stop(spec.instanceId, graceSeconds);
      await removeContainer(spec.instanceId);
    } else if (existing && !isDeepStrictEqual(limitsIn(existing), limitsOfSpec(spec)))
      await resize(spec.instanceId, limitsOfSpec(spec));
    const missing = missingProtections(options, await ensureContainer(spec.instanceId, options));
    if (missing.length > 0) {
      await removeContainer(spec.instanceId);
      throw new Error(`The engine made a container without what it was asked for: ${missing.join(", ")}.`);
    }
    await writeFiles(spec.instanceId, spec.files);
  }

  const findVolume = (instanceId: string) => unless([404], docker.getVolume(nameOf(instanceId)).inspect());

  /** One that exists stays what it is: what its instance remembers lies there. */
  async function ensureVolume(instanceId: string): Promise<void> {
    if (await findVolume(instanceId)) return loop?.attach(instanceId);
    await docker.createVolume({
      Name: nameOf(instanceId),
      Labels: labelsOf(prefix, instanceId),
      DriverOpts: await volumeOptions(instanceId),
    });
  }

  async function volumeOptions(instanceId: string): Promise<Record<string, string>> {
    if (loop) return { type: "ext4", device: await loop.provide(instanceId), o: "nodev,nosuid" };
    return disk?.kind === "xfs" ? { size: `${disk.megabytes}m` } : {};
  }

  /** The name is taken before there is anything to see when another request, perhaps of a process that died, is at it: wait for that. */
  async function ensureContainer(
    instanceId: string,
    options: Docker.ContainerCreateOptions,
  ): Promise<Docker.ContainerInspectInfo> {
    for (let attempt = 0; attempt < createAttempts; attempt++) {
      await unless([409], docker.createContainer(options));
      const found = await findContainer(instanceId);
      if (found) return found;
      await clock.sleep(createPauseMs);
    }
    throw new Error(`The container of instance ${instanceId} could not be made: its name stays taken.`);
  }

  async function writeFiles(instanceId: string, files: InstanceSpec["files"]): Promise<void> {
    if (files.length === 0) return;
    const container = streams.getContainer(nameOf(instanceId));
    await thaw(instanceId);
    const { State } = await container.inspect();
    if (State.Running) await replaceFiles(container, files);
    else await withDisk(instanceId, () => placeFiles(container, files));
  }

  async function* readState(instanceId: string): AsyncIterable<Uint8Array> {
    try {
      yield* readStill(instanceId);
    } catch (cause) {
      throw orTransient(cause);
    }
  }

  async function* readStill(instanceId: string): AsyncIterable<Uint8Array> {
    const { State } = await containerOf(instanceId).inspect();
    if (!State.Running) await loop?.attach(instanceId);
    try {
      if (State.Running) await freeze(instanceId);
      yield* readArchive(streams.getContainer(nameOf(instanceId)));
    } finally {
      if (State.Running) await thaw(instanceId);
    }
  }

  /** The kernel refuses while programs are being started: it is asked again. */
  async function freeze(instanceId: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await unless([409], containerOf(instanceId).pause());
      } catch (error) {
        if (attempt === freezeAttempts) throw error;
        await clock.sleep(createPauseMs);
      }
    }
  }

  /** Also what a process that died while it read has left frozen. */
  async function thaw(instanceId: string): Promise<void> {
    const container = await findContainer(instanceId);
    if (container?.State.Paused) await unless([404, 409], containerOf(instanceId).unpause());
  }

  /** With another volume: what was in the old one is gone. */
  async function replaceState(spec: InstanceSpec, archive: AsyncIterable<Uint8Array>): Promise<void> {
    await stop(spec.instanceId, graceSeconds);
    await removeContainer(spec.instanceId);
    await removeVolume(spec.instanceId);
    await apply({ ...spec, files: [] });
    await placeArchive(streams.getContainer(nameOf(spec.instanceId)), archive);
    await writeFiles(spec.instanceId, spec.files);
  }

  async function stop(instanceId: string, graceSeconds: number): Promise<void> {
    await unless([304, 404], containerOf(instanceId).stop({ t: graceSeconds }));
  }

  /** A removal that is under way already (409) is waited for. */
  async function removeContainer(instanceId: string): Promise<void> {
    const container = containerOf(instanceId);
    try {
      await unless([404], container.remove({ force: true, v: true }));
    } catch (error) {
      if (engineStatus(error) !== 409) throw error;
      await unless([404], container.wait({ condition: "removed" }));
    }
  }

  async function resize(instanceId: string, limits: InstanceLimits): Promise<void> {
    const container = containerOf(instanceId);
    await container.update(resourcesOf(limits));
    if (!isDeepStrictEqual(limitsIn(await container.inspect()), limits))
      throw new Error("The engine did not take the limits that it was given.");
  }

  async function remove(instanceId: string): Promise<void> {
    await removeContainer(instanceId);
    await removeNetwork(where, instanceId);
    await removeVolume(instanceId);
  }

  async function removeVolume(instanceId: string): Promise<void> {
    await unless([404], docker.getVolume(nameOf(instanceId)).remove());
    await loop?.remove(instanceId);
  }

  const withDisk = (instanceId: string, act: () => Promise<void>) =>
    loop ? loop.whileAttached(instanceId, act) : act();

  const start = (instanceId: string) => withDisk(instanceId, () => startContainer(instanceId));

  async function startContainer(instanceId: string): Promise<void> {
    await thaw(instanceId);
    try {
      await unless([304], containerOf(instanceId).start());
    } catch (cause) {
      if (!isHalfStarted(cause)) throw cause;
      await removeContainer(instanceId);
      throw new TransientFailure(`The container of instance ${instanceId} was half started.`, { cause });
    }
  }

  async function inspect(instanceId: string): Promise<ObservedInstance> {
    const [found, network, volume] = await Promise.all([
      findContainer(instanceId),
      findNetwork(where, instanceId),
      findVolume(instanceId),
    ]);
    const container = found ? describeContainer(found) : null;
    if (found && container) sightings.remember(found.Id, found.State.Status, container);
    return {
      instanceId,
      container,
      network: network && addressesOf(network),
      volume: Boolean(volume),
    };
  }

  async function disks(): Promise<DiskUse[]> {
    const { Volumes } = await docker.listVolumes({ filters: ownObjects(prefix) });
    const own = await Promise.all(Volumes.map(diskUse));
    const shared = Volumes.filter((_, index) => !own[index]);
    return [...own.filter((use) => use !== null), ...(await measureShared(shared))];
  }

  /** Of a disk that is mounted now. */
  async function diskUse({ Labels, Mountpoint, Options }: Docker.VolumeInspectInfo): Promise<DiskUse | null> {
    const instanceId = Labels[instanceLabel];
    if (!instanceId || !Options?.["device"]) return null;
    const room = await readRoom(Mountpoint);
    return { instanceId, usedBytes: room?.usedBytes ?? 0, sizeBytes: room?.sizeBytes ?? null };
  }

  /** The engine measures all of them in one go. */
  async function measureShared(volumes: Docker.VolumeInspectInfo[]): Promise<DiskUse[]> {
    if (volumes.length === 0) return [];
    const found: { Volumes: Docker.VolumeInspectInfo[] | null } = await docker.df();
    return (found.Volumes ?? []).flatMap(({ Name, Labels, UsageData }) => {
      const instanceId = Labels?.[instanceLabel];
      const ours = instanceId && volumes.some((volume) => volume.Name === Name);
      return ours && UsageData ? [{ instanceId, usedBytes: UsageData.Size, sizeBytes: null }] : [];
    });
  }

  async function largestFolders(instanceId: string): Promise<FolderSize[]> {
    const volume = await findVolume(instanceId);
    if (!volume) return [];
    const ownDisk = Boolean(volume.Options?.["device"]);
    if (!ownDisk || (await readRoom(volume.Mountpoint))) return measureFolders(volume.Mountpoint);
    return loop ? loop.peek(instanceId, measureFolders) : [];
  }

  /** Three requests, and one for each container that has changed. */
  async function list(): Promise<ObservedInstance[]> {
    const filters = ownObjects(prefix);
    const [containers, networks, { Volumes }, loopDisks] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
      loop?.list(),
    ]);
    const byContainer = byInstance(containers);
    const byNetwork = byInstance(networks);
    const byVolume = byInstance(Volumes);
    const instanceIds = new Set([
      ...byContainer.keys(),
      ...byNetwork.keys(),
      ...byVolume.keys(),
      ...(loopDisks ?? []),
    ]);
    sightings.forgetOthers(containers.map(({ Id }) => Id));
    return Promise.all(
      [...instanceIds].sort().map(async (instanceId) => {
        const found = byContainer.get(instanceId);
        const container = found ? sightings.recall(found.Id, found.State) : null;
        if (container === undefined) return inspect(instanceId);
        const network = byNetwork.get(instanceId);
        return {
          instanceId,
          container,
          network: network ? addressesOf(describeNetwork(network)) : null,
          volume: byVolume.has(instanceId),
        };
      }),
    );
  }

  return {
    ping: async () => ({ version: (await docker.version()).Version }),
    imageVersion: answered(async (image) => {
      const found = await unless([404], docker.getImage(image).inspect());
      return found?.Config.Labels?.[versionLabel] ?? null;
    }),
    network: answered(async (instanceId) => addressesOf(await ensureNetwork(where, instanceId))),
    apply: answered(apply),
    start: answered(start),
    resize: answered(resize),
    stop: answered(stop),
    remove: answered(remove),
    writeFiles: answered(writeFiles),
    readState,
    replaceState: answered(replaceState),
    inspect: answered(inspect),
    list: answered(list),
    diskQuota: disk ? "enforced" : "measured",
    disks,
    stats: createStatsReader(where),
    largestFolders,
    events: (since, signal) => followEvents(streams, prefix, clock, since, signal),
    logs: (instanceId, options) => followLogs(streams.getContainer(nameOf(instanceId)), clock, options),
    exec: answered((instanceId, command) => execute(streams.getContainer(nameOf(instanceId)), command)),
  };
}

const addressesOf = ({ gateway, address }: DockerNetwork): InstanceNetwork => ({ gateway, address });

function byInstance<T extends { Labels?: Record<string, string> }>(objects: readonly T[]): Map<string, T> {
  return new Map(
    objects.flatMap((object) => {
      const instanceId = object.Labels?.[instanceLabel];
      return instanceId ? [[instanceId, object] as const] : [];
    }),
  );
}

const limitsOfSpec = ({ memoryBytes, milliCpus, pids }: InstanceSpec): InstanceLimits => ({
  memoryBytes,
  milliCpus,
  pids,
});

function describeContainer(found: Docker.ContainerInspectInfo): NonNullable<ObservedInstance["container"]> {
  const { Config, State } = found;
  const state = stateOf(State.Status);
  return {
    state,
    generation: Number(Config.Labels[generationLabel]),
    exitCode: state === "exited" ? State.ExitCode : null,
    outOfMemory: state === "exited" && State.OOMKilled,
    startedAt: state === "created" ? null : new Date(State.StartedAt),
    limits: limitsIn(found),
  };
}

function stateOf(status: string): ContainerState {
  if (status === "created") return "created";
  return ["running", "paused", "restarting"].includes(status) ? "running" : "exited";
}
