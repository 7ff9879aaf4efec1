import { TransientFailure } from "@openclaw-launch/core/ports";
import { allowedHosts } from "@openclaw-launch/core/provisioner/allowed-hosts";
import { type EgressClient, type Refusal, startEgress } from "@openclaw-launch/core/provisioner/egress";
import { readSealedInstance } from "@openclaw-launch/core/provisioner/sealed-instance";
import type { WorkerSystem } from "@openclaw-launch/core/worker";

/** It is over before another instance at the same address has started; and one that was erased may reach nothing. */
const rememberedMs = 1000;

/** The instances' way out, for exactly what the configuration that each runs with needs. */
export async function openEgress(
  worker: WorkerSystem,
  onRefused: (refusal: Refusal) => void,
): Promise<{ close(): Promise<void> }> {
  const known = new Map<string, string>();
  const lately = new Map<string, Promise<string | null>>();

  async function instanceAt(address: string): Promise<EgressClient | null> {
    const instanceId = await lookUp(address);
    if (!instanceId) return null;
    const client = await clientOf(instanceId);
    if (client) return client;
    // Claimed or erased since.
    lately.delete(address);
    return clientOf(await findAnew(address));
  }

  /** One that asks without end costs one search a second. What it may reach is read each time: a deploy may change that as it runs. */
  function lookUp(address: string): Promise<string | null> {
    const remembered = lately.get(address);
    if (remembered) return remembered;
    const found = search(address);
    lately.set(address, found);
    void worker.clock.sleep(rememberedMs).then(() => lately.delete(address));
    return found;
  }

  const search = async (address: string) => (await isStill(address)) ?? findAnew(address);

  /** A member of the pool may go where every assistant may; one that was claimed since is known under another id. */
  async function clientOf(instanceId: string | null): Promise<EgressClient | null> {
    if (!instanceId) return null;
    const sealed = await readSealedInstance(worker.secrets, instanceId);
    if (sealed) return { instanceId, allowed: allowedHosts(sealed.configuration.channels, worker.config) };
    const isMember = await worker.db.poolMember.count({ where: { id: instanceId, instanceId: null } });
    return isMember ? { instanceId, allowed: allowedHosts({}, worker.config) } : null;
  }

  /** An address may have gone to another instance since we looked. */
  async function isStill(address: string): Promise<string | null> {
    const instanceId = known.get(address);
    if (!instanceId) return null;
    try {
      const { network } = await worker.engine.inspect(instanceId);
      return network?.address === address ? instanceId : null;
    } catch (error) {
      // The database or the engine is away: nobody new gets an address meanwhile, and whoever lost it has no configuration any more.
      if (error instanceof TransientFailure) return instanceId;
      throw error;
    }
  }

  async function findAnew(address: string): Promise<string | null> {
    const found = await worker.engine.list();
    known.clear();
    for (const { instanceId, network } of found) if (network) known.set(network.address, instanceId);
    return known.get(address) ?? null;
  }

  return startEgress({
    port: worker.config.EGRESS_PORT,
    subnets: worker.config.INSTANCE_SUBNETS,
    instanceAt,
    onRefused,
  });
}
