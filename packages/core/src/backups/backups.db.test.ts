import { copyFile, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { beforeEach, describe, expect, test } from "vitest";
import { registerHost } from "../hosts/register-host.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { convergeInstance } from "../instances/converge-instance.ts";
import { getInstance } from "../instances/get-instance.ts";
import { upgradeFleet } from "../instances/upgrade-fleet.ts";
import { GatewayRefused, type InstanceFile, type PairedDevice, TransientFailure } from "../ports.ts";
import type { OwnerActor } from "../system.ts";
import { createAdmin, createUser } from "../testing/create-user.ts";
import { deployTestInstance, draftOf, testConfiguration } from "../testing/deploy-test-instance.ts";
import { mortalPorts } from "../testing/mortal-ports.ts";
import { createTestSystem } from "../testing/test-system.ts";
import { createTestHost, startTestWorker } from "../testing/test-worker.ts";
import type { WorkerSystem } from "../worker.ts";
import { keepBackups } from "./keep-backups.ts";
import { listBackups } from "./list-backups.ts";
import { openBackup } from "./open-backup.ts";
import { removeBackup } from "./remove-backup.ts";
import { restoreBackup } from "./restore-backup.ts";

const sys = await createTestSystem();
const host = await createTestHost(sys);
const { engine, gateway } = host;
const worker = startTestWorker(sys, host);
const dayMs = 86_400_000;
const { signal } = new AbortController();

beforeEach(() => {
  gateway.healthy = true;
  engine.forgetFailures();
});

const converge = (id: string, by: WorkerSystem = worker) =>
  convergeInstance(by, id, new AbortController().signal);
const refusal = (code: string) => expect.objectContaining({ code });

async function running(owner?: OwnerActor) {
  const made = await draftOf(sys, owner);
  await deployTestInstance(sys, worker, made.owner, made.id);
  await converge(made.id);
  return made;
}

const note = (id: string, content: string) =>
  engine.writeFiles(id, [{ path: "workspace/notes.md", mode: 0o600, content } satisfies InstanceFile]);
const noteOf = (id: string) => engine.file(id, "workspace/notes.md")?.content;
const view = (owner: OwnerActor, id: string) => getInstance(sys, owner, { instanceId: id });
const list = (owner: OwnerActor, id: string) => listBackups(sys, owner, { instanceId: id });
const command = (
  owner: OwnerActor,
  id: string,
  kind: "backup" | "stop" | "start" | "kill" | "remove" | "upgrade",
) => commandInstance(sys, owner, kind, { instanceId: id, operationId: sys.random.uuid() });

const laptop: PairedDevice = {
  deviceId: "laptop",
  name: "Laptop",
  address: null,
  connected: false,
  approvedAt: new Date(0),
  seenAt: null,
};

/** The id of a new backup. */
async function backUp(owner: OwnerActor, id: string): Promise<string> {
  const { operation } = await command(owner, id, "backup");
  await converge(id);
  return operation?.id ?? "";
}

const askRestore = (owner: OwnerActor, id: string, backupId: string) =>
  restoreBackup(sys, owner, { instanceId: id, operationId: sys.random.uuid(), backupId });

async function restore(owner: OwnerActor, id: string, backupId: string) {
  await askRestore(owner, id, backupId);
  await converge(id);
  return view(owner, id);
}

/** As the engine archives a file that has a length and no content. */
async function* withHoles(path: string, length: number): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const entry = archive.entry({ name: `./${path}`, size: length });
  const zeros = Readable.from(
    (function* () {
      for (let left = length; left > 0; left -= 65_536) yield Buffer.alloc(65_536);
    })(),
  );
  zeros.pipe(entry).on("finish", () => archive.finalize());
  yield* archive as AsyncIterable<Uint8Array>;
}

const fileOf = (instanceId: string, backupId: string) =>
  join(host.backupFolder, instanceId, `${backupId}.backup`);
const filesOf = (instanceId: string) => readdir(join(host.backupFolder, instanceId)).catch(() => []);

