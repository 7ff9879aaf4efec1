import { z } from "zod";

/** What an instance takes of its host: at a moment, or during a span of time that begins then. */
export const statsPoint = z.strictObject({
  at: z.date(),
  /** Thousandths of a CPU. */
  milliCpus: z.number(),
  receivedPerSecond: z.number(),
  sentPerSecond: z.number(),
  memoryBytes: z.number(),
  /** Null: not measured yet. */
  diskBytes: z.number().nullable(),
  milliCpusLimit: z.number(),
  memoryLimit: z.number(),
  diskLimit: z.number(),
});
export type StatsPoint = z.infer<typeof statsPoint>;

export const statsInput = z.strictObject({
  instanceId: z.uuidv4(),
  /** Set by the client when a stream resumes: time of the last point seen, Unix ms. */
  lastEventId: z
    .string()
    .regex(/^\d{1,15}$/)
    .nullish(),
});

export const statsRange = z.enum(["hour", "day", "week", "month"]);
export type StatsRange = z.infer<typeof statsRange>;
export const historyInput = z.strictObject({ instanceId: z.uuidv4(), range: statsRange });
/** Points come every so many seconds; there is none where the instance did not run. CPU and network are averages, memory and disk peaks. */
export const statsHistory = z.strictObject({
  from: z.date(),
  to: z.date(),
  seconds: z.int(),
  points: z.array(statsPoint),
});
export type StatsHistoryView = z.infer<typeof statsHistory>;
