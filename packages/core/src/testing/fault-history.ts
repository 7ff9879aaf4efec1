import { systemClock } from "../adapters/clock.ts";
import type { OperationKind } from "../generated/prisma/enums.ts";
import { commandInstance } from "../instances/command-instance.ts";
import { unfinished } from "../instances/queries.ts";
import { reconcileHost } from "../instances/reconcile-host.ts";
import type { OwnerActor, System } from "../system.ts";
import type { WorkerSystem } from "../worker.ts";
import { deployTestInstance, draftOf } from "./deploy-test-instance.ts";
import { seededRandom } from "./seeded-random.ts";
import type { TestSystem } from "./test-system.ts";
import { startTestWorker, type TestHost } from "./test-worker.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How many histories the test tries; `npm run prove -- faults` asks for a hundred. */
    histories: number;
  }
}

type Subject = { owner: OwnerActor; id: string };

const length = 15;
const commands = ["start", "stop", "restart", "kill", "remove", "backup"] as const;
const brittle = ["network", "apply", "start", "stop", "remove", "inspect", "list"] as const;
const exitCodes = [0, 1, 137, 255];

/**
 * Commands of owners and mishaps of every kind, one after the other as the seed has it: workers that die, an engine that fails before or
 * after it did its work, containers that end, a database that throws everybody out, commits whose answer is lost. Then a minute of
 * peace. Returns what isn't as it should be after that.
 */
export async function runFaultHistory(sys: TestSystem, host: TestHost, seed: number): Promise<string[]> {
  const choose = chooser(seed);
  const subjects = [await draftOf(sys), await draftOf(sys)];
  const worker = startTestWorker(sys, host);
  for (const { owner, id } of subjects) await deployTestInstance(sys, worker, owner, id);

  let life = beginLife(sys, host);
  const told: string[] = [];
  const steps: Record<string, () => Promise<void> | void> = {
    command: async () => {
      const subject = choose(subjects);
      const kind = choose(commands);
      told.push(`${kind} ${subject.id}`);
      await commandTwice(sys, subject, kind);
    },
    deploy: async () => {
      const { owner, id } = choose(subjects);
      told.push(`deploy ${id}`);
      await deployTestInstance(sys, worker, owner, id).catch(expectRefusal);
    },
    "worker dies": () => {
      life.kill();
      life = beginLife(sys, host);
    },
    "engine fails": () => host.engine.failAt(choose(brittle), choose([1, 2, 3])),
    "engine fails afterwards": () => host.engine.crashAfter(choose(brittle), choose([1, 2, 3])),
    "container ends": async () => {
      const { id } = choose(subjects);
      if ((await host.engine.inspect(id)).container?.state === "running")
        host.engine.exit(id, choose(exitCodes));
    },
    "database throws everybody out": () => breakConnections(sys),
    "commit's answer is lost": () => life.loseCommit(),
  };

  for (let step = 0; step < length; step++) {
    const name = choose(Object.keys(steps));
    told.push(name);
    await untilDone(() => steps[name]?.());
    for (let wait = choose([0, 1, 3, 6]); wait > 0; wait--) await moment(sys);
  }

  const problems = await settle(sys, host, subjects, life);
  await life.end();
  return problems.map((problem) => `${problem} after ${told.join(", ")}`);
}

/** Seconds of the product's clock; about as many tenths of a second for who waits. */
const secondsOfPeace = 60;

async function settle(sys: TestSystem, host: TestHost, subjects: Subject[], life: Life): Promise<string[]> {
  host.engine.forgetFailures();
  life.keepCommits();
  let problems: string[] = [];
  for (let second = 0; second < secondsOfPeace; second++) {
    await moment(sys);
    problems = (await Promise.all(subjects.map(({ id }) => problemsOf(sys, host, id)))).flat();
    if (problems.length === 0) return [];
  }
  return problems;
}