/** Waits for health that never comes, in the product's time. */
async function convergeUnwell(id: string, by: WorkerSystem = worker) {
  const converged = converge(id, by).then(() => true);
  for (let done = false; !done; ) {
    sys.clock.advance(60_000);
    done = await Promise.race([converged, new Promise<false>((resolve) => setImmediate(resolve, false))]);
  }
}

describe("a backup", () => {
  test("B3: is made while the assistant runs, which goes on as it was", async () => {
    const { owner, id } = await running();
    const before = (await engine.inspect(id)).container;
    const backupId = await backUp(owner, id);
    expect((await engine.inspect(id)).container).toEqual(before);
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      operation: { kind: "backup", state: "succeeded", phases: [{ name: "copy-state" }] },
    });
    const [backup] = await list(owner, id);
    expect(backup).toMatchObject({ id: backupId, kind: "onDemand", state: "ready" });
    expect(backup?.sizeBytes).toBe((await readFile(fileOf(id, backupId))).length);
    expect(backup?.expiresAt.getTime()).toBe(sys.clock.now().getTime() + 7 * dayMs);
  });

  test("E4: neither file nor row holds a token, a key or a note in clear, and its archive no configuration", async () => {
    const { owner, id } = await running();
    await note(id, "canary-77aa");
    const backupId = await backUp(owner, id);
    const stored = await readFile(fileOf(id, backupId));
    const row = await sys.db.instanceBackup.findUniqueOrThrow({ where: { id: backupId } });
    const secrets = [testConfiguration.channels.telegram.botToken, "sk-or-v1-", "canary-77aa"];
    for (const secret of secrets) {
      expect(stored.includes(secret)).toBe(false);
      expect(Buffer.from(row.key ?? []).includes(secret)).toBe(false);
    }
    const parts: Uint8Array[] = [];
    for await (const part of await openBackup(worker, backupId, signal)) parts.push(part);
    const archive = Buffer.concat(parts).toString("latin1");
    expect(archive).toContain("canary-77aa");
    expect(archive).not.toContain("openclaw.json");
    expect(archive).not.toContain(testConfiguration.channels.telegram.botToken);
  });

  test("that fails is said to have failed, and leaves neither file nor damage", async () => {
    const { owner, id } = await running();
    engine.failAt("readState");
    const backupId = await backUp(owner, id);
    expect(await list(owner, id)).toMatchObject([{ id: backupId, state: "failed", sizeBytes: null }]);
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      reason: null,
      operation: { state: "failed", error: "backup.failed" },
    });
    expect(await filesOf(id)).toEqual([]);
    await expect(askRestore(owner, id, backupId)).rejects.toEqual(refusal("backup.missing"));
  });

  test("R2: goes on when the engine or the database was away for a moment", async () => {
    const { owner, id } = await running();
    engine.failAt("readState", 1, new TransientFailure("away"));
    const { operation } = await command(owner, id, "backup");
    await expect(converge(id)).rejects.toThrow(TransientFailure);
    expect((await view(owner, id)).operation).toMatchObject({ state: "running", error: null });
    await converge(id);
    expect(await list(owner, id)).toMatchObject([{ id: operation?.id, state: "ready" }]);
  });

  test("breaks off no command, and there are no more than five at a time", async () => {
    const { owner, id } = await running();
    await command(owner, id, "stop");
    await expect(command(owner, id, "backup")).rejects.toEqual(refusal("instance.busy"));
    await converge(id);
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await backUp(owner, id));
    await expect(command(owner, id, "backup")).rejects.toEqual(refusal("backup.limit-reached"));
    await removeBackup(sys, owner, { instanceId: id, backupId: ids[0] ?? "" });
    await command(owner, id, "backup");
  });

  test.each(["cache/holes", "workspace/holes"])(
    "of a file with holes at %s is broken off, and leaves neither file nor damage",
    async (path) => {
      const { owner, id } = await running();
      const bound = 2 * 1024 ** 2;
      let [read, ended] = [0, false];
      async function* readState() {
        try {
          for await (const chunk of withHoles(path, 4 * bound)) {
            read += chunk.length;
            yield chunk;
          }
        } finally {
          ended = true;
        }
      }
      const small = { ...worker.config, INSTANCE_DISK_MB: 1 };
      const { operation } = await command(owner, id, "backup");
      await converge(id, { ...worker, config: small, engine: { ...worker.engine, readState } });
      expect(await list(owner, id)).toMatchObject([{ id: operation?.id, state: "failed", sizeBytes: null }]);
      expect(await view(owner, id)).toMatchObject({
        status: "running",
        operation: { state: "failed", error: "backup.too-large" },
      });
      expect((await engine.inspect(id)).container?.state).toBe("running");
      expect(await filesOf(id)).toEqual([]);
      expect(ended).toBe(true);
      expect(read).toBeLessThan(2 * bound);
    },
  );

  test("of an assistant that has more than its quota, measured late or lowered since, is made", async () => {
    const { owner, id } = await running();
    const large = {
      ...worker,
      config: { ...worker.config, INSTANCE_DISK_MB: 1 },
      engine: {
        ...worker.engine,
        readState: () => withHoles("workspace/much", 3 * 2 ** 20),
        disks: async () => [{ instanceId: id, usedBytes: 3 * 2 ** 20, sizeBytes: null }],
      },
    };
    await command(owner, id, "backup");
    await converge(id, large);
    expect(await list(owner, id)).toMatchObject([{ state: "ready" }]);
  });

  test.each([
    ["is nearly full", 0],
    ["others fill meanwhile", 1],
  ])("isn't made on a disk that %s", async (_, looks) => {
    const { owner, id } = await running();
    await command(owner, id, "backup");
    let looked = 0;
    const freeBytes = async () => (looked++ < looks ? 2 ** 31 : 1000);
    const readState = () => withHoles("workspace/much", 80 * 2 ** 20);
    await converge(id, {
      ...worker,
      backups: { ...host.backups, freeBytes },
      engine: { ...worker.engine, readState },
    });
    expect((await view(owner, id)).operation).toMatchObject({ state: "failed", error: "backup.no-room" });
    expect((await view(owner, id)).status).toBe("running");
    expect(await filesOf(id)).toEqual([]);
  });
});

