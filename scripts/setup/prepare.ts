// The steps that lead from a fresh clone to something that can be started or tested. Each is quick when nothing changed.
import { mkdir } from "node:fs/promises";
import { buildApps, generateClient } from "./apps.ts";
import { ensureEngine } from "./docker.ts";
import { ensureInstanceImage } from "./instance-image.ts";
import type { Layout } from "./layout.ts";
import { migrate } from "./migrate.ts";
import { startPostgres } from "./postgres.ts";
import type { Progress } from "./progress.ts";

export async function prepareImage(layout: Layout, progress: Progress): Promise<string> {
  await progress.step("container engine", async (report) => {
    const version = await ensureEngine({ logs: layout.logs, report });
    report(`Docker ${version}`);
  });
  return await progress.step("assistant image", async (report) => {
    const image = await ensureInstanceImage(process.env["INSTANCE_IMAGE"], { logs: layout.logs, report });
    report(image);
    return image;
  });
}

export async function prepareApps(layout: Layout, progress: Progress): Promise<void> {
  const logs = layout.logs;
  await progress.step("database client", (report) => generateClient({ logs, report }));
  await progress.step("web and admin build", (report) => buildApps({ logs, report }));
}

/** The given database, or one of our own in the data folder. Returns its URL, migrated. */
export async function prepareDatabase(layout: Layout, password: string, progress: Progress): Promise<string> {
  await mkdir(layout.data, { recursive: true, mode: 0o700 });
  const url =
    process.env["DATABASE_URL"] ?? (await progress.step("database", () => ownDatabase(layout, password)));
  await progress.step("migrations", async (report) => report((await migrate(url)).split("\n").at(-1) ?? ""));
  return url;
}

async function ownDatabase(layout: Layout, password: string): Promise<string> {
  const port = Number(process.env["POSTGRES_PORT"]) || undefined;
  const server = await startPostgres({
    directory: layout.postgres,
    password,
    durable: true,
    ...(port ? { port } : {}),
  });
  return server.url("openclaw_launch");
}
