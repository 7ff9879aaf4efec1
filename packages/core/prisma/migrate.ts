// Migrations without the Prisma command's engine download: the same engine, as WebAssembly, over the pg driver.
// Tables and checksums are Prisma's own, so its command line can take over at any time.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
} from "@prisma/driver-adapter-utils";
import { type MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { type AppRole, grantAppRole } from "./app-role.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const migrationsFolder = join(folder, "migrations");
const filters = { externalTables: [], externalEnums: [] };
const adapterName = "@prisma/adapter-pg";
/** Any number that nothing else locks: two deployments at once run one after the other. */
const migrationLock = 7_402_025;

/**
 * Creates the database when it is missing and brings it to the newest migration. Returns the names that were applied.
 * Each migration is one transaction together with the note that it was applied: one that fails, or is interrupted, leaves nothing.
 */
export async function applyMigrations(databaseUrl: string, from = migrationsFolder): Promise<string[]> {
  await createDatabase(databaseUrl);
  const { migrationDirectories, ...list } = await readMigrations(from);
  const applied: string[] = [];
  for (const [index] of migrationDirectories.entries()) {
    const migrationsList = { ...list, migrationDirectories: migrationDirectories.slice(0, index + 1) };
    applied.push(...(await applyInTransaction(databaseUrl, migrationsList)));
  }
  return applied;
}

async function applyInTransaction(databaseUrl: string, migrationsList: MigrationList): Promise<string[]> {
  const { database } = connectionOf(databaseUrl);
  const pool = poolFor(databaseUrl, database, { max: 1, idleTimeoutMillis: 0 });
  let cause: unknown = null;
  const adapter = await adapterOn(pool, (error) => {
    cause = error;
  });
  const factory = {
    provider: "postgres",
    adapterName,
    connect: async () => adapter,
    connectToShadowDb: refuseShadow,
  } as const;
  try {
    await pool.query("BEGIN");
    await pool.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
    const { appliedMigrationNames } = await withEngine(factory, (engine) =>
      engine.applyMigrations({ migrationsList, filters }),
    );
    await pool.query("COMMIT");
    return appliedMigrationNames;
  } catch (error) {
    // What the engine says then is that it could not take a note in the aborted transaction.
    const name = migrationsList.migrationDirectories.at(-1)?.path;
    throw cause === null
      ? error
      : new Error(`The migration ${name} failed and was taken back: ${messageOf(cause)}`, { cause });
  } finally {
    await pool.end(); // rolls back what was not committed
  }
}

/** Writes the migration that leads from the existing ones to the schema files. Returns its name, or null when there is nothing to do. */
export async function createMigration(databaseUrl: string, label: string): Promise<string | null> {
  const script = await findDrift(databaseUrl);
  if (script === null) return null;
  const name = `${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}_${label}`;
  await mkdir(join(migrationsFolder, name));
  await writeFile(join(migrationsFolder, name, "migration.sql"), script);
  return name;
}

/** The SQL by which the schema files are ahead of the migrations, or null when both say the same. Works in a shadow database. */
export async function findDrift(databaseUrl: string): Promise<string | null> {
  await createDatabase(databaseUrl);
  return await withEngine(adapterFactory(databaseUrl), async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: "migrations", ...(await readMigrations()) },
      to: { tag: "schemaDatamodel", files: await readSchema() },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === 0 ? null : (stdout ?? "");
  });
}

async function withEngine<T>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const datamodels = (await readSchema()).map(({ path, content }): [string, string] => [path, content]);
  const engine = await SchemaEngine.new(
    { datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  try {
    return await use(engine);
  } finally {
    engine.free();
  }
}

function adapterFactory(databaseUrl: string): SqlMigrationAwareDriverAdapterFactory {
  const { database } = connectionOf(databaseUrl);
  return {
    provider: "postgres",
    adapterName,
    connect: () => adapterOn(poolFor(databaseUrl, database)),
    connectToShadowDb: async () => {
      const shadow = await onServer(databaseUrl, async (server) => {
        const { rows } = await server.query<{ name: string }>(
          "SELECT 'shadow_' || gen_random_uuid() AS name",
        );
        const name = rows[0]?.name ?? "shadow";
        await server.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
        return name;
      });
      const adapter = await adapterOn(poolFor(databaseUrl, shadow));
      const disconnect = adapter.dispose.bind(adapter);
      return Object.assign(adapter, {
        dispose: async () => {
          await disconnect();
          await onServer(databaseUrl, (server) =>
            server.query(`DROP DATABASE ${pg.escapeIdentifier(shadow)} WITH (FORCE)`),
          );
        },
      });
    },
  };
}

const refuseShadow = () => Promise.reject(new Error("Applying migrations needs no shadow database."));

function poolFor(databaseUrl: string, database: string | undefined, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ ...connectionOf(databaseUrl), database, ...options });
  const query = pool.query.bind(pool);
  return Object.assign(pool, {
    // The adapter does not know PostgreSQL's internal type "char" (18), which the catalogue uses: hand it over as text (25).
    query: async (config: pg.QueryArrayConfig, values?: unknown[]) => {
      const result = await query(config, values);
      for (const field of result.fields ?? []) if (field.dataTypeID === 18) field.dataTypeID = 25;
      return result;
    },
  });
}