describe("a restore", () => {
  test("B3: brings back what was remembered, keeps what it replaced, and lays today's configuration", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    sys.clock.advance(1000);
    await note(id, "from today");
    const token = engine.file(id, "openclaw.json")?.content;
    gateway.devices = [laptop];
    expect(await restore(owner, id, backupId)).toMatchObject({
      status: "running",
      operation: { kind: "restore", state: "succeeded", error: null },
    });
    expect(noteOf(id)).toBe("from before");
    expect(engine.file(id, "openclaw.json")?.content).toBe(token);
    expect(gateway.devices).toEqual([]);
    const [kept] = await list(owner, id);
    expect(kept).toMatchObject({ kind: "beforeRestore", state: "ready" });
    await restore(owner, id, kept?.id ?? "");
    expect(noteOf(id)).toBe("from today");
  });

  test("B3: moves the state to another assistant of the same owner, which keeps its own tokens", async () => {
    const { owner, id } = await running();
    await note(id, "remembered");
    const backupId = await backUp(owner, id);
    const { id: other } = await running(owner);
    await command(owner, other, "stop");
    await converge(other);
    const own = engine.file(other, "openclaw.json")?.content;
    expect(await restore(owner, other, backupId)).toMatchObject({ status: "running" });
    expect(noteOf(other)).toBe("remembered");
    expect(engine.file(other, "openclaw.json")?.content).toBe(own);
  });

  test("makes way for a newer command in the middle of its backup, which is open only while it is read", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await askRestore(owner, id, backupId);
    const newer = new AbortController();
    let [read, open] = [0, 0];
    const length = 64 * 2 ** 20;
    const backups = {
      ...host.backups,
      read: () => {
        open += 1;
        return (async function* () {
          try {
            for await (const chunk of withHoles("workspace/much", length)) {
              read += chunk.length;
              newer.abort();
              yield chunk;
            }
          } finally {
            open -= 1;
          }
        })();
      },
    };
    expect(await convergeInstance({ ...worker, backups }, id, newer.signal)).toBeNull();
    expect(read).toBeLessThan(length / 2);
    expect(open).toBe(0);
    await openBackup({ ...worker, backups }, backupId, signal);
    expect(open).toBe(0);
  });

  test("A5: whose devices can't be revoked is undone", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    await askRestore(owner, id, backupId);
    const { connect } = gateway;
    gateway.connect = async (target) => {
      if (noteOf(id) === "from before") throw new GatewayRefused("unreachable", "no WebSocket");
      return connect.call(gateway, target);
    };
    await convergeUnwell(id);
    gateway.connect = connect;
    expect(noteOf(id)).toBe("from today");
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      operation: { kind: "restore", state: "failed", error: "deploy.no-answer" },
    });
  });

  test("B3: of what doesn't come up is undone: the old state is back, and runs as it did or is stopped as it was", async () => {
    for (const stopped of [false, true]) {
      const { owner, id } = await running();
      await note(id, "from before");
      const backupId = await backUp(owner, id);
      await note(id, "from today");
      if (stopped) {
        await command(owner, id, "stop");
        await converge(id);
      }
      await askRestore(owner, id, backupId);
      // Well again as soon as the old state is back.
      const { probe } = gateway;
      gateway.probe = async () => noteOf(id) === "from today";
      gateway.devices = [laptop];
      await convergeUnwell(id);
      gateway.probe = probe;
      expect(gateway.devices).toEqual([laptop]); // its own, which nobody revoked
      gateway.devices = [];
      expect(noteOf(id)).toBe("from today");
      expect(await view(owner, id)).toMatchObject({
        status: stopped ? "stopped" : "running",
        reason: null,
        operation: { kind: "restore", state: "failed", error: "deploy.not-healthy" },
      });
      expect((await engine.inspect(id)).container?.state).toBe(stopped ? "created" : "running");
      expect(await sys.db.instance.findUnique({ where: { id } })).toMatchObject({ laysBackupId: null });
    }
  });

  test("that is longer than an assistant may be large is refused, and nothing was touched", async () => {
    const { owner, id } = await running();
    await note(id, "from before".padEnd(3 * 1024 ** 2));
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    await askRestore(owner, id, backupId);
    await converge(id, { ...worker, config: { ...worker.config, INSTANCE_DISK_MB: 1 } });
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      operation: { state: "failed", error: "backup.too-large" },
    });
    expect(noteOf(id)).toBe("from today");
  });

  const damages: Record<string, (path: string) => Promise<void>> = {
    "was tampered with": async (path) => {
      const stored = await readFile(path);
      stored[60] = (stored[60] ?? 0) ^ 1;
      await writeFile(path, stored);
    },
    "was cut off": async (path) => truncate(path, 100),
    "is gone": async (path) => rm(path),
    "is that of another assistant": async (path) => {
      const { owner, id } = await running();
      await copyFile(fileOf(id, await backUp(owner, id)), path);
    },
  };
  test.each(Object.keys(damages))(
    "I1: of a file that %s is refused, and nothing was touched",
    async (name) => {
      const { owner, id } = await running();
      await note(id, "from before");
      const backupId = await backUp(owner, id);
      await note(id, "from today");
      await damages[name]?.(fileOf(id, backupId));
      const before = (await engine.inspect(id)).container;
      expect(await restore(owner, id, backupId)).toMatchObject({
        status: "running",
        operation: { state: "failed", error: "backup.unreadable" },
      });
      expect(noteOf(id)).toBe("from today");
      expect((await engine.inspect(id)).container).toEqual(before);
    },
  );

  test("I1: of another's backup, or into another's assistant is refused", async () => {
    const { owner, id } = await running();
    const backupId = await backUp(owner, id);
    const stranger = await createUser(sys);
    const { id: theirs } = await running(stranger);
    await expect(askRestore(stranger, theirs, backupId)).rejects.toEqual(refusal("backup.missing"));
    await expect(askRestore(stranger, id, backupId)).rejects.toEqual(refusal("instance.missing"));
    await expect(removeBackup(sys, stranger, { instanceId: theirs, backupId })).rejects.toEqual(
      refusal("backup.missing"),
    );
    await expect(list(stranger, id)).rejects.toEqual(refusal("instance.missing"));
  });

  test("R5: is broken off by a kill, and what is half laid is laid whole before it starts again", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    await askRestore(owner, id, backupId);
    engine.failAt("replaceState", 1);
    engine.failAt("ping", 1); // the engine is away: no failure of the command
    await expect(converge(id)).rejects.toThrow();
    await command(owner, id, "kill");
    await converge(id);
    expect(await view(owner, id)).toMatchObject({ status: "stopped" });
    await command(owner, id, "start");
    await converge(id);
    expect(await view(owner, id)).toMatchObject({ status: "running" });
    expect(noteOf(id)).toBe("from before");
  });

  test("A5: is broken off by a stop after the state was laid: devices of that time have no access at the next start", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    gateway.devices = [laptop];
    gateway.healthy = false;
    await askRestore(owner, id, backupId);
    const stopping = new AbortController();
    const converging = convergeInstance(worker, id, stopping.signal);
    await expect.poll(() => noteOf(id)).toBe("from before");
    await expect.poll(async () => (await engine.inspect(id)).container?.state).toBe("running");
    await command(owner, id, "stop");
    stopping.abort();
    await converging.catch(() => undefined);
    gateway.healthy = true;
    await converge(id);
    expect(gateway.devices).toEqual([laptop]);
    await command(owner, id, "start");
    await converge(id);
    expect(gateway.devices).toEqual([]);
  });

  test("R2: goes on when its container was ended from outside, such as with the engine", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    gateway.healthy = false;
    await askRestore(owner, id, backupId);
    const converging = converge(id);
    await expect.poll(() => noteOf(id)).toBe("from before");
    await expect.poll(async () => (await engine.inspect(id)).container?.state).toBe("running");
    engine.exit(id, 137);
    gateway.healthy = true;
    await expect
      .poll(() => {
        sys.clock.advance(1000);
        return Promise.race([converging, Promise.resolve("waiting")]);
      })
      .toBe(null);
    expect(noteOf(id)).toBe("from before");
    expect(await view(owner, id)).toMatchObject({ status: "running", operation: { state: "succeeded" } });
  });

  test("R2: on its way back, too, a container that was ended from outside gets another try", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    const backupId = await backUp(owner, id);
    await note(id, "from today");
    await askRestore(owner, id, backupId);
    const { probe } = gateway;
    let ends = 0;
    gateway.probe = async () => {
      if (noteOf(id) !== "from today") return false;
      if (ends === 1) return true;
      ends += 1;
      engine.exit(id, 137);
      return false;
    };
    await convergeUnwell(id);
    gateway.probe = probe;
    expect(ends).toBe(1);
    expect(noteOf(id)).toBe("from today");
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      operation: { kind: "restore", state: "failed", error: "deploy.not-healthy" },
    });
  });

  test("keeps the assistant whose backup it lays from being removed", async () => {
    const { owner, id } = await running();
    await note(id, "remembered");
    const backupId = await backUp(owner, id);
    const { id: other } = await running(owner);
    await askRestore(owner, other, backupId);
    engine.failAt("replaceState", 1, new TransientFailure("away"));
    await expect(converge(other)).rejects.toThrow(TransientFailure);
    await expect(command(owner, id, "remove")).rejects.toEqual(refusal("instance.busy"));
    await converge(other);
    expect(noteOf(other)).toBe("remembered");

    await askRestore(owner, other, backupId);
    engine.failAt("replaceState", 1, new TransientFailure("away"));
    await expect(converge(other)).rejects.toThrow(TransientFailure);
    await command(owner, other, "remove");
    await converge(other);
    await removeBackup(sys, owner, { instanceId: id, backupId });
    await command(owner, id, "remove");
  });
});

