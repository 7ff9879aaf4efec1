import { isDeepStrictEqual } from "node:util";
import { openBackup } from "../backups/open-backup.ts";
import { DomainError } from "../errors.ts";
import { claimMember } from "../pool/claim-member.ts";
import { type InstanceLimits, type ObservedInstance, TransientFailure } from "../ports.ts";
import { requireUsable } from "../provisioner/choose-image.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import { readSealedInstance, type SealedInstance } from "../provisioner/sealed-instance.ts";
import { buildSpec } from "../provisioner/spec.ts";
import type { WorkerSystem } from "../worker.ts";
import { acceptDeployment } from "./accept-deployment.ts";
import { awaitFirstAnswer } from "./await-first-answer.ts";
import { awaitHealth } from "./await-health.ts";
import { awaitToken } from "./await-token.ts";
import { countDeath } from "./count-death.ts";
import { imageOf } from "./image-of.ts";
import { limitsOf } from "./plans.ts";
import { provideModelKey } from "./provide-model-key.ts";
import { renewToken } from "./renew-token.ts";
import { revokeOwedDevices } from "./revoke-devices.ts";
import { rotateToken } from "./rotate-token.ts";
import { deathOf, graceSeconds, restOf } from "./rules.ts";
import { isPhaseDone, runPhase, succeed, updateInstance, type Work } from "./track-progress.ts";

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
    ? await runPhase(worker, work, "open-configuration", async () =>
        claimMember(worker, work, await acceptDeployment(worker, work, operation)),
      )
    : await currentDeployment(worker, work);
  signal.throwIfAborted();
  if (operation?.kind === "rotate" && (await runs(worker, work)))
    await rotateToken(worker, work, sealed, signal);
  else await startAnew(worker, work, sealed, signal);
  await revokeOwedDevices(worker, work, signal);
  if (deploying) {
    await runPhase(worker, work, "first-answer", (since) =>
      awaitFirstAnswer(worker, work.instance.id, operation.id, since, signal),
    );
  }
  await succeed(worker, work, "running");
  return null;
}

export async function startAnew(
  worker: WorkerSystem,
  work: Work,
  deployed: SealedInstance,
  signal: AbortSignal,
): Promise<void> {
  if (work.operation?.kind === "restart" && !(await isPhaseDone(worker, work, "stop-container")))
    await stopFirst(worker, work);
  const wasUp = await runs(worker, work);
  await prepare(worker, work, deployed, signal);
  signal.throwIfAborted();
  await runPhase(worker, work, "start-container", () =>
    reachEngine(worker, () => worker.engine.start(work.instance.id)),
  );
  await runPhase(worker, work, "wait-live", () => awaitHealth(worker, work.instance.id, "live", signal));
  await runPhase(worker, work, "wait-ready", async () => {
    await awaitHealth(worker, work.instance.id, "ready", signal);
    // One that goes on running, from the pool, has the owner's token only once it has read it.
    if (wasUp) await awaitToken(worker, work.instance.id, signal);
  });
}

/** To a container that only has to be started; with its state replaced, where a restore wants that. */
export async function prepare(
  worker: WorkerSystem,
  work: Work,
  deployed: SealedInstance,
  signal: AbortSignal,
): Promise<void> {
  const sealed = await renewToken(worker, work, deployed);
  const modelKey = await runPhase(worker, work, "provide-model-key", () => provideModelKey(worker, work));
  signal.throwIfAborted();
  const create = () => createContainer(worker, work, sealed, modelKey);
  if (!work.instance.laysBackupId) return runPhase(worker, work, "create-container", create);
  await runPhase(worker, work, work.operation?.error ? "roll-back" : "replace-state", create);
  await updateInstance(worker, work, { laysBackupId: null });
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

export async function currentDeployment(worker: WorkerSystem, work: Work): Promise<SealedInstance> {
  const sealed = await readSealedInstance(worker.secrets, work.instance.id);
  if (!sealed) throw new DomainError("deploy.key-missing");
  return sealed;
}

async function stopFirst(worker: WorkerSystem, work: Work): Promise<void> {
  worker.chats.close(work.instance.id);
  await runPhase(worker, work, "stop-container", () => worker.engine.stop(work.instance.id, graceSeconds));
}

async function createContainer(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
  modelKey: string,
): Promise<void> {
  const { reference, version } = imageOf(worker, work.instance);
  if (work.instance.image !== reference) await updateInstance(worker, work, { image: reference, version });
  const { instance } = work;
  // Laid to its end once begun: half a state would be the next backup's whole one.
  const archive = instance.laysBackupId === null ? null : await openBackup(worker, instance.laysBackupId);
  await reachEngine(worker, async () => {
    await requireUsable(worker.engine, reference);
    const network = await worker.engine.network(instance.id);
    const { config } = worker;
    const spec = buildSpec({
      instanceId: instance.id,
      generation: sealed.generation,
      image: reference,
      files: instanceFiles({ instance, version, sealed, modelKey, network, config }),
      limits: limitsOf(instance.plan, config),
    });
    return archive ? worker.engine.replaceState(spec, archive) : worker.engine.apply(spec);
  });
}

/** An engine that is away comes back: that is no failure of the command, and the caller tries again. */
async function reachEngine(worker: WorkerSystem, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (cause instanceof DomainError || cause instanceof TransientFailure) throw cause;
    await worker.engine.ping();
    throw new DomainError("deploy.engine-failed", {}, { cause });
  }
}
