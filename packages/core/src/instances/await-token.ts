import type { WorkerSystem } from "../worker.ts";
import { awaitHealth } from "./await-health.ts";

/**
 * After each try. A gateway begins to read its new token after 300 ms and takes a second or two; the old one may not live longer than
 * five. Eight tries: OpenClaw locks out who shows a wrong token ten times.
 */
const pausesMs = [400, 150, 150, 200, 300, 600, 1_000, 1_200];

/** Waits until a running instance takes the token that is sealed for it now: its gateway watches its configuration. */
export async function awaitToken(
  worker: WorkerSystem,
  instanceId: string,
  signal: AbortSignal,
): Promise<void> {
  worker.chats.close(instanceId);
  for (const pause of pausesMs) {
    if (await takesToken(worker, instanceId)) return;
    await worker.clock.sleep(pause, signal);
  }
  await restart(worker, instanceId, signal);
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
