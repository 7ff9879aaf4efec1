import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectPeers, grantHeader } from "@openclaw-launch/core/adapters/backup-peers";
import { restoreBackup } from "@openclaw-launch/core/backups/restore-backup";
import { registerHost } from "@openclaw-launch/core/hosts/register-host";
import { commandInstance } from "@openclaw-launch/core/instances/command-instance";
import { convergeInstance } from "@openclaw-launch/core/instances/converge-instance";
import { getInstance } from "@openclaw-launch/core/instances/get-instance";
import { deployTestInstance, draftOf } from "@openclaw-launch/core/testing/deploy-test-instance";
import { createTestSystem } from "@openclaw-launch/core/testing/test-system";
import { createTestHost, startTestWorker } from "@openclaw-launch/core/testing/test-worker";
import type { WorkerSystem } from "@openclaw-launch/core/worker";
import { afterAll, expect, test } from "vitest";
import { serveInternalApi } from "./internal-server.ts";

const sys = await createTestSystem();
const [hostA, hostB] = [await createTestHost(sys), await createTestHost(sys)];
const [a, b] = [
  startTestWorker(sys, hostA),
  startTestWorker(sys, hostB, { peers: connectPeers(sys.config) }),
];
Object.assign(a.config, { HOST_NAME: "a", INTERNAL_PORT: 0, TRUSTED_HOSTS: [hostB.secrets.identityKey] });
Object.assign(b.config, { HOST_NAME: "b", TRUSTED_HOSTS: [hostA.secrets.identityKey] });
const server = await serveInternalApi(a);
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
a.config.INTERNAL_URL = url;
await registerHost(a);

const never = new AbortController().signal;
const noteOn = { path: "workspace/notes.md", mode: 0o600 };

async function runningOn(worker: WorkerSystem, made: Awaited<ReturnType<typeof draftOf>>): Promise<string> {
  await sys.db.host.updateMany({ data: { seenAt: new Date(0) } });
  await deployTestInstance(sys, worker, made.owner, made.id);
  await convergeInstance(worker, made.id, never);
  return made.id;
}

const made = await draftOf(sys);
const { owner } = made;
const id = await runningOn(a, made);
await hostA.engine.writeFiles(id, [{ ...noteOn, content: "remembered" }]);
const backupId = sys.random.uuid();
await commandInstance(sys, owner, "backup", { instanceId: id, operationId: backupId });
await convergeInstance(a, id, never);
const target = await runningOn(b, await draftOf(sys, owner));

test("B3: a backup comes from another host over its internal API", async () => {
  const restore = { instanceId: target, operationId: sys.random.uuid(), backupId };
  await restoreBackup(sys, owner, restore);
  const bare = await fetch(`${url}/backups/${restore.operationId}`);
  expect([bare.ok, bare.headers.get(grantHeader)]).toEqual([false, null]);
  const stranger = connectPeers({ INTERNAL_SECRET: "x".repeat(43) });
  await expect(stranger.fetchBackup(url, restore.operationId, never)).rejects.toMatchObject({
    code: "worker.unreachable",
  });

  await convergeInstance(b, target, never);
  expect(await getInstance(sys, owner, { instanceId: target })).toMatchObject({
    status: "running",
    operation: { state: "succeeded" },
  });
  expect(hostB.engine.file(target, noteOn.path)?.content).toBe("remembered");
});

test("a refusal keeps its reason, and a host that isn't there is unreachable", async () => {
  const { fetchBackup } = connectPeers(sys.config);
  const restore = sys.random.uuid();
  await expect(fetchBackup(url, restore, never)).rejects.toMatchObject({ code: "backup.missing" });
  await expect(fetchBackup("http://127.0.0.1:1", restore, never)).rejects.toMatchObject({
    code: "worker.unreachable",
  });
});

test("an answer without a grant is no backup", async () => {
  const other = createServer((_, response) => response.end("anything"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  afterAll(() => other.close());
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const asked = connectPeers(sys.config).fetchBackup(address, sys.random.uuid(), never);
  await expect(asked).rejects.toMatchObject({ code: "backup.unreadable" });
});

test("a connection that breaks off leaves the assistant as it was", async () => {
  await hostB.engine.writeFiles(target, [{ ...noteOn, content: "from today" }]);
  const { sealed } = hostA.backups;
  hostA.backups.sealed = async function* (place) {
    for await (const chunk of sealed(place)) yield chunk.subarray(0, 100);
    throw new Error("the disk is gone");
  };
  await restoreBackup(sys, owner, { instanceId: target, operationId: sys.random.uuid(), backupId });
  await convergeInstance(b, target, never);
  hostA.backups.sealed = sealed;
  expect(await getInstance(sys, owner, { instanceId: target })).toMatchObject({
    status: "running",
    operation: { state: "failed", error: "worker.unreachable" },
  });
  expect(hostB.engine.file(target, noteOn.path)?.content).toBe("from today");
});

test("a file that is gone is told before anything of it is sent", async () => {
  await hostA.backups.remove({ instanceId: id, backupId });
  const operationId = sys.random.uuid();
  await restoreBackup(sys, owner, { instanceId: target, operationId, backupId });
  await expect(connectPeers(sys.config).fetchBackup(url, operationId, never)).rejects.toMatchObject({
    code: "backup.unreadable",
  });
});