/** Where the database, the engine, the host's files and the model provider don't agree about an instance. */
async function problemsOf(sys: System, host: TestHost, id: string): Promise<string[]> {
  const { desired, status } = await sys.db.instance.findUniqueOrThrow({ where: { id } });
  const open = await sys.db.operation.count({
    where: { instanceId: id, ...unfinished },
  });
  const { container, network, volume } = await host.engine.inspect(id);
  const keys = (await host.provider.findKeys(`openclaw-launch/${id}`)).length;
  const secret = (await host.secrets.readInstance(id)) !== null;
  const seen = `${desired} ${status} ${container?.state ?? "gone"}`;
  const left = [
    network && "network",
    volume && "volume",
    secret && "secret file",
    keys > 0 && "provider key",
  ];
  const checks: [problem: string, holds: boolean][] = [
    [`${open} commands under way`, open === 0],
    [`more than one model key`, keys <= 1],
    [
      seen,
      /^(running running running|stopped (stopped|failed) (exited|created|gone)|removed removed gone)$/.test(
        seen,
      ),
    ],
    [`left behind: ${left.filter(Boolean).join(", ")}`, desired !== "removed" || !left.some(Boolean)],
    ["no model key", desired !== "running" || keys === 1],
  ];
  return checks.filter(([, holds]) => !holds).map(([problem]) => problem);
}

type Life = { kill(): void; end(): Promise<void>; loseCommit(): void; keepCommits(): void };

/** One worker process, from its start to its death: after that nothing that it calls comes back. */
function beginLife(sys: TestSystem, host: TestHost): Life {
  let dead = false;
  let lost = false;
  const stop = new AbortController();
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function" || name === "events") return value;
        return async (...given: unknown[]) => {
          if (dead) return new Promise(() => undefined);
          const result: unknown = await Reflect.apply(value, target, given);
          if (dead) return new Promise(() => undefined);
          if (name === "$transaction" && lost) {
            lost = false;
            throw new Error("the answer to the commit was lost");
          }
          return result;
        };
      },
    });
  const ports = { engine: mortal(host.engine), provider: mortal(host.provider) };
  const worker: WorkerSystem = { ...startTestWorker(sys, host, ports), db: mortal(sys.db) };
  const { done } = reconcileHost(worker, stop.signal);
  return {
    kill: () => {
      dead = true;
      stop.abort();
    },
    end: async () => {
      stop.abort();
      await done;
    },
    loseCommit: () => {
      lost = true;
    },
    keepCommits: () => {
      lost = false;
    },
  };
}

/** As a browser does that got no answer: the same command again. */
async function commandTwice(
  sys: TestSystem,
  { owner, id }: Subject,
  kind: Exclude<OperationKind, "deploy" | "rotate" | "restore">,
) {
  const command = { instanceId: id, operationId: sys.random.uuid() };
  for (let time = 0; time < 2; time++)
    await untilDone(() => commandInstance(sys, owner, kind, command).then(() => undefined, expectRefusal));
}

/** Codes of what can't be done with an instance that is removed. */
function expectRefusal(error: unknown): void {
  if (!(error instanceof Error) || !/^(instance|operation)\./.test(error.message)) throw error;
}

/** Whoever was thrown out by the database comes back. */
async function untilDone(act: () => Promise<void> | void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** Ends every connection to the database but the one that says so, as a server that is restarted does. */
export async function breakConnections(sys: System): Promise<void> {
  await sys.db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`;
  // Those that the pool still takes for good.
  await Promise.allSettled(Array.from({ length: 10 }, () => sys.db.$queryRaw`SELECT 1`));
}

/** A second of the product's clock, in which the processes get to do something. */
async function moment(sys: TestSystem): Promise<void> {
  for (let part = 0; part < 4; part++) {
    sys.clock.advance(250);
    await systemClock.sleep(20);
  }
}

function chooser(seed: number) {
  const random = seededRandom(String(seed));
  return <T>(items: readonly T[]): T => {
    const item = items[(random.bytes(1)[0] ?? 0) % items.length];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  };
}
