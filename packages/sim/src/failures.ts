// Failures on demand, so that a test or a person can see what the product does about them.

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { bearerHash } from "./bearer.ts";

/** What an API answers with each status that can be asked for; the seconds are for Retry-After. */
export type Refusals<Status extends string> = Readonly<Record<Status, (seconds: number) => Error>>;

const failureSchema = <Status extends string>(statuses: readonly Status[]) =>
  z.strictObject({
    /**
     * A status refuses; `slow` answers later; `hang` never answers; `lost` does the work and then cuts the connection.
     */
    kind: z.enum([...statuses, "slow", "hang", "lost"]),
    /** Requests whose path below the API's own begins like this; all without it. */
    path: z.string().startsWith("/").default("/"),
    method: z.enum(["GET", "POST", "PATCH", "DELETE"]).optional(),
    /** Requests made with this key alone. */
    keyHash: z.string().optional(),
    /** Ends after so many requests; goes on until healed without it. */
    times: z.number().int().positive().default(Number.MAX_SAFE_INTEGER),
    /** Retry-After of 429, delay of `slow`. */
    seconds: z.number().int().nonnegative().default(1),
  });

type Schema<Status extends string> = ReturnType<typeof failureSchema<Status>>;
type Failure<Status extends string> = z.output<Schema<Status>>;
export type FailureInput<Status extends string> = z.input<Schema<Status>>;

type Request = { path: string; method: string; authorization: string | undefined };

export class Failures<Status extends string> {
  readonly schema: Schema<Status>;
  readonly #refusals: ReadonlyMap<string, (seconds: number) => Error>;
  #active: Failure<Status>[] = [];

  constructor(refusals: Refusals<Status>) {
    this.schema = failureSchema(Object.keys(refusals) as Status[]);
    this.#refusals = new Map(Object.entries<(seconds: number) => Error>(refusals));
  }

  add(input: FailureInput<Status>): void {
    this.#active.push(this.schema.parse(input));
  }

  clear(): void {
    this.#active = [];
  }

  /** Makes the requests below `base` fail that were asked to. */
  below(base: string): MiddlewareHandler<{ Bindings: HttpBindings }> {
    return async (c, next) => {
      const path = c.req.path.slice(base.length);
      const authorization = c.req.header("Authorization");
      const found = this.#take({ path, method: c.req.method, authorization });
      const refusal = found && this.#refusals.get(found.kind);
      if (refusal) throw refusal(found.seconds);
      if (found?.kind === "slow") await delay(found.seconds * 1000);
      if (found?.kind === "hang") {
        await once(c.env.incoming.socket, "close");
        return c.body(null);
      }
      await next();
      if (found?.kind === "lost") c.env.incoming.socket.destroy();
    };
  }

  /** The first that fits, counted as used. */
  #take({ path, method, authorization }: Request): Failure<Status> | null {
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
