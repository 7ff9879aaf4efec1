import { beforeEach, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { rotateDeployKeys } from "../hosts/rotate-deploy-keys.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { convergeInstance } from "../instances/converge-instance.ts";
import { getInstance } from "../instances/get-instance.ts";
import type { InstanceFile, Peers } from "../ports.ts";
import type { OwnerActor } from "../system.ts";
import { createUser } from "../testing/create-user.ts";
import { deployTestInstance, draftOf } from "../testing/deploy-test-instance.ts";
import { mortalPorts } from "../testing/mortal-ports.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker, type TestHost } from "../testing/test-worker.ts";
import type { WorkerSystem } from "../worker.ts";
import { giveBackup } from "./give-backup.ts";
import { keepBackups } from "./keep-backups.ts";
import { listBackups } from "./list-backups.ts";
import { restoreBackup } from "./restore-backup.ts";

const sys = await createTestSystem();
const [hostA, hostB, hostC] = [
  await createTestHost(sys),
  await createTestHost(sys),
  await createTestHost(sys),
];
const hourMs = 3_600_000;
let broken: Error | null = null;
let change: (given: Awaited<ReturnType<Peers["fetchBackup"]>>) => typeof given = (given) => given;
const peers: Peers = {
  fetchBackup: async (url, operationId) => {
    expect(url).toBe("http://a");
    if (broken) throw broken;
    return change(await giveBackup(a, operationId));
  },
};
const trusting = (worker: WorkerSystem, name: string, trusted: TestHost[]): WorkerSystem => {
  worker.config.HOST_NAME = name;
  worker.config.INTERNAL_URL = `http://${name}`;
  worker.config.TRUSTED_HOSTS = trusted.map(({ secrets }) => secrets.identityKey);
  return worker;
};
const a = trusting(startTestWorker(sys, hostA), "a", [hostB]);
const onB = (wrap: Parameters<typeof startTestWorker>[2] = {}) =>
  trusting(startTestWorker(sys, hostB, { peers, ...wrap }), "b", [hostA]);
const b = onB();

beforeEach(() => {
  broken = null;
  change = (given) => given;
});

const converge = (id: string, by: WorkerSystem) => convergeInstance(by, id, new AbortController().signal);
const refusal = (code: string) => expect.objectContaining({ code });
const view = (owner: OwnerActor, id: string) => getInstance(sys, owner, { instanceId: id });
const note = (host: TestHost, id: string, content: string) =>
  host.engine.writeFiles(id, [{ path: "workspace/notes.md", mode: 0o600, content } satisfies InstanceFile]);
const noteOf = (host: TestHost, id: string) => host.engine.file(id, "workspace/notes.md")?.content;

async function runningOn(worker: WorkerSystem, owner?: OwnerActor) {
  const made = await draftOf(sys, owner);
  await sys.db.host.updateMany({ data: { seenAt: new Date(0) } }); // so that no other is chosen
  await deployTestInstance(sys, worker, made.owner, made.id);
  await converge(made.id, worker);
  return made;
}

/** Something to remember, kept on A, and an assistant on B that remembers something else. */
async function apart(content = "remembered") {
  const { owner, id } = await runningOn(a);
  await note(hostA, id, content);
  const { operation } = await commandInstance(sys, owner, "backup", {
    instanceId: id,
    operationId: sys.random.uuid(),
  });
  await converge(id, a);
  const { id: target } = await runningOn(b, owner);
  await note(hostB, target, "from today");
  return { owner, id, target, backupId: operation?.id ?? "" };
}

async function ask(owner: OwnerActor, instanceId: string, backupId: string): Promise<string> {
  const operationId = sys.random.uuid();
  await restoreBackup(sys, owner, { instanceId, operationId, backupId });
  return operationId;
}

const movedFiles = async (target: string) =>
  (await hostB.backups.list()).filter(({ instanceId }) => instanceId === target);

async function expectUntouched(owner: OwnerActor, target: string, error: string): Promise<void> {
  expect(await view(owner, target)).toMatchObject({
    status: "running",
    operation: { state: "failed", error },
  });
  expect(noteOf(hostB, target)).toBe("from today");
  expect(await movedFiles(target)).toEqual([]);
}

describe("to another host", () => {
  test("B3: what an assistant remembers moves to another one of its owner's there", async () => {
    const { owner, id, target, backupId } = await apart();
    const before = (await hostA.engine.inspect(id)).container;
    await ask(owner, target, backupId);
    await converge(target, b);
    const { status, operation } = await view(owner, target);
    expect([status, operation?.state]).toEqual(["running", "succeeded"]);
    expect(operation?.phases[0]?.name).toBe("fetch-backup");
    expect(noteOf(hostB, target)).toBe("remembered");
    const kept = await listBackups(sys, owner, { instanceId: target });
    expect(kept.map(({ kind, state }) => `${kind} ${state}`).toSorted()).toEqual([
      "beforeRestore ready",
      "moved ready",
    ]);
    expect((await hostA.engine.inspect(id)).container).toEqual(before);
  });

  test("a worker that is killed at any step: the next one ends with the moved state, and one copy", async () => {
    const outcomes = new Set<string>();
    let steps = 0;
    for (let deadline = 0, outcome = "died"; outcome === "died"; deadline++, steps++) {
      const { owner, target, backupId } = await apart();
      await ask(owner, target, backupId);
      const { mortal, death } = mortalPorts({
        deadline,
        when: "after",
        spared: ["readState", "unseal", "read", "freeBytes"],
      });
      const doomed = onB({
        peers: mortal(peers),
        backups: mortal(hostB.backups),
        engine: mortal(hostB.engine),
      });
      outcome = await Promise.race([converge(target, doomed).then(() => "lived"), death.then(() => "died")]);
      await converge(target, b);
      const rows = await sys.db.instanceBackup.findMany({ where: { instanceId: target, kind: "moved" } });
      const { status } = await view(owner, target);
      outcomes.add(`${status}, ${noteOf(hostB, target)}, ${rows.map(({ state }) => state).join()}`);
    }
    expect(steps).toBeGreaterThan(8);
    expect([...outcomes]).toEqual(["running, remembered, ready"]);
  }, 120_000);

  test("the daily clearing-up takes neither what is on its way nor what it comes from", async () => {
    const { owner, target, backupId } = await apart();
    sys.clock.advance(2 * hourMs);
    await sys.db.instanceBackup.update({ where: { id: backupId }, data: { expiresAt: sys.clock.now() } });
    await ask(owner, target, backupId);
    change = ({ grant, file }) => ({ grant, file: whileClearing(file) });
    await converge(target, b);
    expect(await view(owner, target)).toMatchObject({ operation: { state: "succeeded" } });
    expect(noteOf(hostB, target)).toBe("remembered");
  });

  test("what failed is not what the next restore goes on with", async () => {
    const { owner, target, backupId } = await apart();
    change = ({ grant, file }) => ({ grant, file: cutOff(file) });
    await ask(owner, target, backupId);
    await converge(target, b);
    change = (given) => given;
    await ask(owner, target, backupId);
    await converge(target, b);
    const rows = await sys.db.instanceBackup.findMany({
      where: { instanceId: target, kind: "moved" },
      orderBy: { state: "asc" },
    });
    expect(rows.map(({ state }) => state)).toEqual(["ready", "failed"]);
  });

  test("there is no room for it: nothing is asked for", async () => {
    const { owner, target, backupId } = await apart();
    broken = new Error("was asked");
    const full = onB({ backups: { ...hostB.backups, freeBytes: async () => 1024 ** 3 } });
    await ask(owner, target, backupId);
    await converge(target, full);
    await expectUntouched(owner, target, "backup.no-room");
  });

  test("it is longer than an assistant may be large here: it is broken off", async () => {
    const { owner, target, backupId } = await apart("x".repeat(3 * 1024 ** 2));
    await ask(owner, target, backupId);
    await converge(target, { ...b, config: { ...b.config, INSTANCE_DISK_MB: 1 } });
    await expectUntouched(owner, target, "backup.too-large");
  });

  test("its host is away: the assistant goes on as it was", async () => {
    const { owner, target, backupId } = await apart();
    broken = new DomainError("worker.unreachable");
    await ask(owner, target, backupId);
    await converge(target, b);
    await expectUntouched(owner, target, "worker.unreachable");
  });

  test("I1: a host that the operator doesn't name gets nothing, and is asked for nothing", async () => {
    for (const worker of [a, b]) {
      const { owner, target, backupId } = await apart();
      const trusted = worker.config.TRUSTED_HOSTS;
      worker.config.TRUSTED_HOSTS = [hostC.secrets.identityKey];
      await ask(owner, target, backupId);
      await converge(target, b);
      worker.config.TRUSTED_HOSTS = trusted;
      await expectUntouched(owner, target, "backup.elsewhere");
    }
  });

  test("I1: a key that its identity has not signed is not sealed to", async () => {
    const { owner, target, backupId } = await apart();
    const operationId = await ask(owner, target, backupId);
    const { publicKey } = await hostC.secrets.createDeployKey();
    const { hostId } = hostB.secrets;
    await sys.db.hostDeployKey.updateMany({ where: { hostId }, data: { publicKey } });
    await expect(giveBackup(a, operationId)).rejects.toEqual(refusal("backup.elsewhere"));
    await sys.db.hostDeployKey.deleteMany({ where: { hostId } });
    await expect(giveBackup(a, operationId)).rejects.toEqual(refusal("backup.elsewhere"));
    await rotateDeployKeys(b);
  });

  test("I1: nothing is given without a restore that its owner has begun", async () => {
    const { owner, target, backupId } = await apart();
    await expect(giveBackup(a, sys.random.uuid())).rejects.toEqual(refusal("backup.missing"));

    const operationId = await ask(owner, target, backupId);
    const stranger = await createUser(sys);
    const { id: theirs } = await runningOn(a, stranger);
    const { operation } = await commandInstance(sys, stranger, "backup", {
      instanceId: theirs,
      operationId: sys.random.uuid(),
    });
    await converge(theirs, a);
    const pointTo = (id: string) =>
      sys.db.operation.update({ where: { id: operationId }, data: { backupId: id } });
    await pointTo(operation?.id ?? "");
    await expect(giveBackup(a, operationId)).rejects.toEqual(refusal("backup.missing"));
    await pointTo(backupId);
    await converge(target, b);
    await expect(giveBackup(a, operationId)).rejects.toEqual(refusal("backup.missing"));
  });

  const forgeries: Record<string, (given: Awaited<ReturnType<Peers["fetchBackup"]>>) => typeof given> = {
    "a grant that another host signed": ({ grant, file }) => ({
      grant: {
        ...grant,
        signature: Buffer.from(hostC.secrets.sign(Buffer.from(grant.sealed))).toString("base64url"),
      },
      file,
    }),
    "another key": ({ grant, file }) => ({
      grant: { ...grant, sealed: Buffer.alloc(80).toString("base64") },
      file,
    }),
    "changed content": ({ grant, file }) => ({ grant, file: flipped(file) }),
    "half of it": ({ grant, file }) => ({ grant, file: cutOff(file) }),
  };
  test.each(Object.keys(forgeries))("I1: %s is refused, and nothing was touched", async (name) => {
    const { owner, target, backupId } = await apart();
    change = forgeries[name] ?? change;
    await ask(owner, target, backupId);
    await converge(target, b);
    await expectUntouched(owner, target, "backup.unreadable");
  });

  test("I1: a grant for one restore opens no other", async () => {
    const { owner, target, backupId } = await apart();
    const first = await giveBackup(a, await ask(owner, target, backupId));
    await converge(target, b);
    await note(hostB, target, "from today");
    change = ({ file }) => ({ grant: first.grant, file });
    await ask(owner, target, backupId);
    await converge(target, b);
    expect(await view(owner, target)).toMatchObject({
      operation: { state: "failed", error: "backup.unreadable" },
    });
    expect(noteOf(hostB, target)).toBe("from today");
  });
});

/** As the heartbeats of both hosts do, while the file comes. */
async function* whileClearing(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    await keepBackups(a);
    await keepBackups(b);
    yield chunk;
  }
  await keepBackups(b);
}

async function* flipped(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    const changed = Uint8Array.from(chunk);
    changed[60] = (changed[60] ?? 0) ^ 1;
    yield changed;
  }
}

async function* cutOff(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) yield chunk.subarray(0, Math.floor(chunk.length / 2));
}
