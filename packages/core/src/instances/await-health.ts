import { DomainError } from "../errors.ts";
import type { WorkerSystem } from "../worker.ts";

const limitMs = 180_000;
const intervalMs = 250;

/** Asks the instance from outside until it says so itself; a container that died meanwhile ends the wait at once. */
export async function awaitHealth(
  worker: WorkerSystem,
  instanceId: string,
  wanted: "live" | "ready",
  signal: AbortSignal,
): Promise<void> {
  const deadline = worker.clock.now().getTime() + limitMs;
  while (worker.clock.now().getTime() < deadline) {
    const { container, network } = await worker.engine.inspect(instanceId);
    if (container?.state !== "running" || !network) {
      throw new DomainError(container?.outOfMemory ? "instance.out-of-memory" : "instance.crashed");
    }
    const health = await worker.gateway.probe(`http://${network.address}:18789`);
    if (health[wanted]) return;
    await worker.clock.sleep(intervalMs, signal);
  }
  throw new DomainError("deploy.not-healthy");
}
