import { instanceFiles } from "../provisioner/instance-files.ts";
import type { SealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { awaitHealth } from "./await-health.ts";
import { imageOf } from "./image-of.ts";
import { provideModelKey } from "./provide-model-key.ts";
import { renewToken } from "./renew-token.ts";
import { runPhase, type Work } from "./track-progress.ts";

/** Its gateway reads the new token within a second or two; the old one may not live longer than five. */
const patienceMs = 4_000;
const intervalMs = 1_000;

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
  worker.chats.close(instance.id);
  const deadline = worker.clock.now().getTime() + patienceMs;
  while (worker.clock.now().getTime() < deadline) {
    if (await takesToken(worker, instance.id)) return;
    await worker.clock.sleep(intervalMs, signal);
  }
  await restart(worker, instance.id, signal);
}

/** The platform shows the token that is sealed now, which is the new one. */
async function takesToken(worker: WorkerSystem, instanceId: string): Promise<boolean> {
  return worker.chats.open(instanceId).then(
    () => true,
    () => false,
  );
}

/** However busy the gateway is: a token that it doesn't let go of opens nothing while it is down, and is gone when it comes back. */
async function restart(worker: WorkerSystem, instanceId: string, signal: AbortSignal): Promise<void> {
  await worker.engine.stop(instanceId, 0);
  await worker.engine.start(instanceId);
  await awaitHealth(worker, instanceId, "live", signal);
  await awaitHealth(worker, instanceId, "ready", signal);
}