describe("an upgrade", () => {
  const newer = { reference: "newer-image", version: "2026.10.1" };
  const upgraded = startTestWorker(sys, host, { image: newer });
  beforeEach(async () => {
    engine.images.set(newer.reference, newer.version);
  });
  const imageOf = async (id: string) => {
    const { image, version } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    return { reference: image, version };
  };
  /** Nothing is well in the newer image. */
  async function whileNewIsUnwell(id: string, act: () => Promise<void>) {
    const { probe } = gateway;
    gateway.probe = async () => (await imageOf(id)).reference !== newer.reference;
    await act();
    gateway.probe = probe;
  }

  test("B3: is offered when the machine has another image, and changes nothing before it is asked for", async () => {
    const { owner, id } = await running();
    expect(await view(owner, id)).toMatchObject({ version: "2026.9.6", upgrade: null });
    await registerHost(upgraded);
    expect(await view(owner, id)).toMatchObject({ version: "2026.9.6", upgrade: "2026.10.1" });
    await command(owner, id, "stop");
    await converge(id, upgraded);
    await command(owner, id, "start");
    await converge(id, upgraded);
    expect((await imageOf(id)).version).toBe("2026.9.6");
    await command(owner, id, "upgrade");
    await converge(id, upgraded);
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      version: "2026.10.1",
      upgrade: null,
      operation: { kind: "upgrade", state: "succeeded" },
    });
    expect(engine.file(id, "openclaw.json")?.content).toContain('"lastTouchedVersion":"2026.10.1"');
    expect(await list(owner, id)).toMatchObject([
      { kind: "beforeUpgrade", version: "2026.9.6", state: "ready" },
    ]);
  });

  test("B3: that isn't well is undone, image and state, and its owner told why", async () => {
    const { owner, id } = await running();
    await note(id, "from before");
    await command(owner, id, "upgrade");
    const { start } = engine;
    engine.start = async (started) => {
      await start(started);
      // As a migration does that an older version can't read.
      if ((await imageOf(id)).reference === newer.reference) await note(id, "migrated");
    };
    await whileNewIsUnwell(id, () => convergeUnwell(id, upgraded));
    engine.start = start;
    expect(noteOf(id)).toBe("from before");
    expect(await imageOf(id)).toEqual({ reference: "test-image", version: "2026.9.6" });
    expect(await view(owner, id)).toMatchObject({
      status: "running",
      operation: { kind: "upgrade", state: "failed", error: "deploy.not-healthy" },
    });
    const mails = await sys.boss.fetch<{ template: object }>("mail", { batchSize: 100 });
    expect(mails.map(({ data }) => data.template)).toContainEqual(
      expect.objectContaining({ kind: "upgrade-undone", instanceId: id, reason: "deploy.not-healthy" }),
    );
  });

  test("to an image that is gone, or older than may run, touches nothing", async () => {
    const { owner, id } = await running();
    const before = (await engine.inspect(id)).container;
    for (const version of [null, "2026.4.21"]) {
      engine.images.set(newer.reference, version);
      await command(owner, id, "upgrade");
      await converge(id, upgraded);
      expect(await view(owner, id)).toMatchObject({
        status: "running",
        operation: { state: "failed", error: "deploy.image-refused" },
      });
      expect((await engine.inspect(id)).container).toEqual(before);
    }
  });

  test("no container is made of an image that is gone or older than may run", async () => {
    const { owner, id } = await running();
    await command(owner, id, "stop");
    await converge(id);
    engine.images.set("test-image", "2026.4.21");
    await command(owner, id, "start");
    await converge(id);
    engine.images.set("test-image", "2026.9.6");
    expect(await view(owner, id)).toMatchObject({ status: "failed", reason: "deploy.image-refused" });
  });

  test("R5: of the whole fleet is asked for by an operator, and breaks off nothing", async () => {
    const admin = await createAdmin(sys);
    const [first, second] = [await running(), await running()];
    await registerHost(upgraded);
    await sys.db.instance.updateMany({
      where: { id: { notIn: [first.id, second.id] } },
      data: { image: newer.reference },
    });
    await command(second.owner, second.id, "backup");
    expect(await upgradeFleet(sys, admin)).toEqual({ begun: 1, outdated: 2 });
    expect((await view(first.owner, first.id)).operation).toMatchObject({ kind: "upgrade", state: "queued" });
    expect((await view(second.owner, second.id)).operation).toMatchObject({ kind: "backup" });
    await converge(first.id, upgraded);
    expect(await view(first.owner, first.id)).toMatchObject({ status: "running", version: "2026.10.1" });
    await registerHost(worker);
  });

  test("R5: of the whole fleet takes a few out of service at a time, and those that fail come last", async () => {
    const admin = await createAdmin(sys);
    const { owner, id } = await running();
    const fleet = [{ id }];
    while (fleet.length < 5) {
      sys.clock.advance(1);
      fleet.push(await running());
    }
    const second = { id: fleet[1]?.id ?? "" };
    await sys.db.instance.update({ where: second, data: { ownerId: owner.userId } });
    await registerHost(upgraded);
    await sys.db.instance.updateMany({
      where: { id: { notIn: fleet.map(({ id }) => id) } },
      data: { image: newer.reference },
    });
    expect(await upgradeFleet(sys, admin)).toEqual({ begun: 4, outdated: 5 });
    expect(await upgradeFleet(sys, admin)).toEqual({ begun: 0, outdated: 5 });
    const untouched = {
      id: { in: fleet.map(({ id }) => id) },
      operations: { none: { kind: "upgrade" } },
    } as const;
    expect(await sys.db.instance.findMany({ where: untouched, select: { id: true } })).toEqual([second]);
    engine.images.delete(newer.reference);
    sys.clock.advance(1000);
    for (const { id } of fleet) await converge(id, upgraded);
    expect(await upgradeFleet(sys, admin)).toEqual({ begun: 4, outdated: 5 });
    expect(await sys.db.instance.count({ where: untouched })).toBe(0);
    for (const { id } of fleet) await converge(id, upgraded);
    await registerHost(worker);
  });
});

