import { z } from "zod";
import { instanceStatus } from "../instances/schema.ts";

/** The fleet at a glance. */
export const overview = z.strictObject({
  users: z.int(),
  /** How many instances are in each state; removed ones are left out. */
  instances: z.record(instanceStatus.exclude(["removed"]), z.int()),
  hosts: z.strictObject({ total: z.int(), online: z.int() }),
});
