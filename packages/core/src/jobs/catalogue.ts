// Names, payloads and queues of all jobs. Handlers live in the domains' `jobs.ts`; nothing here imports one.
import { z } from "zod";
import { mailTemplate } from "../notifications/schema.ts";

/** How often a job that failed is tried again. The distance starts with so many seconds, doubles, and ends with the longest. */
export type RetryRule = { limit: number; seconds: number; longestSeconds: number };

export const soon: RetryRule = { limit: 3, seconds: 2, longestSeconds: 60 };
/** Two seconds after the first failure, an hour after the twelfth, for a day. */
const forADay: RetryRule = { limit: 34, seconds: 2, longestSeconds: 3600 };

type Place<Payload> = {
  queue: (payload: Payload) => string;
  /** Jobs about the same thing. */
  group?: (payload: Payload) => string;
  retry: RetryRule;
  /** When it is asked for by itself, in UTC; its payload is empty then. */
  cron?: string;
};
type Planned = { queue: string; group: string | null; data: object };

function job<Payload extends object>(
  payload: z.ZodType<Payload>,
  { queue, group, retry, cron }: Place<Payload>,
) {
  return {
    payload,
    retry,
    cron: cron ?? null,
    /** Where it waits, and with what. */
    plan: (given: unknown): Planned => {
      const data = payload.parse(given);
      return { queue: queue(data), group: group?.(data) ?? null, data };
    },
  };
}

export const convergeQueue = (hostId: string) => `converge.${hostId}`;

export const jobCatalogue = {
  /** Brings one instance to its desired state, on the host that runs it. One queue per host. */
  converge: job(z.strictObject({ hostId: z.uuid(), instanceId: z.uuid() }), {
    queue: ({ hostId }) => convergeQueue(hostId),
    group: ({ instanceId }) => instanceId,
    retry: soon,
  }),
  /** Sends one mail; `id` stays the same however often it is tried. */
  mail: job(z.strictObject({ id: z.uuid(), to: z.string(), template: mailTemplate }), {
    queue: () => "mail",
    retry: forADay,
  }),
  /** Somebody forgot the password of the account with this address, if there is one. `id` names the link that is mailed. */
  "reset-requested": job(
    z.strictObject({ id: z.uuid(), email: z.string(), ip: z.string(), userAgent: z.string() }),
    { queue: () => "reset-requested", retry: soon },
  ),
  /** Deletes what has run out. */
  "clean-up": job(z.strictObject({}), { queue: () => "clean-up", retry: soon, cron: "17 4 * * *" }),
  /** Deletes what was sealed for a deploy that came to nothing in time. */
  "expire-deployments": job(z.strictObject({}), {
    queue: () => "expire-deployments",
    retry: soon,
    cron: "* * * * *",
  }),
  /** Deletes what is known too finely of too long ago. */
  "prune-stats": job(z.strictObject({}), { queue: () => "prune-stats", retry: soon, cron: "41 * * * *" }),
} as const;

export type JobName = keyof typeof jobCatalogue;
export type JobPayload<N extends JobName> = z.infer<(typeof jobCatalogue)[N]["payload"]>;
