import { type Engine, type FolderSize, type InstanceSpec, TransientFailure } from "../ports.ts";
import { hostnameOf } from "../provisioner/spec.ts";
import type { Database } from "../system.ts";

/**
 * The engine as the rest of the worker sees it: an instance that came from the pool is called after its member there, and nobody else
 * needs to know. Members that nobody claimed go by their own ids.
 */
export function routeEngine(engine: Engine, db: Pick<Database, "poolMember">): Engine {
  /** A database that is away is no failure of the engine. */
  const memberOf = (instanceId: string) =>
    db.poolMember
      .findUnique({ where: { instanceId }, select: { id: true, claimedAt: true } })
      .catch((cause) => {
        throw new TransientFailure("The members of the pool can't be looked up.", { cause });
      });
  const unitOf = async (instanceId: string) => (await memberOf(instanceId))?.id ?? instanceId;

  /** OpenClaw's state knows the host name that it was made under. */
  async function unitSpec(spec: InstanceSpec): Promise<InstanceSpec> {
    const unit = await unitOf(spec.instanceId);
    return { ...spec, instanceId: unit, hostname: hostnameOf(unit) };
  }

  /** Each under the id of the instance that it belongs to. */
  async function byInstance<T extends { instanceId: string }>(found: T[]): Promise<T[]> {
    const members = await db.poolMember.findMany({
      where: { id: { in: found.map(({ instanceId }) => instanceId) }, instanceId: { not: null } },
      select: { id: true, instanceId: true },
    });
    const owners = new Map(members.map(({ id, instanceId }) => [id, instanceId]));
    return found.map((each) => ({ ...each, instanceId: owners.get(each.instanceId) ?? each.instanceId }));
  }

  const measuring = new Map<string, Promise<FolderSize[]>>();
  /** However many ask meanwhile: it reads the whole disk. */
  function measuredOnce(unit: string): Promise<FolderSize[]> {
    const underWay = measuring.get(unit);
    if (underWay) return underWay;
    const begun = engine.largestFolders(unit).finally(() => measuring.delete(unit));
    measuring.set(unit, begun);
    return begun;
  }

  return {
    ping: () => engine.ping(),
    diskQuota: engine.diskQuota,
    imageVersion: (image) => engine.imageVersion(image),
    network: async (instanceId) => engine.network(await unitOf(instanceId)),
    apply: async (spec) => engine.apply(await unitSpec(spec)),
    start: async (instanceId) => engine.start(await unitOf(instanceId)),
    resize: async (instanceId, limits) => engine.resize(await unitOf(instanceId), limits),
    stop: async (instanceId, graceSeconds) => engine.stop(await unitOf(instanceId), graceSeconds),
    remove: async (instanceId) => engine.remove(await unitOf(instanceId)),
    writeFiles: async (instanceId, files) => engine.writeFiles(await unitOf(instanceId), files),
    async *readState(instanceId) {
      yield* engine.readState(await unitOf(instanceId));
    },
    replaceState: async (spec, archive) => engine.replaceState(await unitSpec(spec), archive),
    inspect: async (instanceId) => ({ ...(await engine.inspect(await unitOf(instanceId))), instanceId }),
    list: async () => byInstance(await engine.list()),
    disks: async () => byInstance(await engine.disks()),
    stats: async () => byInstance(await engine.stats()),
    largestFolders: async (instanceId) => measuredOnce(await unitOf(instanceId)),
    exec: async (instanceId, command) => engine.exec(await unitOf(instanceId), command),
    async *events(since, signal) {
      for await (const event of engine.events(since, signal)) yield* await byInstance([event]);
    },
    async *logs(instanceId, options) {
      const member = await memberOf(instanceId);
      if (!member) return yield* engine.logs(instanceId, options);
      const since = latest(options.since, member.claimedAt);
      yield* engine.logs(member.id, { ...options, ...(since && { since }) });
    },
  };
}

/** Before its claim a member talked of its rehearsal. */
const latest = (wanted: Date | undefined, claimedAt: Date | null) =>
  wanted && claimedAt && wanted > claimedAt ? wanted : (claimedAt ?? wanted);
