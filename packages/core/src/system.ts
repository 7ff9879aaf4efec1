import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Prisma, PrismaClient } from "./generated/prisma/client.ts";
import type { JobQueue } from "./jobs/enqueue.ts";
import type { Changes, Clock, Random } from "./ports.ts";

export type Database = PrismaClient;
/** The client inside `db.$transaction`. */
export type Transaction = Prisma.TransactionClient;

/** What every operation gets. Built once per process by `adapters/start-system.ts`, in tests by `testing/test-system.ts`. */
export type System = {
  db: Database;
  config: Config;
  log: Logger;
  clock: Clock;
  random: Random;
  jobs: JobQueue;
  changes: Changes;
};

/** Who asks. Routers make it; operations check it. */
export type Actor =
  | { kind: "anonymous"; ip: string }
  | { kind: "user"; userId: string; sessionId: string; ip: string }
  | { kind: "admin"; userId: string; sessionId: string; ip: string }
  | { kind: "job"; hostId: string }
  /** Whoever runs commands on the server itself. */
  | { kind: "operator" };

export type AnonymousActor = Extract<Actor, { kind: "anonymous" }>;
export type UserActor = Extract<Actor, { kind: "user" }>;
export type AdminActor = Extract<Actor, { kind: "admin" }>;
