import { type GatewayConnection, GatewayRefused, type GatewayTarget } from "../ports.ts";
import type { WorkerSystem } from "../worker.ts";

/** Connects to an instance's gateway as the platform's own device. */
export async function connectPaired(
  { engine, gateway }: Pick<WorkerSystem, "engine" | "gateway">,
  instanceId: string,
  target: GatewayTarget,
): Promise<GatewayConnection> {
  try {
    return await gateway.connect(target);
  } catch (error) {
    if (!(error instanceof GatewayRefused) || error.reason !== "pairing") throw error;
    // The first time: the instance doesn't know the platform's device yet. Approved from inside, where only the host can reach.
    const { exitCode, output } = await engine.exec(instanceId, [
      "openclaw-launch-pair",
      gateway.deviceId(target.deviceKey),
    ]);
    if (exitCode !== 0)
      throw new GatewayRefused("pairing", `approving failed with ${exitCode}: ${output.slice(0, 500)}`);
    return gateway.connect(target);
  }
}
