// One PostgreSQL server per test run, with a migrated database that every test file copies.
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type {} from "../../packages/core/src/testing/template-database.ts";
import { migrate } from "../setup/migrate.ts";
import { startPostgres, stopPostgres } from "../setup/postgres.ts";

export default async function startDatabase(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "launch-test-"));
  const server = await startPostgres({ directory, password: "test", durable: false });
  // Vitest skips what this function returns when it is interrupted, and the server would outlive it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => process.exit(130));
  const kill = () => {
    process.kill(server.pid, "SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", kill);
  const template = { owner: server.url("template"), app: server.appUrl("template", "test") };
  await migrate(template);
  project.provide("templateDatabase", template);
  return async () => {
    process.off("exit", kill);
    await stopPostgres(directory);
    await rm(directory, { recursive: true, force: true });
  };
}
