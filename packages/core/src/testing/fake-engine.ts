import { EventEmitter, once } from "node:events";
import { normalize } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";
import type {
  Clock,
  ContainerState,
  DiskUse,
  Engine,
  EngineEvent,
  FolderSize,
  InstanceFile,
  InstanceLimits,
  InstanceSpec,
  InstanceStats,
  LogLine,
  ObservedInstance,
} from "../ports.ts";

type Method =
  | "ping"
  | "imageVersion"
  | "network"
  | "apply"
  | "start"
  | "resize"
  | "stop"
  | "remove"
  | "writeFiles"
  | "readState"
  | "replaceState"
  | "inspect"
  | "list"
  | "exec"
  | "disks"
  | "stats"
  | "largestFolders";
type Failure = { method: Method; nth: number; when: "before" | "after"; error: Error };
type FakeContainer = {
  spec: InstanceSpec;
  state: ContainerState;
  exitCode: number | null;
  outOfMemory: boolean;
  startedAt: Date | null;
  log: LogLine[];
  used: Used;
};
type Used = Pick<InstanceStats, "cpuMicroseconds" | "memoryBytes" | "receivedBytes" | "sentBytes">;
type FakeInstance = {
  subnet: number;
  container: FakeContainer | null;
  volume: Map<string, InstanceFile> | null;
};

/** An engine in memory that tests can script. It starts containers at once and nothing runs in them. */
export class FakeEngine implements Engine {
  /** Every call in order, e.g. `start 7b0a…`. */
  readonly calls: string[] = [];
  /** What `exec` answers. */
  execAnswer: { exitCode: number; output: string } = { exitCode: 0, output: "" };

  /** Images that are there, and the versions that they say. */
  readonly images = new Map<string, string | null>([["test-image", "2026.9.6"]]);

  readonly diskQuota = "enforced";
  /** What `disks` answers. */
  diskUse: DiskUse[] = [];
  /** What `largestFolders` answers. */
  folders: FolderSize[] = [];

  readonly #clock: Clock;
  readonly #instances = new Map<string, FakeInstance>();
  readonly #events: EngineEvent[] = [];
  readonly #counts = new Map<Method, number>();
  readonly #failures: Failure[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #networks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // ── For tests ──

  /** The n-th call of the method from now on throws, and nothing has happened. */
  failAt(method: Method, nth = 1, error = new Error(`${method} failed`)): void {
    this.#failures.push({ method, nth: this.#count(method) + nth, when: "before", error });
  }

  /** The n-th call of the method from now on does its work, then throws: as seen by a process that died before the answer came. */
  crashAfter(method: Method, nth = 1, error = new Error(`crashed after ${method}`)): void {
    this.#failures.push({ method, nth: this.#count(method) + nth, when: "after", error });
  }

  /** From now on every call works. */
  forgetFailures(): void {
    this.#failures.length = 0;
  }

  /** The main process of a running container ends by itself. */
  exit(instanceId: string, exitCode: number): void {
    const container = this.#running(instanceId);
    Object.assign(container, { state: "exited", exitCode });
    this.#emit(instanceId, "die");
  }

  /** The kernel kills the main process of a running container because it took more memory than it may. */
  exhaustMemory(instanceId: string): void {
    this.#running(instanceId).outOfMemory = true;
    this.#emit(instanceId, "oom");
    this.exit(instanceId, 137);
  }

  /** The kernel kills one of its programs for that, and the main process goes on. */
  exhaustChildMemory(instanceId: string): void {
    this.#running(instanceId);
    this.#emit(instanceId, "oom");
  }

  /** Told to do so over its network. */
  print(instanceId: string, text: string, stream: LogLine["stream"] = "stdout"): void {
    this.use(instanceId, { cpuMicroseconds: 10, receivedBytes: text.length, sentBytes: 10 });
    this.#running(instanceId).log.push({ at: this.#clock.now(), stream, text: text.slice(0, 8192) });
    this.#changes.emit("change");
  }

  /** It takes so much more. */
  use(instanceId: string, more: Partial<Used>): void {
    const { used } = this.#running(instanceId);
    used.cpuMicroseconds += more.cpuMicroseconds ?? 0;
    used.memoryBytes += more.memoryBytes ?? 0;
    used.receivedBytes += more.receivedBytes ?? 0;
    used.sentBytes += more.sentBytes ?? 0;
  }

  file(instanceId: string, path: string): InstanceFile | undefined {
    return this.#instances.get(instanceId)?.volume?.get(path);
  }

