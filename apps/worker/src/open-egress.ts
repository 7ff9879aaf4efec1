import { allowedHosts } from "@openclaw-launch/core/provisioner/allowed-hosts";
import { type EgressClient, type Refusal, startEgress } from "@openclaw-launch/core/provisioner/egress";
import { readSealedInstance } from "@openclaw-launch/core/provisioner/sealed-instance";
import type { WorkerSystem } from "@openclaw-launch/core/worker";

/** The instances' way out, for exactly what the configuration that each runs with needs. */
export async function openEgress(
  worker: WorkerSystem,
  onRefused: (refusal: Refusal) => void,
): Promise<{ close(): Promise<void> }> {
  const known = new Map<string, string>();

  async function instanceAt(address: string): Promise<EgressClient | null> {
    const instanceId = (await isStill(address)) ?? (await findAnew(address));
    if (!instanceId) return null;
    const sealed = await readSealedInstance(worker.secrets, instanceId);
    return sealed && { instanceId, allowed: allowedHosts(sealed.configuration.channels, worker.config) };
  }

  /** An address may have gone to another instance since we looked. */
  async function isStill(address: string): Promise<string | null> {
    const instanceId = known.get(address);
    if (!instanceId) return null;
    const { network } = await worker.engine.inspect(instanceId);
    return network?.address === address ? instanceId : null;
  }

  async function findAnew(address: string): Promise<string | null> {
    known.clear();
    for (const { instanceId, network } of await worker.engine.list())
      if (network) known.set(network.address, instanceId);
    return known.get(address) ?? null;
  }

  return startEgress({
    port: worker.config.EGRESS_PORT,
    subnets: worker.config.INSTANCE_SUBNETS,
    instanceAt,
    onRefused: (refusal) => {
      worker.log.warn(refusal, "egress refused");
      onRefused(refusal);
    },
  });
}
