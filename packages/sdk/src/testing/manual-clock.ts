import type { Clock } from "../adapters/clock.ts";

/** Stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 2, 1, 12);
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** `asleep`: time goes by, but no timer runs, as in a closed laptop. */
  advance(milliseconds: number, { asleep = false } = {}): void {
    this.#now += milliseconds;
    if (asleep) return;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}
