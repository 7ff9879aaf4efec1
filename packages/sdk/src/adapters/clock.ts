/** Time, replaced in tests. */
export type Clock = {
  /** Unix milliseconds. */
  now(): number;
  /** Calls back once after the given time; returns a function that cancels it. With `isAwaited`, a Node process lives until then. */
  after(milliseconds: number, callback: () => void, options?: { isAwaited: boolean }): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback, { isAwaited } = { isAwaited: false }) {
    const timer: unknown = setTimeout(callback, milliseconds);
    if (!isAwaited && isNodeTimer(timer)) timer.unref();
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}
