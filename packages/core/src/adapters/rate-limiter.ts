import { RateLimiterPrisma, RateLimiterRes } from "rate-limiter-flexible";
import type { Limiter } from "../ports.ts";
import type { Database } from "../system.ts";

/** Counters in the database, so that every process counts in the same ones. `factor` multiplies every limit. */
export function rateLimiterOn(db: Database, factor: number): Limiter {
  const limiters = new Map<string, RateLimiterPrisma>();
  const limiterFor = (points: number, seconds: number) => {
    const name = `${points}/${seconds}`;
    const known = limiters.get(name);
    if (known) return known;
    const limiter = new RateLimiterPrisma({
      storeClient: db,
      tableName: "rateLimit",
      keyPrefix: "",
      points: Math.max(1, Math.round(points * factor)),
      duration: seconds,
      clearExpiredByTimeout: limiters.size === 0,
    });
    limiters.set(name, limiter);
    return limiter;
  };
  return {
    consume: async (key, points, seconds) => {
      try {
        await limiterFor(points, seconds).consume(key);
        return null;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
  };
}
