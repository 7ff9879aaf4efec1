// The steps that lead from a fresh clone to something that can be started or tested. Each is quick when nothing changed.
import { mkdir } from "node:fs/promises";
import { buildApps, generateClient } from "./apps.ts";
import { ensureEngine } from "./docker.ts";
import { ensureInstanceImage } from "./instance-image.ts";
import type { Layout } from "./layout.ts";
import { type DatabaseUrls, migrate } from "./migrate.ts";
import { startPostgres } from "./postgres.ts";
import type { Progress } from "./progress.ts";
import type { Secrets } from "./secrets.ts";

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

/** The given database, or one of our own in the data folder. Returns the URL that the product connects to, migrated. */
export async function prepareDatabase(layout: Layout, secrets: Secrets, progress: Progress): Promise<string> {
  await mkdir(layout.data, { recursive: true, mode: 0o700 });
  const urls = givenDatabase() ?? (await progress.step("database", () => ownDatabase(layout, secrets)));
  await progress.step("migrations", async (report) => report((await migrate(urls)).split("\n").at(-1) ?? ""));
  return urls.app;
}

function givenDatabase(): DatabaseUrls | null {
  const { DATABASE_URL: app, DATABASE_OWNER_URL: owner } = process.env;
  if (!app) return null;
  if (!owner)
    throw new Error(
      "DATABASE_URL needs DATABASE_OWNER_URL beside it: the owner of the database makes the tables, and the role in DATABASE_URL may not change the audit log.",
    );
  return { app, owner };
}

async function ownDatabase(layout: Layout, secrets: Secrets): Promise<DatabaseUrls> {
  const port = Number(process.env["POSTGRES_PORT"]) || undefined;
  const server = await startPostgres({
    directory: layout.postgres,
    password: secrets.POSTGRES_PASSWORD,
    durable: true,
    ...(port ? { port } : {}),
  });
  return {
    owner: server.url("openclaw_launch"),
    app: server.appUrl("openclaw_launch", secrets.POSTGRES_APP_PASSWORD),
  };
}
