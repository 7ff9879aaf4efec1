import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../adapters/clock.ts";
import { systemRandom } from "../adapters/random.ts";
import type { Engine, EngineEvent, InstanceSpec, LogLine } from "../ports.ts";

/** An engine, and what a test must be able to do to the inside of a running instance. */
export type EngineUnderTest = {
  engine: Engine;
  /** Its program runs until it is told to end. */
  image: string;
  exit(instanceId: string, exitCode: number): Promise<void>;
  exhaustMemory(instanceId: string): Promise<void>;
  print(instanceId: string, text: string): Promise<void>;
  /** Content and mode of a file in the state folder, or null. */
  readFile(instanceId: string, path: string): Promise<{ content: string; mode: number } | null>;
  close(): Promise<void>;
};

/** What every engine guarantees. The product relies on these and on nothing else. */
export function engineContract(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`engine contract: ${name}`, () => {
    let under: EngineUnderTest;
    let engine: Engine;
    let instanceId: string;
    const used: string[] = [];
    const following = new AbortController();

    beforeAll(async () => {
      under = await open();
      engine = under.engine;
    });
    afterEach(async () => {
      await Promise.all(used.splice(0).map((id) => engine.remove(id)));
    });
    afterAll(async () => {
      following.abort();
      await under?.close();
    });

    function newInstance(): string {
      instanceId = systemRandom.uuid();
      used.push(instanceId);
      return instanceId;
    }

    const specOf = (changes: Partial<InstanceSpec> = {}): InstanceSpec => ({
      instanceId,
      generation: 1,
      image: under.image,
      hostname: "assistant-1",
      memoryBytes: 256 * 1024 ** 2,
      milliCpus: 500,
      pids: 64,
      environment: { GREETING: "hello" },
      files: [{ path: "openclaw.json", mode: 0o600, content: '{"generation":1}' }],
      ...changes,
    });

    async function startInstance(changes: Partial<InstanceSpec> = {}): Promise<void> {
      newInstance();
      await engine.apply(specOf(changes));
      await engine.start(instanceId);
    }

    const containerOf = async () => (await engine.inspect(instanceId)).container;

    /** The first that fits. */
    async function awaitItem<T>(items: AsyncIterable<T>, fits: (item: T) => boolean): Promise<T> {
      for await (const item of items) if (fits(item)) return item;
      throw new Error("The stream ended before.");
    }

    /** Resolves when the stream ends, with the number of its items. */
    async function drain(items: AsyncIterable<unknown>): Promise<number> {
      let count = 0;
      for await (const _item of items) count += 1;
      return count;
    }

    test("answers with its version", async () => {
      expect((await engine.ping()).version).not.toBe("");
    });

    test("tells which OpenClaw an image holds, and nothing of one that isn't there", async () => {
      expect(await engine.imageVersion(under.image)).toMatch(/^\d{4}\.\d+\.\d+$/);
      expect(await engine.imageVersion("openclaw-launch/never-made:1")).toBeNull();
    });

    describe("an unknown instance", () => {
      test("is observed as nothing", async () => {
        newInstance();
        expect(await engine.inspect(instanceId)).toEqual({
          instanceId,
          container: null,
          network: null,
          volume: false,
        });
        expect((await engine.list()).map((instance) => instance.instanceId)).not.toContain(instanceId);
      });

      test("can be stopped and removed", async () => {
        newInstance();
        await engine.stop(instanceId, 0);
        await engine.remove(instanceId);
        expect((await engine.inspect(instanceId)).container).toBeNull();
      });

      test("can't be started, written to or made to run a command", async () => {
        newInstance();
        await expect(engine.start(instanceId)).rejects.toThrow();
        await expect(engine.writeFiles(instanceId, specOf().files)).rejects.toThrow();
        await expect(engine.exec(instanceId, ["openclaw", "config", "validate"])).rejects.toThrow();
      });
    });

    describe("network", () => {
      test("I1: every instance has its own, and keeps its addresses", async () => {
        const first = await engine.network(newInstance());
        const again = await engine.network(instanceId);
        const second = await engine.network(newInstance());
        expect(again).toEqual(first);
        expect(new Set([first.gateway, first.address, second.gateway, second.address]).size).toBe(4);
      });

      test("made twice at once, it is one", async () => {
        newInstance();
        const made = await Promise.all([1, 2, 3].map(() => engine.network(instanceId)));
        expect(new Set(made.map(({ address }) => address)).size).toBe(1);
      });

      test("is found by list without a container", async () => {
        const network = await engine.network(newInstance());
        const found = (await engine.list()).find((instance) => instance.instanceId === instanceId);
        expect(found).toEqual({ instanceId, container: null, network, volume: false });
      });
    });

    describe("apply", () => {
      test("makes container, network and volume, and starts nothing", async () => {
        newInstance();
        await engine.apply(specOf());
        const observed = await engine.inspect(instanceId);
        expect(observed).toMatchObject({
          container: { state: "created", generation: 1, startedAt: null },
          volume: true,
        });
        expect(observed.network).toEqual(await engine.network(instanceId));
        expect(await engine.list()).toContainEqual(observed);
      });

      test("repeated on a running instance, it leaves the container alone", async () => {
        await startInstance();
        const before = await containerOf();
        await engine.apply(specOf());
        expect(await containerOf()).toEqual(before);
      });

      test("at once three times, it makes one container", async () => {
        newInstance();
        await Promise.all([1, 2, 3].map(() => engine.apply(specOf())));
        expect(await containerOf()).toMatchObject({ state: "created", generation: 1 });
      });

      test.each<[string, Partial<InstanceSpec>]>([
        ["another generation", { generation: 2 }],
        ["other variables", { environment: { GREETING: "good bye" } }],
      ])("replaces the container of %s and keeps the state", async (_what, change) => {
        await startInstance({ files: [{ path: "workspace/notes.md", mode: 0o600, content: "remembered" }] });
        await engine.apply(specOf({ files: [], ...change }));
        expect(await containerOf()).toMatchObject({ state: "created", generation: change.generation ?? 1 });
        await engine.start(instanceId);
        expect((await under.readFile(instanceId, "workspace/notes.md"))?.content).toBe("remembered");
      });
    });

    describe("limits", () => {
      const changed = { memoryBytes: 300 * 1024 ** 2, milliCpus: 700, pids: 80 };

      test("I2: change while the program runs, by themselves or with a spec that differs in them alone", async () => {
        await startInstance();
        const before = await containerOf();
        await engine.resize(instanceId, changed);
        expect(await containerOf()).toEqual({ ...before, limits: changed });
        const again = { ...changed, pids: 90 };
        await engine.apply(specOf(again));
        expect(await containerOf()).toEqual({ ...before, limits: again });
        await engine.resize(instanceId, { memoryBytes: 200 * 1024 ** 2, milliCpus: 300, pids: 60 });
        expect((await containerOf())?.limits.memoryBytes).toBe(200 * 1024 ** 2);
      });

      test("can't be given to what isn't there", async () => {
        newInstance();
        await expect(engine.resize(instanceId, changed)).rejects.toThrow();
      });
    });

    describe("files", () => {
      test("are there before the program starts, with their modes", async () => {
        await startInstance({
          files: [
            { path: "openclaw.json", mode: 0o600, content: "{}" },
            { path: "workspace/memory/SOUL.md", mode: 0o640, content: "Ünïcode ✓\n" },
          ],
        });
        expect(await under.readFile(instanceId, "openclaw.json")).toEqual({ content: "{}", mode: 0o600 });
        expect(await under.readFile(instanceId, "workspace/memory/SOUL.md")).toEqual({
          content: "Ünïcode ✓\n",
          mode: 0o640,
        });
      });

      test("are replaced while the program runs, in new folders too", async () => {
        await startInstance();
        await engine.writeFiles(instanceId, [
          { path: "openclaw.json", mode: 0o600, content: "new" },
          { path: "a/b/c.txt", mode: 0o644, content: "deep" },
        ]);
        expect(await under.readFile(instanceId, "openclaw.json")).toEqual({ content: "new", mode: 0o600 });
        expect(await under.readFile(instanceId, "a/b/c.txt")).toEqual({ content: "deep", mode: 0o644 });
        expect(await containerOf()).toMatchObject({ state: "running" });
      });
    });

    describe("start and stop", () => {
      test("repeated, they lead to the same", async () => {
        await startInstance();
        const running = await containerOf();
        expect(running).toMatchObject({ state: "running", exitCode: null, outOfMemory: false });
        await engine.start(instanceId);
        expect(await containerOf()).toEqual(running);
        await engine.stop(instanceId, 5);
        await engine.stop(instanceId, 5);
        expect(await containerOf()).toMatchObject({ state: "exited", outOfMemory: false });
        await engine.start(instanceId);
        expect(await containerOf()).toMatchObject({ state: "running", exitCode: null });
      });

      test("R5: with no grace at all, stop still stops", async () => {
        await startInstance();
        await engine.stop(instanceId, 0);
        expect(await containerOf()).toMatchObject({ state: "exited" });
      });

      test("R2: a program that ends by itself is seen with its exit code, and stays down", async () => {
        await startInstance();
        await under.exit(instanceId, 3);
        await expect.poll(containerOf).toMatchObject({ state: "exited", exitCode: 3, outOfMemory: false });
      });

      test("I2: a program that takes too much memory is killed, and seen as such until it starts again", async () => {
        await startInstance();
        await under.exhaustMemory(instanceId);
        await expect
          .poll(containerOf, { timeout: 30_000 })
          .toMatchObject({ state: "exited", exitCode: 137, outOfMemory: true });
        await engine.start(instanceId);
        expect(await containerOf()).toMatchObject({ state: "running", outOfMemory: false });
      });
    });

    describe("stats", () => {
      const statsOf = async () => (await engine.stats()).find((stats) => stats.instanceId === instanceId);

      test("R2: tell what a running instance takes of its host and what it may take, and nothing of one that is stopped", async () => {
        await startInstance();
        await under.print(instanceId, "first");
        const before = await statsOf();
        expect(before).toMatchObject({ memoryLimit: 256 * 1024 ** 2, milliCpus: 500 });
        expect(before?.memoryBytes).toBeGreaterThan(0);
        expect(before?.memoryBytes).toBeLessThan(256 * 1024 ** 2);
        await under.print(instanceId, "x".repeat(100_000));
        const after = await statsOf();
        expect(after?.cpuMicroseconds).toBeGreaterThan(before?.cpuMicroseconds ?? 0);
        expect((after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0)).toBeGreaterThanOrEqual(100_000);
        expect(after?.sentBytes).toBeGreaterThan(before?.sentBytes ?? 0);
        expect((after?.sentBytes ?? 0) - (before?.sentBytes ?? 0)).toBeLessThan(100_000);
        await engine.stop(instanceId, 0);
        expect(await statsOf()).toBeUndefined();
      });

      test("R2: go on for an instance that was stopped and started again, and follow its limits", async () => {
        await startInstance();
        expect(await statsOf()).toBeDefined();
        await engine.stop(instanceId, 0);
        await engine.start(instanceId);
        await engine.resize(instanceId, { memoryBytes: 300 * 1024 ** 2, milliCpus: 700, pids: 80 });
        expect(await statsOf()).toMatchObject({ memoryLimit: 300 * 1024 ** 2, milliCpus: 700 });
      });
    });

    describe("state", () => {
      const stateOf = async (from: string) => {
        const parts: Uint8Array[] = [];
        for await (const part of engine.readState(from)) parts.push(part);
        return Buffer.concat(parts);
      };
      const notes = (content: string): InstanceSpec["files"] => [
        { path: "workspace/notes.md", mode: 0o640, content },
      ];

      test("B3: read of one that runs, it replaces all that another has, and both go on", async () => {
        await startInstance({ files: notes("remembered") });
        const [first, archive] = [instanceId, await stateOf(instanceId)];
        expect((await engine.inspect(first)).container?.state).toBe("running");
        await startInstance({ files: [{ path: "mine.md", mode: 0o600, content: "mine" }] });
        await engine.replaceState(
          specOf({ files: [{ path: "openclaw.json", mode: 0o600, content: "new" }] }),
          Readable.from([archive]),
        );
        expect(await containerOf()).toMatchObject({ state: "created", generation: 1 });
        await engine.start(instanceId);
        expect(await under.readFile(instanceId, "workspace/notes.md")).toEqual({
          content: "remembered",
          mode: 0o640,
        });
        expect(await under.readFile(instanceId, "openclaw.json")).toEqual({ content: "new", mode: 0o600 });
        expect(await under.readFile(instanceId, "mine.md")).toBeNull();
        expect((await under.readFile(first, "workspace/notes.md"))?.content).toBe("remembered");
      });

      test("B3: of one that is stopped can be read, and replaced twice", async () => {
        await startInstance({ files: notes("remembered") });
        await engine.stop(instanceId, 0);
        const archive = await stateOf(instanceId);
        expect(await containerOf()).toMatchObject({ state: "exited" });
        for (const _time of [1, 2])
          await engine.replaceState(specOf({ files: [] }), Readable.from([archive]));
        await engine.start(instanceId);
        expect((await under.readFile(instanceId, "workspace/notes.md"))?.content).toBe("remembered");
      });

      test("can't be read where nothing is", async () => {
        await expect(stateOf(newInstance())).rejects.toThrow();
      });

      test("an archive that breaks off fails the replacement", async () => {
        await startInstance({ files: notes("remembered") });
        const archive = await stateOf(instanceId);
        async function* breaking() {
          yield archive.subarray(0, 700);
          throw new Error("it broke off");
        }
        await expect(engine.replaceState(specOf(), breaking())).rejects.toThrow("it broke off");
        await engine.replaceState(specOf({ files: [] }), Readable.from([archive]));
        await engine.start(instanceId);
        expect((await under.readFile(instanceId, "workspace/notes.md"))?.content).toBe("remembered");
      });
    });

    test("D4: remove leaves nothing, running or not, and can be repeated", async () => {
      await startInstance();
      await engine.remove(instanceId);
      await engine.remove(instanceId);
      expect(await engine.inspect(instanceId)).toEqual({
        instanceId,
        container: null,
        network: null,
        volume: false,
      });
      expect((await engine.list()).map((instance) => instance.instanceId)).not.toContain(instanceId);
    });

    test("D4: after remove, the same id begins with an empty state", async () => {
      await startInstance();
      await engine.remove(instanceId);
      await engine.apply(specOf({ files: [] }));
      await engine.start(instanceId);
      expect(await under.readFile(instanceId, "openclaw.json")).toBeNull();
    });

    describe("events", () => {
      const isOf = (kind: EngineEvent["kind"]) => (event: EngineEvent) =>
        event.instanceId === instanceId && event.kind === kind;

      test("tell what happened since a moment, and what happens next", async () => {
        const since = new Date(systemClock.now().getTime() - 1000);
        await startInstance();
        const events = engine.events(since, following.signal);
        await awaitItem(events, isOf("start"));
        const death = awaitItem(engine.events(since, following.signal), isOf("die"));
        await under.exit(instanceId, 1);
        const { at } = await death;
        expect(at.getTime()).toBeGreaterThan(since.getTime());
      });

      test("end when the signal aborts", async () => {
        const controller = new AbortController();
        const ended = drain(engine.events(systemClock.now(), controller.signal));
        controller.abort();
        await expect(ended).resolves.toBeTypeOf("number");
      });
    });

    describe("logs", () => {
      const isText = (text: string) => (line: LogLine) => line.text === text;
      const follow = (tail: number) => engine.logs(instanceId, { tail, signal: following.signal });

      test("B2: give the last lines, then each new one", async () => {
        await startInstance();
        for (const text of ["one", "two", "three"]) await under.print(instanceId, text);
        await awaitItem(follow(100), isText("three"));
        const seen: string[] = [];
        for await (const { text } of follow(2)) {
          seen.push(text);
          if (seen.length === 2) await under.print(instanceId, "four");
          if (text === "four") break;
        }
        expect(seen).toEqual(["two", "three", "four"]);
      });

      test("go on across a restart", async () => {
        await startInstance();
        const second = awaitItem(follow(100), isText("second life"));
        await under.print(instanceId, "first life");
        await engine.stop(instanceId, 0);
        await engine.start(instanceId);
        await under.print(instanceId, "second life");
        expect(await second).toMatchObject({ stream: "stdout" });
      });

      test("cut a line that has no end", async () => {
        await startInstance();
        const line = awaitItem(follow(100), ({ text }) => text.startsWith("xxxx"));
        await under.print(instanceId, "x".repeat(50_000));
        expect((await line).text).toBe("x".repeat(8192));
      });

      test("end when the signal aborts, also for an instance without a log", async () => {
        newInstance();
        const controller = new AbortController();
        const ended = drain(engine.logs(instanceId, { tail: 10, signal: controller.signal }));
        controller.abort();
        await expect(ended).resolves.toBeTypeOf("number");
      });
    });
  });
}
