import type { Logger } from "pino";
import type { Config } from "./config.ts";
import type { Prisma, PrismaClient } from "./generated/prisma/client.ts";
import type { ApiTokenScope } from "./generated/prisma/enums.ts";
import type { JobQueue } from "./jobs/enqueue.ts";
import type { Changes, Clock, Limiter, Random } from "./ports.ts";

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
  limiter: Limiter;
};

/** The browser or program at the other end. */
export type Client = {
  ip: string;
  userAgent: string;
  /** SHA-256 of what a browser that was here before keeps in a cookie. */
  deviceHash: string | null;
};

/** Who asks. Contexts make it; operations check it. */
export type Actor =
  | ({ kind: "anonymous" } & Client)
  /** Knows the password and still owes the second factor. */
  | ({ kind: "half"; userId: string; sessionId: string } & Client)
  /** Holds a link that was mailed to the address of the account. */
  | ({ kind: "mail-link"; userId: string } & Client)
  /** `provenAt`: when they last proved to be the owner; null means long ago. */
  | ({ kind: "user"; userId: string; sessionId: string; provenAt: Date | null } & Client)
  | ({ kind: "apiToken"; userId: string; tokenId: string; scope: ApiTokenScope } & Client)
  /** `provenAt`: as of a user; signing in proves it. */
  | ({ kind: "admin"; userId: string; sessionId: string; provenAt: Date | null } & Client)
  /** Whoever runs commands on the server itself. */
  | { kind: "operator" };

type ActorOf<Kind extends Actor["kind"]> = Extract<Actor, { kind: Kind }>;
export type AnonymousActor = ActorOf<"anonymous">;
export type HalfActor = ActorOf<"half">;
export type MailLinkActor = ActorOf<"mail-link">;
/** A person in the dashboard: may do everything with what is theirs, their account included. */
export type UserActor = ActorOf<"user">;
/** Whoever acts for an account: the person, or a program that they gave a token. */
export type OwnerActor = ActorOf<"user" | "apiToken">;
export type AdminActor = ActorOf<"admin">;
