/** Lets so many work at a time; whoever comes later waits, in order. Waiting ends when the signal aborts. */
export function createLane(width: number) {
  const waiting = new Set<() => void>();
  let free = width;

  async function enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(go);
        reject(signal.reason);
      };
      const go = () => {
        waiting.delete(go);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function leave(): void {
    const [next] = waiting;
    if (next) next();
    else free += 1;
  }

  return async function pass<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await enter(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
