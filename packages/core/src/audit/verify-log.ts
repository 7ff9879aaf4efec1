import { createHash } from "node:crypto";
import type { System, Transaction } from "../system.ts";

type Row = { position: bigint; hash: Uint8Array; fields: (string | null)[] };
/** `head` is the hash, in hex, of the last of `events` that hold. */
export type LogVerdict = {
  events: number;
  head: string;
  broken: { position: number; problem: "changed" | "missing" | "unchained" } | null;
};

const batch = 1000;
const longestMs = 3_600_000;
const beginning = createHash("sha256").update("ocl/v1/audit").digest();

/**
 * Computes the chain anew from the first event to the end that the database knows: an event that was changed, taken out, put in or
 * moved shows, and so does a missing end. The rule is that of the migration's `audit_text`, written a second time on purpose.
 */
export const verifyLog = (sys: System): Promise<LogVerdict> =>
  // As of one moment: what is written meanwhile is not missing.
  sys.db.$transaction(verify, { isolationLevel: "RepeatableRead", timeout: longestMs });

async function verify(tx: Transaction): Promise<LogVerdict> {
  let position = 0n;
  let hash: Uint8Array = beginning;
  for (;;) {
    const rows = await readRows(tx, position);
    for (const row of rows) {
      if (row.position !== position + 1n) return broken(position + 1n, "missing");
      const expected = linkOf(hash, [String(row.position), ...row.fields]);
      if (!expected.equals(row.hash)) return broken(row.position, "changed");
      position = row.position;
      hash = expected;
    }
    if (rows.length < batch) break;
  }
  const head = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } });
  if (head.position !== position || Buffer.compare(head.hash, hash) !== 0)
    return broken(position + 1n, "missing");
  const unchained = await tx.auditEvent.count({ where: { position: null } });
  if (unchained > 0) return broken(position + 1n, "unchained");
  return { ...reached(), broken: null };

  function reached() {
    return { events: Number(position), head: Buffer.from(hash).toString("hex") };
  }
  function broken(at: bigint, problem: NonNullable<LogVerdict["broken"]>["problem"]): LogVerdict {
    return { ...reached(), broken: { position: Number(at), problem } };
  }
}

const readRows = (tx: Transaction, after: bigint): Promise<Row[]> => tx.$queryRaw<Row[]>`
  SELECT "position", "hash", ARRAY[
    "id"::text, to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), "actorKind", "actorId"::text, "userId"::text,
    "action", "targetId", "outcome", "ip", "device", "details"::text] AS "fields"
  FROM "AuditEvent" WHERE "position" > ${after} ORDER BY "position" LIMIT ${batch}`;

function linkOf(previous: Uint8Array, fields: (string | null)[]): Buffer {
  const text = fields
    .map((field) => (field === null ? "-," : `${Buffer.byteLength(field)}:${field},`))
    .join("");
  return createHash("sha256").update(previous).update(text).digest();
}
