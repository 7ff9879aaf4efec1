import type { Gateway } from "../ports.ts";
import { gatewayAt } from "../provisioner/openclaw-config.ts";

/** Asked at once: each takes milliseconds, or two seconds where nobody answers. */
const parallel = 64;
/** An assistant that thinks hard answers late: only so many unanswered rounds in a row mean that it hangs. */
const mostMisses = 4;

export type Probed = { instanceId: string; address: string };

/** Remembers who did not answer. Asks from outside: a check inside of the container would cost twenty-five times as much. */
export function createProber(gateway: Gateway) {
  const misses = new Map<string, number>();

  /** Returns those that have not answered too often in a row. */
  return async function probe(instances: readonly Probed[]): Promise<string[]> {
    const asked = new Set(instances.map(({ instanceId }) => instanceId));
    for (const known of misses.keys()) if (!asked.has(known)) misses.delete(known);

    const rest = [...instances];
    await Promise.all(
      Array.from({ length: parallel }, async () => {
        for (let next = rest.pop(); next; next = rest.pop()) await ask(next);
      }),
    );
    const silent = [...misses].filter(([, count]) => count >= mostMisses).map(([instanceId]) => instanceId);
    for (const instanceId of silent) misses.delete(instanceId);
    return silent;
  };

  async function ask({ instanceId, address }: Probed): Promise<void> {
    if (await gateway.probe(`http://${gatewayAt(address)}`, "live")) misses.delete(instanceId);
    else misses.set(instanceId, (misses.get(instanceId) ?? 0) + 1);
  }
}
