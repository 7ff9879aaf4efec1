/** Time, replaced in tests. */
export type Clock = {
  /** Unix milliseconds. */
  now(): number;
  /** Calls back once after the given time; returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    const timer: unknown = setTimeout(callback, milliseconds);
    if (isNodeTimer(timer)) timer.unref();
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};

/** A waiting timer must not keep a Node process alive. */
function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}