  /** As a process inside the instance with this address sees it. */
  fileAt(address: string, path: string): InstanceFile | undefined {
    return [...this.#instances.values()]
      .find((instance) => addressesOf(instance).address === address)
      ?.volume?.get(path);
  }

  // ── Engine ──

  ping = () => this.#call("ping", "", () => ({ version: "fake" }));

  imageVersion = (image: string) => this.#call("imageVersion", image, () => this.images.get(image) ?? null);

  network = (instanceId: string) =>
    this.#call("network", instanceId, () => addressesOf(this.#instance(instanceId)));

  apply = (spec: InstanceSpec) =>
    this.#call("apply", spec.instanceId, () => {
      const instance = this.#instance(spec.instanceId);
      instance.volume ??= new Map();
      if (instance.container) instance.container.spec = { ...instance.container.spec, ...limitsIn(spec) };
      if (instance.container && !isSame(instance.container.spec, spec))
        this.#destroy(spec.instanceId, instance);
      instance.container ??= newContainer(spec);
      for (const file of spec.files) instance.volume.set(file.path, file);
    });

  start = (instanceId: string) =>
    this.#call("start", instanceId, () => {
      const container = this.#container(instanceId);
      if (container.state === "running") return;
      Object.assign(container, {
        state: "running",
        exitCode: null,
        outOfMemory: false,
        startedAt: this.#clock.now(),
      });
      this.#emit(instanceId, "start");
    });

  resize = (instanceId: string, limits: InstanceLimits) =>
    this.#call("resize", instanceId, () => {
      const container = this.#container(instanceId);
      container.spec = { ...container.spec, ...limits };
    });

  stop = (instanceId: string, _graceSeconds: number) =>
    this.#call("stop", instanceId, () => {
      if (this.#instances.get(instanceId)?.container?.state === "running") this.exit(instanceId, 143);
    });

  remove = (instanceId: string) =>
    this.#call("remove", instanceId, () => {
      const instance = this.#instances.get(instanceId);
      if (instance) this.#destroy(instanceId, instance);
      this.#instances.delete(instanceId);
    });

  writeFiles = (instanceId: string, files: readonly InstanceFile[]) =>
    this.#call("writeFiles", instanceId, () => {
      this.#container(instanceId);
      for (const file of files) this.#instances.get(instanceId)?.volume?.set(file.path, file);
    });

  async *readState(instanceId: string): AsyncIterable<Uint8Array> {
    yield await this.#call("readState", instanceId, () => {
      this.#container(instanceId);
      return archiveOf([...(this.#instances.get(instanceId)?.volume?.values() ?? [])]);
    });
  }

  async replaceState(spec: InstanceSpec, archive: AsyncIterable<Uint8Array>): Promise<void> {
    const files = await filesIn(archive);
    await this.#call("replaceState", spec.instanceId, () => {
      const instance = this.#instance(spec.instanceId);
      this.#destroy(spec.instanceId, instance);
      instance.container = newContainer(spec);
      instance.volume = new Map([...files, ...spec.files].map((file) => [file.path, file]));
    });
  }

  inspect = (instanceId: string) => this.#call("inspect", instanceId, () => this.#observe(instanceId));

  list = () =>
    this.#call("list", "", () =>
      [...this.#instances.keys()].sort().map((instanceId) => this.#observe(instanceId)),
    );

  disks = () => this.#call("disks", "", () => this.diskUse);

  stats = () =>
    this.#call("stats", "", () =>
      [...this.#instances].flatMap(([instanceId, { container }]) => {
        if (container?.state !== "running") return [];
        const { memoryBytes: memoryLimit, milliCpus } = container.spec;
        return [{ instanceId, at: this.#clock.now(), ...container.used, memoryLimit, milliCpus }];
      }),
    );

  largestFolders = (instanceId: string) => this.#call("largestFolders", instanceId, () => this.folders);

  exec = (instanceId: string, command: readonly string[]) =>
    this.#call("exec", `${instanceId} ${command.join(" ")}`, () => {
      this.#running(instanceId);
      return this.execAnswer;
    });

  async *events(since: Date, signal: AbortSignal): AsyncIterable<EngineEvent> {
    for (let next = 0; !signal.aborted; await this.#change(signal)) {
      for (; next < this.#events.length; next++) {
        const event = this.#events[next];
        if (event && event.at >= since) yield event;
      }
    }
  }

  async *logs(
    instanceId: string,
    { tail, since, signal }: { tail: number; since?: Date; signal: AbortSignal },
  ): AsyncIterable<LogLine> {
    let log = this.#instances.get(instanceId)?.container?.log ?? [];
    let next = Math.max(0, log.length - tail);
    for (; !signal.aborted; await this.#change(signal)) {
      const current = this.#instances.get(instanceId)?.container?.log ?? [];
      if (current !== log) [log, next] = [current, 0];
      for (; next < log.length; next++) {
        const line = log[next];
        if (line && (!since || line.at >= since)) yield line;
      }
    }
  }

  async #call<T>(method: Method, subject: string, act: () => T): Promise<T> {
    this.calls.push(`${method} ${subject}`.trim());
    const count = this.#count(method) + 1;
    this.#counts.set(method, count);
    const failure = this.#failures.find(
      (candidate) => candidate.method === method && candidate.nth === count,
    );
    if (failure?.when === "before") throw failure.error;
    const result = act();
    if (failure) throw failure.error;
    return result;
  }

  #count(method: Method): number {
    return this.#counts.get(method) ?? 0;
  }

  #instance(instanceId: string): FakeInstance {
    const existing = this.#instances.get(instanceId);
    if (existing) return existing;
    const made: FakeInstance = { subnet: this.#networks++, container: null, volume: null };
    this.#instances.set(instanceId, made);
    return made;
  }

  #container(instanceId: string): FakeContainer {
    const container = this.#instances.get(instanceId)?.container;
    if (!container) throw new Error(`No container of instance ${instanceId}.`);
    return container;
  }

  #running(instanceId: string): FakeContainer {
    const container = this.#container(instanceId);
    if (container.state !== "running")
      throw new Error(`The container of instance ${instanceId} is not running.`);
    return container;
  }

  #destroy(instanceId: string, instance: FakeInstance): void {
    if (!instance.container) return;
    if (instance.container.state === "running") this.exit(instanceId, 137);
    instance.container = null;
    this.#emit(instanceId, "destroy");
  }

  #observe(instanceId: string): ObservedInstance {
    const instance = this.#instances.get(instanceId);
    if (!instance) return { instanceId, container: null, network: null, volume: false };
    const { container, volume } = instance;
    return {
      instanceId,
      container: container && {
        state: container.state,
        generation: container.spec.generation,
        exitCode: container.exitCode,
        outOfMemory: container.outOfMemory,
        startedAt: container.startedAt,
        limits: limitsIn(container.spec),
      },
      network: addressesOf(instance),
      volume: volume !== null,
    };
  }

  #emit(instanceId: string, kind: EngineEvent["kind"]): void {
    this.#events.push({ instanceId, kind, at: this.#clock.now() });
    this.#changes.emit("change");
  }

  async #change(signal: AbortSignal): Promise<void> {
    await once(this.#changes, "change", { signal }).catch(() => undefined);
  }
}

