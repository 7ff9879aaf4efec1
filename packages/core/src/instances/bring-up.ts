import { isDeepStrictEqual } from "node:util";
import { DomainError } from "../errors.ts";
import type { InstanceLimits, ObservedInstance } from "../ports.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import { readSealedInstance, type SealedInstance } from "../provisioner/sealed-instance.ts";
import { buildSpec } from "../provisioner/spec.ts";
import type { WorkerSystem } from "../worker.ts";
import { acceptDeployment } from "./accept-deployment.ts";
import { awaitFirstAnswer } from "./await-first-answer.ts";
import { awaitHealth } from "./await-health.ts";
import { countDeath } from "./count-death.ts";
import { limitsOf } from "./plans.ts";
import { provideModelKey } from "./provide-model-key.ts";
import { renewToken } from "./renew-token.ts";
import { revokeDevices } from "./revoke-devices.ts";
import { rotateToken } from "./rotate-token.ts";
import { deathOf, restOf } from "./rules.ts";
import { isPhaseDone, runPhase, succeed, type Work } from "./track-progress.ts";

/**
 * From whatever is there to a running, healthy container of the current configuration. Returns the milliseconds after which to look
 * again, or null when it runs.
 */
export async function bringUp(worker: WorkerSystem, work: Work, signal: AbortSignal): Promise<number | null> {
  const { operation } = work;
  if (!operation) {
    const observed = await worker.engine.inspect(work.instance.id);
    if (work.instance.status === "running") {
      if (observed.container?.state === "running") {
        await resize(worker, work, observed.container.limits);
        return null;
      }
      return countDeath(worker, work, deathOf(observed.container, work.instance.outOfMemoryAt));
    }
    if (hangs(work, observed)) await worker.engine.stop(work.instance.id, 0);
    const rest = restOf(work.instance, worker.clock.now());
    if (rest > 0) return rest;
  }

  const deploying = operation?.kind === "deploy";
  const sealed = deploying
    ? await runPhase(worker, work, "open-configuration", () => acceptDeployment(worker, work, operation))
    : await currentDeployment(worker, work);
  signal.throwIfAborted();
  if (operation?.kind === "rotate" && (await runs(worker, work)))
    await rotateToken(worker, work, sealed, signal);
  else await startAnew(worker, work, sealed, signal);
  if (operation?.revokesDevices)
    await runPhase(worker, work, "revoke-devices", () => revokeDevices(worker, work.instance.id));
  if (deploying) {
    await runPhase(worker, work, "first-answer", () =>
      awaitFirstAnswer(worker, work.instance.id, operation.id, signal),
    );
  }
  await succeed(worker, work, "running");
  return null;
}

async function startAnew(
  worker: WorkerSystem,
  work: Work,
  deployed: SealedInstance,
  signal: AbortSignal,
): Promise<void> {
  const sealed = await renewToken(worker, work, deployed);
  if (work.operation?.kind === "restart" && !(await isPhaseDone(worker, work, "stop-container")))
    await stopFirst(worker, work);

  const modelKey = await runPhase(worker, work, "provide-model-key", () => provideModelKey(worker, work));
  signal.throwIfAborted();
  await runPhase(worker, work, "create-container", () => createContainer(worker, work, sealed, modelKey));
  signal.throwIfAborted();
  await runPhase(worker, work, "start-container", () =>
    reachEngine(worker, () => worker.engine.start(work.instance.id)),
  );
  await runPhase(worker, work, "wait-live", () => awaitHealth(worker, work.instance.id, "live", signal));
  await runPhase(worker, work, "wait-ready", () => awaitHealth(worker, work.instance.id, "ready", signal));
}

async function runs(worker: WorkerSystem, { instance }: Work): Promise<boolean> {
  return (await worker.engine.inspect(instance.id)).container?.state === "running";
}

/** As the plan is now. What doesn't fit while it runs comes with its next start. */
async function resize(worker: WorkerSystem, { instance }: Work, limits: InstanceLimits): Promise<void> {
  const wanted = limitsOf(instance.plan, worker.config);
  if (isDeepStrictEqual(limits, wanted)) return;
  try {
    await worker.engine.resize(instance.id, wanted);
  } catch (error) {
    worker.log.warn({ err: error, instanceId: instance.id }, "limits could not be changed while it runs");
  }
}

/** It counts as dead since it answers no more, and still runs. */
function hangs({ instance }: Work, { container }: ObservedInstance): boolean {
  if (instance.reason !== "instance.not-answering" || container?.state !== "running") return false;
  return !!container.startedAt && !!instance.diedAt && container.startedAt < instance.diedAt;
}

async function currentDeployment(worker: WorkerSystem, work: Work): Promise<SealedInstance> {
  const sealed = await readSealedInstance(worker.secrets, work.instance.id);
  if (!sealed) throw new DomainError("deploy.key-missing");
  return sealed;
}

async function stopFirst(worker: WorkerSystem, work: Work): Promise<void> {
  worker.chats.close(work.instance.id);
  await runPhase(worker, work, "stop-container", () => worker.engine.stop(work.instance.id, 15));
}

async function createContainer(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
  modelKey: string,
): Promise<void> {
  const { instance } = work;
  await reachEngine(worker, async () => {
    const network = await worker.engine.network(instance.id);
    const files = instanceFiles({ instance, sealed, modelKey, network, config: worker.config });
    await worker.engine.apply(
      buildSpec(
        {
          instanceId: instance.id,
          generation: sealed.generation,
          files,
          limits: limitsOf(instance.plan, worker.config),
        },
        worker.config,
      ),
    );
  });
}

/** An engine that is away comes back: that is no failure of the command, and the caller tries again. */
async function reachEngine(worker: WorkerSystem, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    await worker.engine.ping();
    throw new DomainError("deploy.engine-failed", {}, { cause });
  }
}
