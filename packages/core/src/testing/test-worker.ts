import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { z } from "zod";
import { backupFilesIn } from "../adapters/backup-files.ts";
import { loadHostSecrets } from "../adapters/host-secrets.ts";
import { readWorkerConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import { createChatSessions } from "../instances/chat-sessions.ts";
import { createGatewayAccess } from "../instances/gateway-access.ts";
import { routeEngine } from "../pool/route-engine.ts";
import type { BackupFiles, Engine, HostSecrets, ModelProvider, Peers } from "../ports.ts";
import type { InstanceImage } from "../provisioner/choose-image.ts";
import { createMeter } from "../stats/instance-meter.ts";
import type { WorkerSystem } from "../worker.ts";
import { FakeEngine } from "./fake-engine.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { FakeModelProvider } from "./fake-model-provider.ts";
import type { TestSystem } from "./test-system.ts";

export type TestHost = {
  engine: FakeEngine;
  gateway: FakeGateway;
  provider: FakeModelProvider;
  secrets: HostSecrets;
  backups: BackupFiles;
  /** Where the backups lie. */
  backupFolder: string;
};

const gatewayConfig = z.object({ gateway: z.object({ auth: z.object({ token: z.string() }) }) });

/** One container host in memory, whose keys lie in a folder of its own until the end of the test file. */
export async function createTestHost(sys: TestSystem): Promise<TestHost> {
  const folder = await mkdtemp(join(tmpdir(), "test-host-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const [engine, gateway] = [new FakeEngine(sys.clock), new FakeGateway(sys.clock)];
  gateway.tokenOf = (url) => {
    const file = engine.fileAt(new URL(url).hostname, "openclaw.json");
    return gatewayConfig.parse(JSON.parse(file?.content ?? "")).gateway.auth.token;
  };
  const { exec } = engine;
  engine.exec = (instanceId, command) => {
    if (command[0] === "openclaw-launch-pair" && command[1]) gateway.paired.add(command[1]);
    return exec(instanceId, command);
  };
  const backupFolder = join(folder, "backups");
  return {
    engine,
    gateway,
    provider: new FakeModelProvider(),
    secrets: await loadHostSecrets(folder),
    backups: backupFilesIn(backupFolder),
    backupFolder,
  };
}

const noPeers: Peers = { fetchBackup: () => Promise.reject(new DomainError("worker.unreachable")) };

/** A worker process on the host. There may be several in turn, as after a restart. `wrap` lets a test stand between. */
export function startTestWorker(
  sys: TestSystem,
  host: TestHost,
  wrap: {
    engine?: Engine;
    provider?: ModelProvider;
    secrets?: HostSecrets;
    backups?: BackupFiles;
    peers?: Peers;
    image?: InstanceImage;
  } = {},
): WorkerSystem {
  const config = readWorkerConfig({
    DATABASE_URL: sys.config.DATABASE_URL,
    INTERNAL_SECRET: sys.config.INTERNAL_SECRET,
    INTERNAL_URL: "http://127.0.0.1:3003",
    WORKER_DATA: "unused",
    INSTANCE_IMAGE: "test-image",
    OPENROUTER_MANAGEMENT_KEY: "management-key",
  });
  const engine = routeEngine(wrap.engine ?? host.engine, sys.db);
  const image = wrap.image ?? { reference: config.INSTANCE_IMAGE, version: "2026.9.6" };
  const parts = { ...sys, ...host, peers: noPeers, ...wrap, engine, config, image };
  return {
    ...parts,
    chats: createChatSessions(parts),
    access: createGatewayAccess(parts),
    meter: createMeter(parts),
  };
}
