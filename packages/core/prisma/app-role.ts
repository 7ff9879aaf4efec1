// What the running product may do in the database. It owns nothing: migrations do, under another role.
import pg from "pg";

export type AppRole = { name: string; password: string };

/**
 * Makes the role that web, admin and worker connect as, and gives it what it needs: the tables' rows and the job queue's schema.
 * Of the audit log it may read and append, nothing else, and of what it appends the place in the chain isn't for it to say.
 * Repeating it is fine; it belongs after every migration.
 */
export async function grantAppRole(databaseUrl: string, role: AppRole): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(7402026)"); // roles belong to the whole server
    await client.query(await scriptFor(client, role));
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

/** What an event tells. Its id, position and hash are the database's. */
const told = [
  ...["at", "actorKind", "actorId", "userId", "action", "targetId"],
  ...["outcome", "ip", "device", "details"],
].map((column) => pg.escapeIdentifier(column));

async function scriptFor(client: pg.Client, { name, password }: AppRole): Promise<string> {
  const app = pg.escapeIdentifier(name);
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
  const foreign = await client.query<{ statement: string }>(
    `SELECT format('ALTER %s pgboss.%I OWNER TO %I', CASE WHEN relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname, $1::text) AS statement
     FROM pg_class JOIN pg_roles owner ON owner.oid = relowner
     WHERE relnamespace = to_regnamespace('pgboss') AND relkind IN ('r', 'p') AND rolname <> $1
     UNION ALL
     SELECT format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, $1::text)
     FROM pg_proc p JOIN pg_roles owner ON owner.oid = proowner
     WHERE pronamespace = to_regnamespace('pgboss') AND rolname <> $1
     UNION ALL
     SELECT format('ALTER TYPE pgboss.%I OWNER TO %I', typname, $1::text)
     FROM pg_type JOIN pg_roles owner ON owner.oid = typowner
     WHERE typnamespace = to_regnamespace('pgboss') AND typtype = 'e' AND rolname <> $1`,
    [name],
  );
  return [
    ...(rowCount === 0 ? [`CREATE ROLE ${app}`] : []),
    `ALTER ROLE ${app} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(password)}`,
    `GRANT USAGE ON SCHEMA public TO ${app}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${app}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${app}`,
    `REVOKE INSERT, UPDATE, DELETE ON "AuditEvent" FROM ${app}`,
    `GRANT INSERT (${told.join(", ")}) ON "AuditEvent" TO ${app}`,
    `REVOKE INSERT, UPDATE, DELETE ON "AuditHead" FROM ${app}`,
    `REVOKE ALL ON "_prisma_migrations" FROM ${app}`,
    // The job queue looks after a schema of its own.
    `CREATE SCHEMA IF NOT EXISTS pgboss`,
    `ALTER SCHEMA pgboss OWNER TO ${app}`,
    ...foreign.rows.map(({ statement }) => statement),
  ].join(";\n");
}
