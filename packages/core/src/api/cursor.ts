import { DomainError } from "../errors.ts";

/** Position in a list that is ordered by creation, newest first. Opaque to clients. */
function encodeCursor({ createdAt, id }: { createdAt: Date; id: string }): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString("base64url");
}

function decodeCursor(cursor: string | null | undefined): { createdAt: Date; id: string } | null {
  if (!cursor) return null;
  const match = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    Buffer.from(cursor, "base64url").toString(),
  );
  if (!match?.[1] || !match[2]) throw new DomainError("input.invalid", { field: "cursor" });
  return { createdAt: new Date(Number(match[1])), id: match[2] };
}

type Position = { createdAt: Date; id: string };

/** Lists are read in this order; `after` and `pageOf` belong to it. */
export const newestFirst = [{ createdAt: "desc" as const }, { id: "desc" as const }];

/** Condition for the rows that follow the cursor. */
export function after(cursor: string | null | undefined) {
  const position = decodeCursor(cursor);
  if (!position) return {};
  const { createdAt, id } = position;
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

/** From `limit` + 1 rows, one page and where the next begins. */
export function pageOf<Row extends Position, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(view), nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
}
