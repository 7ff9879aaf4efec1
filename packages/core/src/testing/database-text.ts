import type { Database } from "../system.ts";

/** Every row of every table as PostgreSQL writes it, those of the job queue included. */
export async function databaseText(db: Database): Promise<string> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'`;
  const texts = await Promise.all(
    tables.map(({ name }) =>
      db.$queryRawUnsafe<{ text: string | null }[]>(
        `SELECT string_agg(t::text, E'\n') AS text FROM ${name} t`,
      ),
    ),
  );
  return texts.flatMap((rows) => rows.map(({ text }) => text ?? "")).join("\n");
}
