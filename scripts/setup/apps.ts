import { join } from "node:path";
import { command } from "./command.ts";
import { root } from "./layout.ts";

type Options = { logs: string; report: (detail: string) => void };

/** Writes the database client from the schema; what is up to date is left alone. */
export async function generateClient({ logs, report }: Options): Promise<void> {
  await turbo(["generate"], join(logs, "generate.log"), report);
}

/** Builds the browser parts of web and admin; a build whose inputs did not change is kept. */
export async function buildApps({ logs, report }: Options): Promise<void> {
  await turbo(["build"], join(logs, "build.log"), report);
}

async function turbo(tasks: string[], logFile: string, report: (detail: string) => void): Promise<void> {
  const { NODE_ENV: _, ...environment } = process.env;
  const output = await command(
    join(root, "node_modules", ".bin", "turbo"),
    ["run", ...tasks, "--output-logs=new-only", "--ui=stream"],
    {
      cwd: root,
      environment: {
        ...environment,
        TURBO_TELEMETRY_DISABLED: "1",
        TURBO_NO_UPDATE_NOTIFIER: "1",
        DO_NOT_TRACK: "1",
      },
      logFile,
    },
  );
  if (/FULL TURBO/.test(output)) report("up to date");
}
