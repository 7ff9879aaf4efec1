import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { systemRandom } from "../adapters/random.ts";
import { runCommand } from "../adapters/run-command.ts";
import type { Engine } from "../ports.ts";
import { createDockerEngine } from "./docker.ts";
import { execute } from "./docker-exec.ts";
import { buildTestImage } from "./docker-test-image.ts";
import { canAttach, loopDisks } from "./loop-disks.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath, host: undefined });
const prefix = `l${systemRandom.uuid().slice(0, 1)}`;
const folder = await mkdtemp(join(tmpdir(), "disks-"));
const disks = loopDisks({ folder, prefix, megabytes: 128, run: runCommand });
const options = { socketPath, prefix, subnets: "10.214.16.0/20", clock: systemClock };
const engine = createDockerEngine({ ...options, disk: { kind: "loop", disks } });
const mayAttach = await canAttach(folder, runCommand);

afterEach(async () => {
  for (const { instanceId } of await engine.list()) await engine.remove(instanceId);
});
afterAll(() => rm(folder, { recursive: true }));

async function start(by: Engine = engine): Promise<string> {
  const instanceId = systemRandom.uuid();
  await by.apply({
    instanceId,
    generation: 1,
    image: await buildTestImage(docker),
    hostname: "assistant-1",
    memoryBytes: 256 * 1024 ** 2,
    milliCpus: 500,
    pids: 64,
    environment: {},
    files: [{ path: "notes.md", mode: 0o600, content: "remembered" }],
  });
  await by.start(instanceId);
  return instanceId;
}

async function evaluate(instanceId: string, expression: string): Promise<string> {
  const container = docker.getContainer(`${prefix}-${instanceId}`);
  const script = `try { console.log(${expression}) } catch (error) { console.log(error.code ?? error) }`;
  return (await execute(container, ["node", "-e", script])).output.trim();
}

const readNotes = `require("fs").readFileSync("/home/node/.openclaw/notes.md", "utf8")`;
const write = (megabytes: number) =>
  `require("fs").writeFileSync("/home/node/.openclaw/big", Buffer.alloc(${megabytes} * 2 ** 20, 1)) ?? "written"`;
const devices = async () =>
  (await runCommand("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"])).stdout
    .split("\n")
    .filter((file) => file.includes(folder));
const useOf = async (instanceId: string) =>
  (await engine.disks()).find((use) => use.instanceId === instanceId);

describe.skipIf(!mayAttach)("I2: a disk of its own for every instance", () => {
  test("holds what it holds and no more, and is seen to be full", async () => {
    const id = await start();
    expect(await evaluate(id, write(20))).toBe("written");
    expect((await useOf(id))?.usedBytes).toBeGreaterThan(20 * 2 ** 20);
    expect(await evaluate(id, write(200))).toBe("ENOSPC");
    const { usedBytes = 0, sizeBytes } = (await useOf(id)) ?? {};
    expect(usedBytes / (sizeBytes ?? 1)).toBeGreaterThan(0.98);
    expect(await engine.largestFolders(id)).toMatchObject([{ path: "big" }]);
  });

  test("is told of while its instance is stopped, too", async () => {
    const id = await start();
    await evaluate(id, write(10));
    await engine.stop(id, 0);
    expect(await engine.largestFolders(id)).toMatchObject([{ path: "big" }]);
    await engine.start(id);
    expect(await evaluate(id, readNotes)).toBe("remembered");
  });

  test("is not looked at between being found and its instance's start, which would fail", async () => {
    const id = await start();
    await engine.stop(id, 0);
    const starting = engine.start(id);
    const looking = disks.peek(id, () => starting);
    await expect(starting).resolves.toBeUndefined();
    await expect(looking).rejects.toThrow("mount failed"); // the engine has it
    expect(await evaluate(id, readNotes)).toBe("remembered");
  });

  test("is found again after the host has forgotten which device is whose", async () => {
    const [first, second] = [await start(), await start()];
    for (const id of [first, second]) {
      await evaluate(id, `require("fs").writeFileSync("/home/node/.openclaw/notes.md", "of ${id}")`);
      await engine.stop(id, 0);
    }
    for (const id of [first, second]) {
      const { stdout } = await runCommand("losetup", [
        "-n",
        "-O",
        "NAME",
        "-j",
        join(folder, `${prefix}-${id}.ext4`),
      ]);
      await runCommand("losetup", ["-d", stdout.trim()]);
    }
    expect(await devices()).toEqual([]);
    for (const id of [second, first]) {
      await engine.start(id);
      expect(await evaluate(id, readNotes)).toBe(`of ${id}`);
    }
  });

  test("D4: goes with its instance, the device and the file, also when only they are left", async () => {
    const id = await start();
    expect(await devices()).toHaveLength(1);
    await engine.remove(id);
    expect([await devices(), await readdir(folder)]).toEqual([[], []]);
    await disks.provide(id);
    expect(await engine.list()).toMatchObject([{ instanceId: id }]);
    await engine.remove(id);
    expect([await devices(), await readdir(folder)]).toEqual([[], []]);
  });

  test("an instance from before keeps the volume that it has", async () => {
    const id = await start(createDockerEngine(options));
    await engine.stop(id, 0);
    await engine.start(id);
    expect(await evaluate(id, readNotes)).toBe("remembered");
    expect(await useOf(id)).toMatchObject({ sizeBytes: null });
    expect(await devices()).toEqual([]);
  });
});
