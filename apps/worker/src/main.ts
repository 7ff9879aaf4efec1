// One worker per container host: brings instances to their desired state, and serves web what only this host knows.
import { freemem } from "node:os";
import { join } from "node:path";
import { backupFilesIn, claimBackupFolder } from "@openclaw-launch/core/adapters/backup-files";
import { connectPeers } from "@openclaw-launch/core/adapters/backup-peers";
import { loadHostSecrets } from "@openclaw-launch/core/adapters/host-secrets";
import { createOpenClawGateway } from "@openclaw-launch/core/adapters/openclaw-gateway";
import { createOpenRouter } from "@openclaw-launch/core/adapters/openrouter";
import { runCommand } from "@openclaw-launch/core/adapters/run-command";
import { startSystem } from "@openclaw-launch/core/adapters/start-system";
import { keepBackups } from "@openclaw-launch/core/backups/keep-backups";
import { readWorkerConfig } from "@openclaw-launch/core/config";
import { registerHost } from "@openclaw-launch/core/hosts/register-host";
import { rotateDeployKeys } from "@openclaw-launch/core/hosts/rotate-deploy-keys";
import { createChatSessions } from "@openclaw-launch/core/instances/chat-sessions";
import { createRefusalCounter } from "@openclaw-launch/core/instances/count-refusals";
import { createGatewayAccess } from "@openclaw-launch/core/instances/gateway-access";
import { reconcileHost } from "@openclaw-launch/core/instances/reconcile-host";
import { workConvergeJobs } from "@openclaw-launch/core/jobs/work-jobs";
import { keepPool } from "@openclaw-launch/core/pool/keep-pool";
import { routeEngine } from "@openclaw-launch/core/pool/route-engine";
import { chooseDiskQuota } from "@openclaw-launch/core/provisioner/choose-disk-quota";
import { chooseImage } from "@openclaw-launch/core/provisioner/choose-image";
import { createDockerEngine } from "@openclaw-launch/core/provisioner/docker";
import { hostFirewall } from "@openclaw-launch/core/provisioner/firewall";
import { guardHost } from "@openclaw-launch/core/provisioner/guard-host";
import { createMeter } from "@openclaw-launch/core/stats/instance-meter";
import type { WorkerSystem } from "@openclaw-launch/core/worker";
import { serveEdge } from "./edge.ts";
import { serveInternalApi } from "./internal-server.ts";
import { openEgress } from "./open-egress.ts";
import { repeat } from "./repeat.ts";

const heartbeatMs = 10_000;
const meterMs = 2_000;

const config = readWorkerConfig();
const system = await startSystem(config, { works: true });
const { log } = system;
const secrets = await loadHostSecrets(config.WORKER_DATA);
const backupFolder = config.BACKUP_FOLDER ?? join(config.WORKER_DATA, "backups");
await claimBackupFolder(backupFolder, secrets.hostId);
const disk = await chooseDiskQuota({ config, run: runCommand, log });
const docker = createDockerEngine({
  socketPath: config.DOCKER_SOCKET,
  prefix: config.INSTANCE_PREFIX,
  subnets: config.INSTANCE_SUBNETS,
  clock: system.clock,
  ...(disk && { disk }),
  ...(config.INSTANCE_RUNTIME && { runtime: config.INSTANCE_RUNTIME }),
});
const engine = routeEngine(docker, system.db);
const parts = {
  ...system,
  engine,
  secrets,
  image: await chooseImage(engine, config.INSTANCE_IMAGE),
  backups: backupFilesIn(backupFolder),
  peers: connectPeers(config),
  gateway: createOpenClawGateway(),
  provider: createOpenRouter(config),
};
const worker: WorkerSystem = {
  ...parts,
  chats: createChatSessions(parts),
  access: createGatewayAccess(parts),
  meter: createMeter(parts),
};
log.info(await engine.ping(), "container engine reached");

const stop = new AbortController();
await guardHost({
  firewall: hostFirewall({ prefix: config.INSTANCE_PREFIX, egressPort: config.EGRESS_PORT, run: runCommand }),
  required: config.HOST_FIREWALL === "required",
  clock: system.clock,
  log,
  signal: stop.signal,
});
const refusals = createRefusalCounter(worker);
const egress = await openEgress(worker, refusals.count);
await registerHost(worker);
await rotateDeployKeys(worker);
const reconciler = reconcileHost(worker, stop.signal);
await workConvergeJobs(system.boss, secrets.hostId, reconciler.request);
const pool = keepPool(worker, freemem, stop.signal);
const internalApi = await serveInternalApi(worker);
const edge = await serveEdge(worker);
const heartbeat = {
  registerHost: () => registerHost(worker),
  rotateDeployKeys: () => rotateDeployKeys(worker),
  writeRefusals: refusals.write,
  writeMeter: worker.meter.write,
  keepBackups: () => keepBackups(worker),
};
void repeat(worker, heartbeat, heartbeatMs, stop.signal);
void repeat(worker, { readMeter: worker.meter.read }, meterMs, stop.signal);
log.info({ hostId: secrets.hostId, identityKey: secrets.identityKey }, "worker ready");

/** Instances go on running: only what this process does for them ends. */
async function shutDown(): Promise<void> {
  internalApi.close();
  internalApi.closeAllConnections();
  stop.abort(new Error("the worker is shutting down"));
  await Promise.all([reconciler.done, pool]);
  await edge.close();
  await egress.close();
  await system.close();
  process.exit(0);
}
process.once("SIGTERM", () => void shutDown());
process.once("SIGINT", () => void shutDown());
