import pg from "pg";
import type { ProvidedContext } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of a migrated, empty database on the server of this test run. Nobody may be connected to it. */
    templateDatabaseUrl: string;
  }
}

type Inject = <K extends keyof ProvidedContext>(key: K) => ProvidedContext[K];

/** Makes a database like the migrated one and returns its URL. It goes away with the server, at the end of the run. */
export async function cloneTemplateDatabase(inject: Inject): Promise<string> {
  const url = new URL(inject("templateDatabaseUrl"));
  const template = url.pathname.slice(1);
  url.pathname = "/postgres";
  const server = new pg.Client(url.href);
  await server.connect();
  try {
    const { rows } = await server.query<{ name: string }>("SELECT 'test_' || gen_random_uuid() AS name");
    const name = rows[0]?.name ?? "test";
    await server.query(
      `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
    url.pathname = `/${name}`;
    return url.href;
  } finally {
    await server.end();
  }
}
