import { availableParallelism } from "node:os";
import { command } from "../../setup/command.ts";
import { nextMoment, round } from "../owner.ts";
import { connectFrom, evaluateIn, type Probe } from "./probe.ts";

/** INSTANCE_DISK_MB */
const quotaMegabytes = 2048;
/** Of the fair share of a neighbour that wants all it can get. */
const neighbourShare = 0.8;

type Limits = { Memory: number; MemorySwap: number; NanoCpus: number; PidsLimit: number };
const limitsOf = async (container: string): Promise<Limits> =>
  JSON.parse(await command("docker", ["inspect", "--format", "{{json .HostConfig}}", container])) as Limits;

/** What is used up is one's own: processes, memory, processor, disk. Ends with the assistant in ruins. */
export async function exhaustionProbes(pair: {
  inside: string;
  neighbour: string;
}): Promise<{ probes: Probe[]; share: number; processes: number; diskMegabytes: number }> {
  const { inside, neighbour } = pair;
  const limits = await limitsOf(inside);
  const processes = await forkBomb(inside);
  const { alone, beside } = await burn(inside, neighbour);
  const fair = Math.min(alone, availableParallelism() / 2);
  const share = round(beside / fair);
  const diskMegabytes = await fillDisk(inside);
  const killed = await hogMemory(inside);
  const alive = await evaluateIn<string>(neighbour, `"lives"`);
  const within = (name: string, ok: boolean, seen: unknown): Probe => ({
    name,
    expected: "within its limit",
    seen: ok ? "within its limit" : String(seen),
  });
  return {
    share,
    processes,
    diskMegabytes,
    probes: [
      within("what fits on its disk", diskMegabytes <= quotaMegabytes, `${diskMegabytes} MB`),
      within("processes of a fork bomb", processes <= limits.PidsLimit, processes),
      within(`a neighbour’s processor while all of it is burnt`, share >= neighbourShare, share),
      { name: "who takes more memory than there is", expected: "killed", seen: killed },
      { name: "swap", expected: "none", seen: limits.MemorySwap === limits.Memory ? "none" : "some" },
      { name: "the neighbour afterwards", expected: "lives", seen: alive },
    ],
  };
}

/** The most processes and threads at once, as the engine counts them. The bomb may end the assistant: then it is started again. */
async function forkBomb(inside: string): Promise<number> {
  let exploded = false;
  const bomb = evaluateIn(
    inside,
    `(async () => {
      const { spawn } = require("child_process");
      const children = [];
      for (let n = 0; n < 1000; n++) {
        const child = spawn("sleep", ["20"], { stdio: "ignore" });
        child.on("error", () => {});
        children.push(child);
      }
      await new Promise((resolve) => setTimeout(resolve, 8000));
      for (const child of children) child.kill("SIGKILL");
    })()`,
  ).catch(() => undefined);
  void bomb.then(() => (exploded = true));
  let most = 0;
  while (!exploded) {
    const count = await command("docker", ["stats", "--no-stream", "--format", "{{.PIDs}}", inside]);
    most = Math.max(most, Number(count));
  }
  await isBack(inside);
  return most;
}

/** Its gateway answers, whatever had to be done for it. */
async function isBack(container: string): Promise<void> {
  const answers = () => connectFrom(container, "127.0.0.1", 18789).catch(() => "nothing");
  while ((await answers()) !== "answered") await nextMoment();
}

const burnSeconds = 8;
/** Cores that a container gets for as many loops as there are cores. */
const coresOf = (container: string) =>
  evaluateIn<number>(
    container,
    `(async () => {
      const { Worker } = require("worker_threads");
      const loops = Array.from({ length: ${availableParallelism()} }, () => new Worker("for (;;);", { eval: true }));
      const started = process.hrtime.bigint(), before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, ${burnSeconds} * 1000));
      const { user, system } = process.cpuUsage(before);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      for (const loop of loops) loop.terminate();
      return (user + system) / 1e6 / seconds;
    })()`,
  );

async function burn(inside: string, neighbour: string): Promise<{ alone: number; beside: number }> {
  const alone = await coresOf(neighbour);
  const [, beside] = await Promise.all([coresOf(inside), coresOf(neighbour)]);
  return { alone, beside };
}

/** Megabytes that fit, until the disk refuses more or twice of what should be there is. */
const fillDisk = (inside: string) =>
  evaluateIn<number>(
    inside,
    `(() => {
      const fs = require("fs"), file = fs.openSync("/home/node/.openclaw/fill", "w"), block = Buffer.alloc(16 << 20, 1);
      let written = 0;
      try { while (written < ${2 * quotaMegabytes}) written += fs.writeSync(file, block) >> 20; } catch {}
      fs.closeSync(file);
      fs.rmSync("/home/node/.openclaw/fill");
      return written;
    })()`,
  );

async function hogMemory(inside: string): Promise<string> {
  const hog = evaluateIn(
    inside,
    `(async () => {
      const held = [];
      for (let n = 0; n < 400; n++) { held.push(Buffer.alloc(64 << 20, 1)); await new Promise(setImmediate); }
      return held.length;
    })()`,
  );
  const seen = await hog.then(
    () => "lives",
    () => "killed",
  );
  await nextMoment();
  return seen;
}
