import pg from "pg";
import type { ProvidedContext } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** A migrated, empty database on the server of this test run, for its owner and as the product sees it. Nobody may be connected to it. */
    templateDatabase: { owner: string; app: string };
  }
}

type Inject = <K extends keyof ProvidedContext>(key: K) => ProvidedContext[K];

/**
 * Makes a database like the migrated one and returns its URL, for the role that the product runs as.
 * It goes away with the server, at the end of the run.
 */
export async function cloneTemplateDatabase(inject: Inject): Promise<string> {
  const { owner, app } = inject("templateDatabase");
  const url = new URL(app);
  const template = url.pathname.slice(1);
  const server = new pg.Client(Object.assign(new URL(owner), { pathname: "/postgres" }).href);
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
