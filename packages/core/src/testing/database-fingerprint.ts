import type { Database } from "../system.ts";

/** One value for everything in the tables but the counters of the rate limits: equal before and after means that nothing was written. */
export async function databaseFingerprint(db: Database, except: readonly string[] = []): Promise<string> {
  const ignored = ["RateLimit", ...except];
  const [row] = await db.$queryRaw<{ fingerprint: string }[]>`
    SELECT md5(string_agg(table_name || md5(query_to_xml(format('SELECT * FROM %I ORDER BY 1, 2', table_name), true, false, '')::text), ',' ORDER BY table_name)) AS fingerprint
    FROM information_schema.tables
    WHERE table_schema = 'public' AND NOT starts_with(table_name, '_') AND table_name <> ALL(${ignored})`;
  if (!row?.fingerprint) throw new Error("the database has no tables");
  return row.fingerprint;
}
