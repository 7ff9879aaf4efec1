import type { Instance, Operation } from "../generated/prisma/client.ts";
import type { EngineEvent } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";
import { convergeInstance } from "./converge-instance.ts";
import { countDeath } from "./count-death.ts";
import { createLane } from "./lane.ts";
import { forgetOutOfMemory, noteOutOfMemory } from "./note-out-of-memory.ts";
import { createProber } from "./probe-instances.ts";
import { openOperation } from "./queries.ts";
import { upkeepKinds } from "./rules.ts";
import { surveyHost } from "./survey-host.ts";
import { watchDisks } from "./watch-disks.ts";

const sweepMs = 10_000;
const disksMs = 30_000;
const longestPauseMs = 10_000;
const eventsPauseMs = 1000;
/** Starting an assistant takes a core for twenty seconds: more at once make all of them slower. */
const startsAtOnce = 4;
/** One that never answers holds its place for minutes: nobody's assistants hold all of them. */
const startsOfOwner = 2;
/** After a restart of the host all are down: a command, whose owner waits, does not wait for every one of them. */
const healsAtOnce = startsAtOnce - 1;
/** Nobody's launch waits until everything is upgraded or backed up. */
const upkeepAtOnce = 2;
const upkeepOfOwner = 1;
/** Mostly waiting, for the grace that a stop gives and for the engine. */
const endsAtOnce = 16;

type Run = { operationId: string | null; controller: AbortController; again: boolean };

export type Reconciler = {
  /** Looks at the instance now, or once more when it is being worked on. */
  request(instanceId: string): void;
  /** Ends when the signal aborts and nothing is being worked on any more. */
  done: Promise<void>;
};

/**
 * Keeps every instance of this host as its owner wants it. Woken by jobs, by events of the engine and by a sweep that asks every
 * running instance how it is and finds whatever those missed; one instance is worked on by one run at a time.
 */
