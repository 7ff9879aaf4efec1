import type { WorkerSystem } from "../worker.ts";
import { convergeInstance } from "./converge-instance.ts";
import { openOperation } from "./track-progress.ts";

const sweepMs = 10_000;
const longestPauseMs = 60_000;
/** Starting an assistant takes a core for twenty seconds: more at once make all of them slower. */
const parallel = 4;

type Run = { operationId: string | null; controller: AbortController; again: boolean };

export type Reconciler = {
  /** Looks at the instance now, or once more when it is being worked on. */
  request(instanceId: string): void;
  /** Ends when the signal aborts and nothing is being worked on any more. */
  done: Promise<void>;
};

/**
 * Keeps every instance of this host as its owner wants it. Woken by jobs, by events of the engine and by a sweep that finds
 * whatever those missed; one instance is worked on by one run at a time.
 */
export function reconcileHost(worker: WorkerSystem, stop: AbortSignal): Reconciler {
  const runs = new Map<string, Run>();
  const waiting = new Set<string>();

  function request(instanceId: string): void {
    const run = runs.get(instanceId);
    if (run) {
      run.again = true;
      void abortIfSuperseded(worker, instanceId, run);
      return;
    }
    waiting.add(instanceId);
    startWaiting();
  }

  function startWaiting(): void {
    for (const instanceId of waiting) {
      if (runs.size >= parallel || stop.aborted) return;
      waiting.delete(instanceId);
      void work(instanceId).then(startWaiting);
    }
  }

  async function work(instanceId: string): Promise<void> {
    const run: Run = { operationId: null, controller: new AbortController(), again: true };
    runs.set(instanceId, run);
    for (let failures = 0; run.again && !stop.aborted; ) {
      run.again = false;
      run.controller = new AbortController();
      const signal = AbortSignal.any([stop, run.controller.signal]);
      try {
        run.operationId = (await openOperation(worker.db, instanceId))?.id ?? null;
        await convergeInstance(worker, instanceId, signal);
        failures = 0;
      } catch (error) {
        if (stop.aborted) break;
        failures += 1;
        run.again = true;
        worker.log.error({ err: error, instanceId, failures }, "converging failed, trying again");
        await worker.clock
          .sleep(Math.min(1000 * 2 ** failures, longestPauseMs), signal)
          .catch(() => undefined);
      }
    }
    runs.delete(instanceId);
  }

  async function sweep(): Promise<void> {
    for (const instanceId of await unsettledInstances(worker)) if (!runs.has(instanceId)) request(instanceId);
  }

  async function sweepForever(): Promise<void> {
    while (!stop.aborted) {
      await sweep().catch((error) => worker.log.error({ err: error }, "sweep failed"));
      await worker.clock.sleep(sweepMs, stop).catch(() => undefined);
    }
  }

  async function followEngine(): Promise<void> {
    for await (const event of worker.engine.events(worker.clock.now(), stop)) {
      if (event.kind !== "start") request(event.instanceId);
    }
  }

  async function settle(): Promise<void> {
    await Promise.allSettled([sweepForever(), followEngine()]);
    while (runs.size > 0) await worker.clock.sleep(50);
  }

  return { request, done: settle() };
}

async function abortIfSuperseded(worker: WorkerSystem, instanceId: string, run: Run): Promise<void> {
  const { controller, operationId } = run;
  const current = await openOperation(worker.db, instanceId).catch(() => null);
  if (current && current.id !== operationId) controller.abort(new Error("a newer command has taken over"));
}

/** Instances with a command under way, or whose container isn't what it should be. */
async function unsettledInstances(worker: WorkerSystem): Promise<string[]> {
  const observed = new Map((await worker.engine.list()).map((instance) => [instance.instanceId, instance]));
  const wanted = await worker.db.instance.findMany({
    where: { hostId: worker.secrets.hostId, status: { not: "removed" } },
    select: { id: true, desired: true, status: true },
  });
  return wanted
    .filter(({ id, desired, status }) => {
      const running = observed.get(id)?.container?.state === "running";
      if (desired === "running") return status !== "running" || !running;
      if (desired === "stopped") return running || (status !== "stopped" && status !== "failed");
      return desired === "removed";
    })
    .map(({ id }) => id);
}
