import { instanceFiles } from "../provisioner/instance-files.ts";
import type { SealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { awaitToken } from "./await-token.ts";
import { imageOf } from "./image-of.ts";
import { provideModelKey } from "./provide-model-key.ts";
import { renewToken } from "./renew-token.ts";
import { runPhase, type Work } from "./track-progress.ts";

/** Gives a running instance another gateway token without a restart: its gateway watches its configuration. */
export async function rotateToken(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
  signal: AbortSignal,
): Promise<void> {
  const renewed = await runPhase(worker, work, "make-token", () => renewToken(worker, work, sealed));
  await runPhase(worker, work, "apply-token", () => applyToken(worker, work, renewed, signal));
}

async function applyToken(
  worker: WorkerSystem,
  work: Work,
  sealed: SealedInstance,
  signal: AbortSignal,
): Promise<void> {
  const { instance } = work;
  const modelKey = await provideModelKey(worker, work);
  const network = await worker.engine.network(instance.id);
  const files = instanceFiles({
    instance,
    version: imageOf(worker, instance).version,
    sealed,
    modelKey,
    network,
    config: worker.config,
  });
  await worker.engine.writeFiles(
    instance.id,
    files.filter(({ path }) => path === "openclaw.json"),
  );
  await awaitToken(worker, instance.id, signal);
}
