import { DomainError } from "../errors.ts";
import type { Actor, System } from "../system.ts";
import { livingSessions } from "./sessions.ts";

/** How often the sessions and tokens of open streams are looked at: one query each for all of them. */
const intervalMs = 2000;

type Watched = { sessions: Map<string, Set<() => void>>; tokens: Map<string, Set<() => void>> };
const watchedBy = new WeakMap<System["db"], Watched>();

/** The stream, until the session or token that opened it is revoked or runs out: then auth.required, seconds later at most. */
export async function* whileSignedIn<T>(
  sys: System,
  actor: Actor,
  stream: AsyncIterable<T>,
): AsyncGenerator<T, void, void> {
  const iterator = stream[Symbol.asyncIterator]();
  let isRevoked = false;
  let interrupt = () => {};
  const forget = watch(sys, actor, () => {
    isRevoked = true;
    interrupt();
  });
  try {
    while (!isRevoked) {
      // A race against one lasting promise would hold on to every item for as long as the stream is open.
      const next = await new Promise<IteratorResult<T> | null>((resolve, reject) => {
        interrupt = () => resolve(null);
        iterator.next().then(resolve, reject);
      });
      if (next?.done) return;
      if (next) yield next.value;
    }
    throw new DomainError("auth.required");
  } finally {
    forget();
    // Not awaited: a generator that waits for its next item ends only when the request's signal does.
    void iterator.return?.();
  }
}

/** Returns what ends the watching. */
function watch(sys: System, actor: Actor, tell: () => void): () => void {
  const [kind, id] =
    "sessionId" in actor
      ? (["sessions", actor.sessionId] as const)
      : actor.kind === "apiToken"
        ? (["tokens", actor.tokenId] as const)
        : [null, null];
  if (kind === null) return () => {};
  const watched = watchedOf(sys)[kind];
  watched.set(id, (watched.get(id) ?? new Set()).add(tell));
  return () => {
    const listeners = watched.get(id);
    listeners?.delete(tell);
    if (listeners?.size === 0) watched.delete(id);
  };
}

function watchedOf(sys: System): Watched {
  const known = watchedBy.get(sys.db);
  if (known) return known;
  const watched: Watched = { sessions: new Map(), tokens: new Map() };
  watchedBy.set(sys.db, watched);
  void look(sys, watched);
  return watched;
}

/** Ends with the last stream. */
async function look(sys: System, watched: Watched): Promise<void> {
  do {
    await sys.clock.sleep(intervalMs);
    try {
      await tellRevoked(watched.sessions, (ids) => livingSessions(sys, ids));
      await tellRevoked(watched.tokens, (ids) => livingTokens(sys, ids));
    } catch (error) {
      sys.log.warn({ err: error }, "open streams could not be checked");
    }
  } while (watched.sessions.size + watched.tokens.size > 0);
  watchedBy.delete(sys.db);
}

async function tellRevoked(
  watched: Map<string, Set<() => void>>,
  findLiving: (ids: string[]) => Promise<Set<string>>,
): Promise<void> {
  if (watched.size === 0) return;
  const ids = [...watched.keys()]; // streams that open meanwhile are for the next look
  const living = await findLiving(ids);
  for (const id of ids) if (!living.has(id)) for (const tell of watched.get(id) ?? []) tell();
}

async function livingTokens(sys: System, ids: string[]): Promise<Set<string>> {
  const rows = await sys.db.apiToken.findMany({
    where: { id: { in: ids }, expiresAt: { gt: sys.clock.now() } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}
