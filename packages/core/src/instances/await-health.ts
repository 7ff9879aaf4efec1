import { DomainError } from "../errors.ts";
import type { Health } from "../ports.ts";
import { gatewayAt } from "../provisioner/openclaw-config.ts";
import type { WorkerSystem } from "../worker.ts";

const limitMs = 180_000;
const intervalMs = 250;

/** Asks the instance from outside until it says so itself; a container that died meanwhile ends the wait at once. */
export async function awaitHealth(
  worker: WorkerSystem,
  instanceId: string,
  wanted: Health,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  let late = false;
  // Time that passes, and not times of day, which somebody may set meanwhile.
  worker.clock.sleep(limitMs, ended.signal).then(
    () => {
      late = true;
    },
    () => undefined,
  );
  try {
    while (!late) {
      const { container, network } = await worker.engine.inspect(instanceId);
      if (container?.state !== "running" || !network) throw new DomainError("instance.crashed");
      if (await worker.gateway.probe(`http://${gatewayAt(network.address)}`, wanted)) return;
      await worker.clock.sleep(intervalMs, signal);
    }
    throw new DomainError("deploy.not-healthy");
  } finally {
    ended.abort();
  }
}