describe("killed worker", () => {
  function doomedWorker(by: WorkerSystem, deadline: number, when: "before" | "after") {
    const { mortal, death } = mortalPorts({ deadline, when, spared: ["readState", "read", "freeBytes"] });
    const ports = { engine: mortal(engine), backups: mortal(host.backups) };
    return { doomed: startTestWorker(sys, host, { ...ports, image: by.image }), death };
  }

  const newer = { reference: "newer-image", version: "2026.10.1" };
  const isChanged = async (id: string) => {
    const { image } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
    return image === newer.reference || noteOf(id) === "from before";
  };

  test.each([
    ["before", "restore", "comes up"],
    ["after", "restore", "comes up"],
    ["before", "restore", "doesn't come up"],
    ["after", "restore", "doesn't come up"],
    ["before", "upgrade", "doesn't come up"],
  ] as const)(
    "B5: %s every step of a %s that %s, the next worker ends it as one that lives would",
    async (when, kind, how) => {
      const fails = how === "doesn't come up";
      engine.images.set(newer.reference, newer.version);
      const next = startTestWorker(sys, host, kind === "upgrade" ? { image: newer } : {});
      const { owner, id } = await running();
      await note(id, "from before");
      const backupId = await backUp(owner, id);
      const { start } = engine;
      engine.start = async (started) => {
        await start(started);
        if (fails && (await isChanged(started))) engine.exit(started, 1);
      };
      let steps = 0;
      for (let deadline = 0; ; deadline++) {
        sys.clock.advance(1000);
        await note(id, "from today");
        if (kind === "restore") await askRestore(owner, id, backupId);
        else await command(owner, id, "upgrade");
        const { doomed, death } = doomedWorker(next, deadline, when);
        const outcome = await Promise.race([
          converge(id, doomed).then(() => "lived"),
          death.then(() => "died"),
        ]);
        if (outcome === "died") await converge(id, next);
        const { status, operation } = await view(owner, id);
        expect([await isChanged(id), status, operation?.state]).toEqual([
          !fails,
          "running",
          fails ? "failed" : "succeeded",
        ]);
        const [kept] = await list(owner, id);
        expect(kept).toMatchObject({ id: operation?.id, state: "ready" });
        if (outcome === "lived") break;
        steps++;
      }
      engine.start = start;
      expect(steps).toBeGreaterThan(7);
    },
  );

  test("B5: at every step of a backup, the next one makes it, and no part of a file stays", async () => {
    let steps = 0;
    for (const when of ["before", "after"] as const) {
      for (let deadline = 0; ; deadline++) {
        const { owner, id } = await running();
        await command(owner, id, "backup");
        const { doomed, death } = doomedWorker(worker, deadline, when);
        const outcome = await Promise.race([
          converge(id, doomed).then(() => "lived"),
          death.then(() => "died"),
        ]);
        if (outcome === "died") await converge(id);
        const [backup] = await list(owner, id);
        expect(backup).toMatchObject({ state: "ready" });
        expect(await filesOf(id)).toEqual([`${backup?.id}.backup`]);
        if (outcome === "lived") break;
        steps++;
      }
    }
    expect(steps).toBeGreaterThan(3);
  });
});

