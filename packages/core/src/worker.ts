import type { WorkerConfig } from "./config.ts";
import type { ChatSessions } from "./instances/chat-sessions.ts";
import type { GatewayAccess } from "./instances/gateway-access.ts";
import type { BackupFiles, Engine, Gateway, HostSecrets, ModelProvider, Peers } from "./ports.ts";
import type { InstanceImage } from "./provisioner/choose-image.ts";
import type { Meter } from "./stats/instance-meter.ts";
import type { System } from "./system.ts";

/** What the worker has beyond every process: the container engine, the keys of the host, the model provider. */
export type WorkerSystem = System & {
  config: WorkerConfig;
  engine: Engine;
  gateway: Gateway;
  provider: ModelProvider;
  secrets: HostSecrets;
  backups: BackupFiles;
  peers: Peers;
  /** What new instances run in. */
  image: InstanceImage;
  chats: ChatSessions;
  access: GatewayAccess;
  meter: Meter;
};