export function reconcileHost(worker: WorkerSystem, stop: AbortSignal): Reconciler {
  const runs = new Map<string, Run>();
  const working = new Set<Promise<void>>();
  const startLane = createLane(startsAtOnce, startsOfOwner);
  const healLane = createLane(healsAtOnce, startsOfOwner);
  const upkeepLane = createLane(upkeepAtOnce, upkeepOfOwner);
  const endLane = createLane(endsAtOnce);
  const probe = createProber(worker.gateway);

  function request(instanceId: string): void {
    if (stop.aborted) return;
    const run = runs.get(instanceId);
    if (!run) {
      const worked = work(instanceId).finally(() => working.delete(worked));
      working.add(worked);
      return;
    }
    run.again = true;
    void makeWay(worker, instanceId, run);
  }

  async function work(instanceId: string): Promise<void> {
    const run: Run = { operationId: null, controller: new AbortController(), again: true };
    runs.set(instanceId, run);
    for (let failures = 0; run.again && !stop.aborted; ) {
      run.again = false;
      run.controller = new AbortController();
      const signal = AbortSignal.any([stop, run.controller.signal]);
      let pause: number | null;
      try {
        pause = await converge(instanceId, run, signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) continue;
        failures += 1;
        worker.log.error({ err: error, instanceId, failures }, "converging failed, trying again");
        pause = Math.min(1000 * 2 ** failures, longestPauseMs);
      }
      if (pause === null) continue;
      run.again = true;
      await worker.clock.sleep(pause, signal).catch(() => undefined);
    }
    runs.delete(instanceId);
  }

  /** In the lane of its kind: a start waits for other starts, an end never does; a kill, and what only changes as it runs, wait for nothing. */
  async function converge(instanceId: string, run: Run, signal: AbortSignal): Promise<number | null> {
    const operation = await openOperation(worker.db, instanceId);
    run.operationId = operation?.id ?? null;
    const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
    const act = () => convergeInstance(worker, instanceId, signal);
    if (operation?.kind === "kill") return act();
    const owner = instance?.ownerId ?? "";
    if (operation && upkeepKinds.includes(operation.kind)) return upkeepLane(owner, signal, act);
    if (instance && (await runsOn(instance, operation))) return act();
    if (instance?.desired !== "running") return endLane(owner, signal, act);
    const start = () => startLane(owner, signal, act);
    return operation ? start() : healLane(owner, signal, start);
  }

  /** It gets another token or other limits: nothing of it starts. */
  async function runsOn({ id, desired, status }: Instance, operation: Operation | null): Promise<boolean> {
    const isChange = operation ? operation.kind === "rotate" : desired === "running" && status === "running";
    return isChange && (await worker.engine.inspect(id)).container?.state === "running";
  }

  async function sweep(): Promise<void> {
    const begun = performance.now();
    const { unsettled, running, orphans } = await surveyHost(worker);
    for (const instanceId of unsettled) if (!runs.has(instanceId)) request(instanceId);
    await forgetOutOfMemory(worker);
    for (const instanceId of await probe(running)) if (!runs.has(instanceId)) await bury(instanceId);
    for (const instanceId of orphans) await worker.engine.remove(instanceId);
    worker.log.debug({ running: running.length, sweptMs: Math.round(performance.now() - begun) }, "swept");
  }

  /** It runs and doesn't answer: it is ended, and started again as one that died. */
  async function bury(instanceId: string): Promise<void> {
    const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
    if (instance?.status !== "running" || instance.desired !== "running") return;
    worker.log.warn({ instanceId }, "instance does not answer any more");
    await countDeath(worker, { instance, operation: null }, "instance.not-answering");
    request(instanceId);
  }

  async function sweepForever(): Promise<void> {
    while (!stop.aborted) {
      await sweep().catch((error) => worker.log.error({ err: error }, "sweep failed"));
      await worker.clock.sleep(sweepMs, stop).catch(() => undefined);
    }
  }

  async function watchDisksForever(): Promise<void> {
    while (!stop.aborted) {
      try {
        for (const instanceId of await watchDisks(worker)) {
          runs.get(instanceId)?.controller.abort(new Error("it has used up its disk"));
          request(instanceId);
        }
      } catch (error) {
        worker.log.error({ err: error }, "measuring disks failed");
      }
      await worker.clock.sleep(disksMs, stop).catch(() => undefined);
    }
  }

  /** Whatever ends the stream, or goes wrong with one event, the next are followed again: the sweep finds what was missed. */
  async function followEngine(): Promise<void> {
    let since = worker.clock.now();
    while (!stop.aborted) {
      try {
        for await (const event of worker.engine.events(since, stop)) {
          since = event.at;
          await hear(event);
        }
      } catch (error) {
        worker.log.error({ err: error }, "following the engine failed, trying again");
      }
      await worker.clock.sleep(eventsPauseMs, stop).catch(() => undefined);
    }
  }

  async function hear({ instanceId, kind, at }: EngineEvent): Promise<void> {
    if (kind === "oom") await noteOutOfMemory(worker, instanceId, at);
    if (kind === "die" || kind === "destroy") request(instanceId);
  }

  async function settle(): Promise<void> {
    await Promise.allSettled([sweepForever(), watchDisksForever(), followEngine()]);
    await Promise.allSettled(working);
  }

  return { request, done: settle() };
}

/** A newer command takes over at once; a kill ends the container at once, whatever is being waited for. */
async function makeWay(worker: WorkerSystem, instanceId: string, run: Run): Promise<void> {
  const { controller, operationId } = run;
  try {
    const current = await openOperation(worker.db, instanceId);
    if (!current || current.id === operationId) return;
    controller.abort(new Error("a newer command has taken over"));
    if (current.kind === "kill") await worker.engine.stop(instanceId, 0);
  } catch (error) {
    worker.log.warn({ err: error, instanceId }, "a newer command could not take over at once");
  }
}
