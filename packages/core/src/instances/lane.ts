/**
 * Lets so many work at a time, and so many of each owner; whoever comes later waits, in order, but for those whose owner has all of
 * theirs at work. Waiting ends when the signal aborts.
 */
export function createLane(width: number, each = width) {
  const waiting = new Set<{ owner: string; go: () => void }>();
  const working = new Map<string, number>();
  let free = width;

  const workingOf = (owner: string) => working.get(owner) ?? 0;
  const mayWork = (owner: string) => free > 0 && workingOf(owner) < each;

  function begin(owner: string): void {
    free -= 1;
    working.set(owner, workingOf(owner) + 1);
  }

  async function enter(owner: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (mayWork(owner)) return begin(owner);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(place);
        reject(signal.reason);
      };
      const go = () => {
        waiting.delete(place);
        signal.removeEventListener("abort", leave);
        begin(owner);
        resolve();
      };
      const place = { owner, go };
      waiting.add(place);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function leave(owner: string): void {
    free += 1;
    working.set(owner, workingOf(owner) - 1);
    if (workingOf(owner) === 0) working.delete(owner);
    for (const next of waiting) if (mayWork(next.owner)) next.go();
  }

  return async function pass<T>(owner: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await enter(owner, signal);
    try {
      return await work();
    } finally {
      leave(owner);
    }
  };
}
