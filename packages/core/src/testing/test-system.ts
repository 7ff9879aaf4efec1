import type { PgBoss } from "pg-boss";
import { afterAll, afterEach, inject } from "vitest";
import { listenForChanges } from "../adapters/changes.ts";
import { systemClock } from "../adapters/clock.ts";
import { openDatabase } from "../adapters/database.ts";
import { jobQueueOn, startBoss } from "../adapters/job-queue.ts";
import { createLog } from "../adapters/log.ts";
import { rateLimiterOn } from "../adapters/rate-limiter.ts";
import type { AdminSystem, WebSystem } from "../api/context.ts";
import { type AdminConfig, readAdminConfig, readWebConfig, type WebConfig } from "../config.ts";
import type { IdentityProviders, Workers } from "../ports.ts";
import { FakeClock } from "./fake-clock.ts";
import { seededRandom } from "./seeded-random.ts";
import { cloneTemplateDatabase } from "./template-database.ts";

/** Serves as the system of the web server and of the admin app alike. */
export type TestSystem = WebSystem &
  AdminSystem & {
    config: WebConfig & AdminConfig;
    clock: FakeClock;
    boss: PgBoss;
    /** Lines of the log so far. */
    logged: string[];
  };

/**
 * Call it once, at the top of a test file: a database of its own, the real job queue, a clock that stands still.
 * Everything is closed after the last test of the file.
 */
export async function createTestSystem(
  replace: { workers?: Workers; identityProviders?: IdentityProviders } = {},
): Promise<TestSystem> {
  const databaseUrl = await cloneTemplateDatabase(inject);
  const logged: string[] = [];
  const log = createLog("debug", { write: (line) => void logged.push(line) });
  const environment = environmentOf(databaseUrl);
  const config = { ...readAdminConfig(environment), ...readWebConfig(environment) };
  const db = openDatabase(config);
  const boss = await startBoss(config, log, { works: false });
  const changes = await listenForChanges(databaseUrl, log, systemClock);

  afterEach(({ task }) => {
    if (task.result?.state === "fail")
      process.stderr.write(logged.filter((line) => line.includes('"err"')).join(""));
  });
  afterAll(async () => {
    await boss.stop({ graceful: false, close: true });
    await changes.close();
    await db.$disconnect();
  });

  return {
    db,
    config,
    log,
    logged,
    clock: new FakeClock(new Date("2026-03-01T12:00:00Z")),
    random: seededRandom("test"),
    jobs: jobQueueOn(boss),
    boss,
    changes,
    limiter: rateLimiterOn(db, config.RATE_LIMIT_FACTOR),
    workers: replace.workers ?? noWorkers,
    identityProviders: replace.identityProviders ?? {},
  };
}

function environmentOf(databaseUrl: string): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: "5",
    WEB_URL: "http://localhost:3000",
    ADMIN_URL: "http://localhost:3001",
    // Tests come from a handful of addresses; those of the limits set a system of their own.
    RATE_LIMIT_FACTOR: "1000",
    APP_SECRET: "q3hbXhJ3mF1mTzGJ8yq0cVtKo5n4Rw7uLsPaEdYi2kM",
    INTERNAL_SECRET: "7tR2vNf9aQz5Wb1XcKd8JmLs0HgEy4UpVo6TiSqPnMw",
    RESEND_API_KEY: "re_0123456789abcdefghij",
    MAIL_FROM: "OpenClaw Launch <no-reply@example.org>",
  };
}

const unreachable = (): never => {
  throw new Error("this test has no workers");
};
const noWorkers: Workers = {
  logs: unreachable,
  stats: unreachable,
  exportConfig: unreachable,
  diskUsage: unreachable,
  chatHistory: unreachable,
  chatSend: unreachable,
  chatEvents: unreachable,
  pairing: unreachable,
  pairingChanges: unreachable,
  approve: unreachable,
  reject: unreachable,
  removeDevice: unreachable,
  gatewayLink: unreachable,
};
