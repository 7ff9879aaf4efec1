import { DomainError } from "../errors.ts";
import type { System } from "../system.ts";

/** A person has a few pages open, and a phone leaves some behind that nobody notices for a while. */
const mostStreams = 20;

const openBy = new WeakMap<System["db"], Map<string, number>>();

/** The stream, as one of those that the account has open at this process. Throws live.limit-reached. */
export async function* countedStream<T>(
  { db }: Pick<System, "db">,
  userId: string,
  stream: AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  const open = openBy.get(db) ?? new Map<string, number>();
  openBy.set(db, open);
  const others = open.get(userId) ?? 0;
  if (others >= mostStreams) throw new DomainError("live.limit-reached", { limit: mostStreams });
  open.set(userId, others + 1);
  try {
    yield* stream;
  } finally {
    const rest = (open.get(userId) ?? 1) - 1;
    if (rest > 0) open.set(userId, rest);
    else open.delete(userId);
  }
}
