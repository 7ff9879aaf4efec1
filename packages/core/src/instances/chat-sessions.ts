import { DomainError } from "../errors.ts";
import { type GatewayConnection, type GatewayTarget, TransientFailure } from "../ports.ts";
import { instanceOrigin } from "../provisioner/instance-files.ts";
import { gatewayAt } from "../provisioner/openclaw-config.ts";
import { readSealedInstance } from "../provisioner/sealed-instance.ts";
import type { WorkerSystem } from "../worker.ts";
import { connectPaired } from "./connect-paired.ts";

/** The owner's conversation in the dashboard. */
export const dashboardSession = "agent:main:main";

/** One gateway connection per instance, opened when somebody needs it and shared by all who do. */
export type ChatSessions = {
  open(instanceId: string): Promise<GatewayConnection>;
  close(instanceId: string): void;
};

type Needs = Pick<WorkerSystem, "db" | "engine" | "gateway" | "secrets" | "config">;

export function createChatSessions(worker: Needs): ChatSessions {
  const connections = new Map<string, Promise<GatewayConnection>>();

  async function open(instanceId: string): Promise<GatewayConnection> {
    const existing = connections.get(instanceId);
    const connected = existing && (await existing.catch(() => null));
    if (connected && !connected.closed) return connected;
    // Somebody else may have begun to connect while we waited.
    const latest = connections.get(instanceId);
    if (latest && latest !== existing) return latest;
    const connecting = connect(worker, instanceId);
    connections.set(instanceId, connecting);
    connecting.catch(() => {
      if (connections.get(instanceId) === connecting) connections.delete(instanceId);
    });
    return connecting;
  }

  function close(instanceId: string): void {
    const connection = connections.get(instanceId);
    connections.delete(instanceId);
    connection?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  return { open, close };
}

async function connect(worker: Needs, instanceId: string): Promise<GatewayConnection> {
  const target = await locate(worker, instanceId).catch((cause) => {
    if (cause instanceof DomainError) throw cause;
    throw new TransientFailure("The gateway of the instance can't be looked up.", { cause });
  });
  return connectPaired(worker, instanceId, target);
}

async function locate(worker: Needs, instanceId: string): Promise<GatewayTarget> {
  const instance = await worker.db.instance.findUnique({ where: { id: instanceId } });
  const sealed = await readSealedInstance(worker.secrets, instanceId);
  if (!instance || !sealed) throw new DomainError("instance.missing");
  const { container, network } = await worker.engine.inspect(instanceId);
  if (container?.state !== "running" || !network) throw new DomainError("instance.not-running");
  return {
    url: `ws://${gatewayAt(network.address)}`,
    origin: instanceOrigin(instance.slug, worker.config),
    token: sealed.gatewayToken,
    deviceKey: sealed.deviceKey,
  };
}