async function adapterOn(pool: pg.Pool, onScriptError: (error: unknown) => void = () => {}) {
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    // Of the columns that were handed over as text, the engine reads this one as a character; it panics otherwise.
    queryRaw: async (query: SqlQuery) => {
      const result = await queryRaw(query);
      const position = result.columnNames.indexOf("constraint_type");
      if (position >= 0) result.columnTypes[position] = ColumnTypeEnum.Character;
      return result;
    },
    // In one piece: the adapter would cut the script at every semicolon, also inside function bodies.
    executeScript: async (script: string) => {
      try {
        await pool.query(script);
      } catch (error) {
        onScriptError(error);
        throw error;
      }
    },
  });
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const { database } = connectionOf(databaseUrl);
  if (database === undefined) throw new Error("The database URL names no database.");
  await onServer(databaseUrl, async (server) => {
    const { rowCount } = await server.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (rowCount === 0) await server.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  });
}

/** Runs something on the database "postgres", which every server has. */
async function onServer<T>(databaseUrl: string, use: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = new pg.Client({ ...connectionOf(databaseUrl), database: "postgres" });
  await server.connect();
  try {
    return await use(server);
  } finally {
    await server.end();
  }
}

/** The parts of the URL. Given the URL as a whole, pg prefers the database in it to the one we name. */
function connectionOf(databaseUrl: string) {
  const { host, port, user, password, database, ssl } = new pg.Client(databaseUrl);
  return { host, port, user, password: password ?? undefined, database, ssl };
}

async function readSchema(): Promise<{ path: string; content: string }[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.filter((name) => name.endsWith(".prisma")).sort();
  return await Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(join(folder, path), "utf8") })),
  );
}

async function readMigrations(from = migrationsFolder): Promise<MigrationList> {
  const entries = await readdir(from, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: from,
    shadowDbInitScript: "",
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(join(from, "migration_lock.toml"), "utf8"),
    },
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok" as const, value: await readFile(join(from, path, "migration.sql"), "utf8") },
        },
      })),
    ),
  };
}

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [command, name] = positionals;
  const appUrl = process.env["DATABASE_URL"];
  const databaseUrl = process.env["DATABASE_OWNER_URL"] || appUrl;
  if (databaseUrl === undefined) throw new Error("Neither DATABASE_OWNER_URL nor DATABASE_URL is set.");
  if (command === "deploy") {
    const applied = await applyMigrations(databaseUrl);
    if (appUrl !== undefined && appUrl !== databaseUrl) await grantAppRole(databaseUrl, roleOf(appUrl));
    console.log(applied.length === 0 ? "The database is up to date." : `Applied: ${applied.join(", ")}`);
    return 0;
  }
  if (command === "create" && name !== undefined) {
    const created = await createMigration(databaseUrl, name);
    console.log(
      created === null
        ? "The migrations already say what the schema says."
        : `Wrote ${join(migrationsFolder, created)}`,
    );
    return 0;
  }
  if (command === "drift") {
    const drift = await findDrift(databaseUrl);
    console.log(
      drift === null
        ? "Schema and migrations agree."
        : `The migrations lack this (make one with "create <name>"):\n${drift}`,
    );
    return drift === null ? 0 : 2;
  }
  console.error("Usage: migrate.ts deploy | create <name> | drift");
  return 1;
}

function roleOf(url: string): AppRole {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** The first lines of the engine's errors tell; then follow its own frames. */
function explain(error: unknown): number {
  const lines = messageOf(error).split("\n");
  const frame = lines.findIndex((line) => /^\s*0: /.test(line));
  console.error(
    lines
      .slice(0, frame < 0 ? undefined : frame)
      .join("\n")
      .trim(),
  );
  return 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// The engine keeps handles open, so the process has to be ended.
if (import.meta.main) process.exit(await main().catch(explain));
