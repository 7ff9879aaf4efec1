// `npm run check`: the rules that a machine can hold us to. Prints a table; the exit code says whether all hold.
import { glob, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDrift } from "../packages/core/prisma/migrate.ts";
import { generateClient } from "./setup/apps.ts";
import { abortCommandsUntil, command } from "./setup/command.ts";
import { readLayout, root } from "./setup/layout.ts";
import { startPostgres, stopPostgres } from "./setup/postgres.ts";

/** Fewer modules than this means that dependency-cruiser no longer sees them, and would find nothing. */
const fewestModules = 400;
const run = (program: string, args: string[], cwd = root) => command(program, args, { cwd });

const checks: Record<string, () => Promise<void>> = {
  "format and lint": async () => void (await run("biome", ["check", "--error-on-warnings", "."])),
  "types, and what they tell a linter": async () => {
    // The linter passes over an option that it doesn't know, such as a misspelt one.
    for await (const config of glob("{apps/*,packages/*,scripts}/tsconfig.json", { cwd: root }))
      await run("tsc", ["--project", config, "--showConfig"]);
    await run("oxlint", ["--type-check", "--type-aware", "--deny-warnings"]);
  },
  "nothing unused": async () => void (await run("knip", ["--no-progress", "--no-config-hints"])),
  "procedures: strict input, output, audience": async () =>
    void (await run("vitest", ["run", "--project", "unit", "packages/core/src/api/procedures.test.ts"])),
  dependencies: async () => {
    const apps = ["web/app", "web/server", "web/server.ts", "admin/app", "admin/server.ts", "worker/src"];
    const sources = ["packages", ...apps.map((path) => `apps/${path}`), "scripts"];
    const output = await run("depcruise", [...sources, "--config", ".dependency-cruiser.mjs"]);
    const modules = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
    if (modules < fewestModules) throw new Error(`Only ${modules} modules were looked at.`);
  },
  "one number for each decision": async () => {
    const numbers = (await readdir(join(root, "docs", "decisions"))).map((name) => name.slice(0, 4));
    const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
    if (twice.length > 0) throw new Error(`Two decisions have the number ${twice.join(", ")}.`);
  },
  "migrations match the schema": async () => {
    const directory = await mkdtemp(join(tmpdir(), "launch-check-"));
    try {
      const server = await startPostgres({ directory, password: "check", durable: false });
      const drift = await findDrift(server.url("drift"));
      if (drift) throw new Error(`The schema has no migration for:\n${drift}`);
    } finally {
      await stopPostgres(directory);
      await rm(directory, { recursive: true, force: true });
    }
  },
};

await generateClient({ logs: readLayout().logs, report: () => undefined });
// Side by side: most of these programs use one processor only.
const told = Promise.all(Object.entries(checks).map(([name, check]) => tell(name, check)));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void abortCommandsUntil(told));
const problems = await told;
process.exit(problems.some((problem) => problem !== null) ? 1 : 0);

/** What is wrong, null if nothing is. Prints it too. */
async function tell(name: string, check: () => Promise<void>): Promise<string | null> {
  const started = performance.now();
  const problem = await check().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${problem ? "✗" : "✓"} ${name.padEnd(44)} ${seconds} s`);
  if (problem) console.error(problem);
  return problem;
}
