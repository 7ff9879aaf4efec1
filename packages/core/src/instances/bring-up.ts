import { DomainError } from "../errors.ts";
import type { ObservedInstance } from "../ports.ts";
import { instanceFiles } from "../provisioner/instance-files.ts";
import { readSealedInstance, type SealedInstance } from "../provisioner/sealed-instance.ts";
import { buildSpec } from "../provisioner/spec.ts";
import type { WorkerSystem } from "../worker.ts";
import { acceptDeployment } from "./accept-deployment.ts";
import { awaitFirstAnswer } from "./await-first-answer.ts";
import { awaitHealth } from "./await-health.ts";
import { provideModelKey } from "./provide-model-key.ts";
import { isPhaseDone, runPhase, succeed, updateInstance, type Work } from "./track-progress.ts";

/** From whatever is there to a running, healthy container of the current configuration. */
export async function bringUp(worker: WorkerSystem, work: Work, signal: AbortSignal): Promise<void> {
  const { operation } = work;
  const observed = await worker.engine.inspect(work.instance.id);
  if (!operation && work.instance.status === "running" && observed.container?.state === "running") return;
  if (!operation) await updateInstance(worker, work, { status: "starting", reason: reasonOf(observed) });

  const deploying = operation?.kind === "deploy";
  const sealed = deploying
    ? await runPhase(worker, work, "open-configuration", () => acceptDeployment(worker, work, operation))
    : await currentDeployment(worker, work);
  signal.throwIfAborted();
  if (operation?.kind === "restart" && !(await isPhaseDone(worker, work, "stop-container")))
    await stopFirst(worker, work);

  const modelKey = await runPhase(worker, work, "provide-model-key", () => provideModelKey(worker, work));
  signal.throwIfAborted();
  await runPhase(worker, work, "create-container", () => createContainer(worker, work, sealed, modelKey));
  signal.throwIfAborted();
  await runPhase(worker, work, "start-container", () =>
    reachEngine(() => worker.engine.start(work.instance.id)),
  );
  await runPhase(worker, work, "wait-live", () => awaitHealth(worker, work.instance.id, "live", signal));
  await runPhase(worker, work, "wait-ready", () => awaitHealth(worker, work.instance.id, "ready", signal));
  if (deploying) {
    await runPhase(worker, work, "first-answer", () =>
      awaitFirstAnswer(worker, work.instance.id, operation.id, signal),
    );
  }
  await succeed(worker, work, "running");
}

function reasonOf({ container }: ObservedInstance): "instance.out-of-memory" | "instance.crashed" | null {
  if (container?.state !== "exited") return null;
  return container.outOfMemory ? "instance.out-of-memory" : "instance.crashed";
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
  await reachEngine(async () => {
    const network = await worker.engine.network(instance.id);
    const files = instanceFiles({ instance, sealed, modelKey, network, config: worker.config });
    await worker.engine.apply(
      buildSpec({ instanceId: instance.id, generation: sealed.generation, files }, worker.config),
    );
  });
}

async function reachEngine(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new DomainError("deploy.engine-failed", {}, { cause });
  }
}
