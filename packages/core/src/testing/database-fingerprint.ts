import type { Database } from "../system.ts";

/**
 * One value for everything in the tables: equal before and after means that nothing was written. Left out are the counters of the
 * rate limits, and what a refusal itself leaves, which are its audit events and with them the end of their chain.
 */
export async function databaseFingerprint(db: Database, except: readonly string[] = []): Promise<string> {
  const ignored = ["RateLimit", "AuditHead", ...except];
  const [row] = await db.$queryRaw<{ fingerprint: string }[]>`
    SELECT md5(string_agg(table_name || md5(query_to_xml(format('SELECT * FROM %I WHERE %s ORDER BY 1, 2', table_name,
      CASE table_name WHEN 'AuditEvent' THEN 'action <> ''request.refused''' ELSE 'true' END), true, false, '')::text), ',' ORDER BY table_name)) AS fingerprint
    FROM information_schema.tables
    WHERE table_schema = 'public' AND NOT starts_with(table_name, '_') AND table_name <> ALL(${ignored})`;
  if (!row?.fingerprint) throw new Error("the database has no tables");
  return row.fingerprint;
}
