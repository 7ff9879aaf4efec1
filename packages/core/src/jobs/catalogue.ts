// Names and payloads of all jobs. Handlers live in the domains' `jobs.ts`; nothing here imports one.
import { z } from "zod";

export const jobCatalogue = {
  /** Brings one instance to its desired state, on the host that runs it. One queue per host. */
  converge: z.strictObject({ hostId: z.uuid(), instanceId: z.uuid() }),
} as const;

export type JobName = keyof typeof jobCatalogue;
export type JobPayload<N extends JobName> = z.infer<(typeof jobCatalogue)[N]>;

export const convergeQueue = (hostId: string) => `converge.${hostId}`;
