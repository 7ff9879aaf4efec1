import type Docker from "dockerode";
import type { Clock, InstanceNetwork } from "../ports.ts";
import { engineStatus, unless } from "./docker-errors.ts";
import { interfaceName, labelsOf, objectName } from "./docker-names.ts";
import { addressBeside, freeSubnet } from "./subnets.ts";

export type DockerNetwork = InstanceNetwork & { id: string; name: string };
type Where = { docker: Docker; prefix: string; subnets: string; clock: Clock };

/** Another call may be making the same network, which the engine shows only when it is whole: seconds on a busy machine. */
const patienceMs = 30_000;
const pauseMs = 50;

export async function findNetwork(
  { docker, prefix }: Where,
  instanceId: string,
): Promise<DockerNetwork | null> {
  const found = await unless([404], docker.getNetwork(objectName(prefix, instanceId)).inspect());
  return found ? describeNetwork(found) : null;
}

/** An internal bridge of the instance's own: it has no route out, and no neighbours. */
export async function ensureNetwork(where: Where, instanceId: string): Promise<DockerNetwork> {
  const deadline = where.clock.now().getTime() + patienceMs;
  while (where.clock.now().getTime() < deadline) {
    const existing = await findNetwork(where, instanceId);
    if (existing) return existing;
    try {
      await createNetwork(where, instanceId);
    } catch (error) {
      if (!isTaken(error)) throw error;
      await where.clock.sleep(pauseMs);
    }
  }
  throw new Error(
    `The network of instance ${instanceId} could not be made: another one takes its place each time.`,
  );
}

async function createNetwork({ docker, prefix, subnets }: Where, instanceId: string): Promise<void> {
  const networks = await docker.listNetworks();
  const taken = networks.flatMap(({ IPAM }) => IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []);
  const subnet = freeSubnet(subnets, taken, instanceId);
  await docker.createNetwork({
    Name: objectName(prefix, instanceId),
    CheckDuplicate: true,
    Driver: "bridge",
    Internal: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway }] },
    Labels: labelsOf(prefix, instanceId),
    Options: {
      "com.docker.network.bridge.name": interfaceName(prefix, instanceId),
      "com.docker.network.bridge.enable_icc": "false",
      "com.docker.network.bridge.enable_ip_masquerade": "false",
    },
  });
}

/** The name (409), the subnet or the interface (403) went to another network since we looked. */
const isTaken = (error: unknown) => [403, 409].includes(engineStatus(error) ?? 0);

export async function removeNetwork({ docker, prefix }: Where, instanceId: string): Promise<void> {
  const network = docker.getNetwork(objectName(prefix, instanceId));
  const found: Docker.NetworkInspectInfo | undefined = await unless([404], network.inspect());
  if (!found) return;
  for (const container of Object.keys(found.Containers ?? {})) {
    await unless([404], network.disconnect({ Container: container, Force: true }));
  }
  await unless([404], network.remove());
}

export function describeNetwork(found: Docker.NetworkInspectInfo): DockerNetwork {
  const gateway = found.IPAM?.Config?.[0]?.Gateway;
  if (!found.Internal || !gateway) throw new Error(`Network ${found.Name} is not one of ours.`);
  return { id: found.Id, name: found.Name, gateway, address: addressBeside(gateway) };
}