describe("keeping", () => {
  test("B3: everything that runs is backed up once a day, and each stays for seven", async () => {
    const { owner, id } = await running();
    const seen = new Set<number>();
    for (let half = 0; half < 20; half++) {
      sys.clock.advance(dayMs / 2);
      await keepBackups(worker);
      await converge(id);
      seen.add((await list(owner, id)).length);
    }
    expect([...seen]).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 7]));
    expect(Math.max(...seen)).toBe(7);
    const kept = await list(owner, id);
    expect(new Set(kept.map(({ kind, state }) => `${kind} ${state}`))).toEqual(new Set(["scheduled ready"]));
    expect(await filesOf(id)).toHaveLength(7);
  });

  test("no command is broken off for it, and what is stopped is left alone", async () => {
    const { owner, id } = await running();
    sys.clock.advance(2 * dayMs);
    await command(owner, id, "stop");
    await keepBackups(worker);
    expect((await view(owner, id)).operation).toMatchObject({ kind: "stop", state: "queued" });
    await converge(id);
    await keepBackups(worker);
    expect(await list(owner, id)).toEqual([]);
  });

  test("of what restores replaced, the newest two are kept", async () => {
    const { owner, id } = await running();
    const backupId = await backUp(owner, id);
    for (let count = 0; count < 3; count++) {
      sys.clock.advance(1000);
      await restore(owner, id, backupId);
    }
    await keepBackups(worker);
    const kinds = (await list(owner, id)).map(({ kind }) => kind);
    expect(kinds).toEqual(["beforeRestore", "beforeRestore", "onDemand"]);
    expect(await filesOf(id)).toHaveLength(3);
  });

  test("a database that is new removes no files: the old one may be put back", async () => {
    const other = startTestWorker(sys, await createTestHost(sys));
    const place = { instanceId: sys.random.uuid(), backupId: sys.random.uuid() };
    const { signal } = new AbortController();
    await other.backups.write(place, sys.random.bytes(32), Readable.from([Buffer.from("state")]), signal);
    await keepBackups(other);
    expect(await other.backups.list()).toEqual([place]);
  });

  test("D4: what an owner removes, what died half-way, and all of a deleted assistant leaves no file", async () => {
    const { owner, id } = await running();
    const [first, second] = [await backUp(owner, id), await backUp(owner, id)];
    await removeBackup(sys, owner, { instanceId: id, backupId: first });
    await writeFile(`${fileOf(id, sys.random.uuid())}.draft`, "half");
    await keepBackups(worker);
    expect(await filesOf(id)).toEqual([`${second}.backup`]);
    await command(owner, id, "remove");
    await converge(id);
    expect(await filesOf(id)).toEqual([]);
    expect(await sys.db.instanceBackup.count({ where: { instanceId: id } })).toBe(0);
  });
});