const newContainer = (spec: InstanceSpec): FakeContainer => ({
  spec,
  state: "created",
  exitCode: null,
  outOfMemory: false,
  startedAt: null,
  log: [],
  used: { cpuMicroseconds: 1000, memoryBytes: 1024, receivedBytes: 0, sentBytes: 0 },
});

function archiveOf(files: readonly InstanceFile[]): Promise<Buffer> {
  const archive = pack();
  const whole = buffer(archive);
  for (const { path, mode, content } of files) archive.entry({ name: `./${path}`, mode }, content);
  archive.finalize();
  return whole;
}

async function filesIn(archive: AsyncIterable<Uint8Array>): Promise<InstanceFile[]> {
  const given = extract();
  const reading = pipeline(Readable.from(archive), given);
  reading.catch(() => undefined); // `given` fails with it
  const files: InstanceFile[] = [];
  for await (const entry of given)
    files.push({ path: normalize(entry.header.name), mode: entry.header.mode, content: await text(entry) });
  await reading;
  return files;
}

const addressesOf = ({ subnet }: FakeInstance) => {
  const network = `198.18.${Math.floor(subnet / 32)}`;
  const first = (subnet % 32) * 8;
  return { gateway: `${network}.${first + 1}`, address: `${network}.${first + 2}` };
};

const limitsIn = ({ memoryBytes, milliCpus, pids }: InstanceLimits): InstanceLimits => ({
  memoryBytes,
  milliCpus,
  pids,
});

/** Files don't decide whether a container is replaced. */
const isSame = ({ files: _old, ...before }: InstanceSpec, { files: _new, ...after }: InstanceSpec) =>
  JSON.stringify(before) === JSON.stringify(after);
