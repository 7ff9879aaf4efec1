import type { InstancePlan } from "../generated/prisma/enums.ts";
import type { Probed } from "../instances/probe-instances.ts";
import { unfinished } from "../instances/queries.ts";
import type { WorkerSystem } from "../worker.ts";
import { fingerprintOf, isTooOld, wantedMembers } from "./rules.ts";
import { warmMember } from "./warm-member.ts";

type Options = {
  /** Returns those that don't answer any more. */
  probe: (members: readonly Probed[]) => Promise<string[]>;
  /** Bytes that programs could still get of this host. */
  freeMemory: () => number;
  signal: AbortSignal;
};

/**
 * Brings the pool of this host nearer to what is wanted: takes away what nobody can use, then starts one member, if there is the
 * memory for it and nobody waits for a deploy. May be killed at any step: the next round goes on.
 */
export async function tendPool(worker: WorkerSystem, { probe, freeMemory, signal }: Options): Promise<void> {
  await retire(worker, await unusable(worker, probe));
  await retire(worker, await surplus(worker));
  const plan = await missing(worker);
  if (!plan || (await someoneWaits(worker)) || freeMemory() < worker.config.WARM_POOL_FREE_MB * 1024 ** 2)
    return;
  await warmMember(worker, plan, signal);
}

const ours = ({ secrets }: WorkerSystem) => ({ hostId: secrets.hostId });

/** Half-made, half-removed, made from what is no more, too old, ended, or silent. */
async function unusable(worker: WorkerSystem, probe: Options["probe"]): Promise<string[]> {
  const members = await worker.db.poolMember.findMany({
    where: { ...ours(worker), state: { not: "claimed" } },
  });
  if (members.length === 0) return [];
  const found = new Map((await worker.engine.list()).map((each) => [each.instanceId, each]));
  const now = worker.clock.now();
  const isFit = ({ id, plan, state, madeFrom, createdAt }: (typeof members)[number]) =>
    state === "ready" &&
    madeFrom === fingerprintOf({ ...worker, plan }) &&
    !isTooOld(createdAt, now) &&
    found.get(id)?.container?.state === "running";
  const fit = members.filter(isFit);
  const probed = fit.map(({ id }) => ({ instanceId: id, address: found.get(id)?.network?.address ?? "" }));
  return [...members.filter((member) => !isFit(member)).map(({ id }) => id), ...(await probe(probed))];
}

async function surplus(worker: WorkerSystem): Promise<string[]> {
  const ready = await worker.db.poolMember.findMany({
    where: { ...ours(worker), state: "ready" },
    orderBy: { createdAt: "desc" },
  });
  const left = await wanted(worker);
  return ready.filter(({ plan }) => left[plan]-- <= 0).map(({ id }) => id);
}

async function missing(worker: WorkerSystem): Promise<InstancePlan | undefined> {
  const left = await wanted(worker);
  for (const { plan } of await worker.db.poolMember.findMany({ where: { ...ours(worker), state: "ready" } }))
    left[plan] -= 1;
  return (Object.keys(left) as InstancePlan[]).find((plan) => left[plan] > 0);
}

/** While everybody's assistants are switched off, nothing is started. */
async function wanted({ db, config }: WorkerSystem): Promise<Record<InstancePlan, number>> {
  const off = await db.killSwitch.count({ where: { releasedAt: null, userId: null } });
  return off > 0 ? { lite: 0, pro: 0 } : wantedMembers(config);
}

const someoneWaits = async (worker: WorkerSystem): Promise<boolean> =>
  (await worker.db.operation.count({ where: { ...unfinished, instance: ours(worker) } })) > 0;

/** One that was claimed meanwhile stays. The row goes last: what is on the engine is known for as long as it is there. */
async function retire(worker: WorkerSystem, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { count } = await worker.db.poolMember.updateMany({
      where: { id, state: { not: "claimed" } },
      data: { state: "retiring" },
    });
    if (count === 0) continue;
    await worker.engine.remove(id);
    await worker.db.poolMember.deleteMany({ where: { id, state: "retiring" } });
  }
}
