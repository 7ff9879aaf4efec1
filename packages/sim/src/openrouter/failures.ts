// Failures on demand, so that a test or a person can see what the product does about them.

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { bearerHash } from "./account.ts";
import { insufficientCredits, internalError, tooManyRequests } from "./api-error.ts";

export const failure = z.strictObject({
  /**
   * A status refuses; `slow` answers later; `hang` never answers; `lost` does the work and then cuts the connection.
   */
  kind: z.enum(["402", "429", "500", "slow", "hang", "lost"]),
  /** Requests whose path below /api/v1 begins like this; all without it. */
  path: z.string().startsWith("/").default("/"),
  method: z.enum(["GET", "POST", "PATCH", "DELETE"]).optional(),
  /** Requests made with this key alone. */
  keyHash: z.string().optional(),
  /** Ends after so many requests; goes on until healed without it. */
  times: z.number().int().positive().default(Number.MAX_SAFE_INTEGER),
  /** Retry-After of 429, delay of `slow`. */
  seconds: z.number().int().nonnegative().default(1),
});

type Failure = z.output<typeof failure>;
export type FailureInput = z.input<typeof failure>;

type Request = { path: string; method: string; authorization: string | undefined };

export class Failures {
  #active: Failure[] = [];

  add(input: FailureInput): void {
    this.#active.push(failure.parse(input));
  }

  clear(): void {
    this.#active = [];
  }

  /** The first that fits, counted as used. */
  take({ path, method, authorization }: Request): Failure | null {
    const found = this.#active.find(
      (candidate) =>
        candidate.times > 0 &&
        path.startsWith(candidate.path) &&
        (candidate.method ?? method) === method &&
        (candidate.keyHash === undefined || candidate.keyHash === bearerHash(authorization)),
    );
    if (found) found.times -= 1;
    return found ?? null;
  }
}

export function failOnDemand(failures: Failures): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    const path = c.req.path.slice("/api/v1".length);
    const found = failures.take({ path, method: c.req.method, authorization: c.req.header("Authorization") });
    if (found?.kind === "402") throw insufficientCredits();
    if (found?.kind === "429") throw tooManyRequests(found.seconds);
    if (found?.kind === "500") throw internalError();
    if (found?.kind === "slow") await delay(found.seconds * 1000);
    if (found?.kind === "hang") {
      await once(c.env.incoming.socket, "close");
      return c.body(null);
    }
    await next();
    if (found?.kind === "lost") c.env.incoming.socket.destroy();
  };
}
