import type { Database } from "../system.ts";

/** Whoever can change the audit log can hide in it: no process runs as such a role. */
export async function requireAppendOnlyAudit(db: Database): Promise<void> {
  const [rights] = await db.$queryRaw<{ mayChange: boolean }[]>`
    SELECT has_table_privilege('"AuditEvent"', 'UPDATE, DELETE, TRUNCATE')
      OR has_column_privilege('"AuditEvent"', 'position', 'INSERT') AS "mayChange"`;
  if (rights?.mayChange !== false)
    throw new Error(
      "The database role of DATABASE_URL may change the audit log. Give the owner's URL as DATABASE_OWNER_URL and another role in DATABASE_URL, then run the migrations: they grant it what it needs.",
    );
}
